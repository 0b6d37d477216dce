import assert from "node:assert/strict";
import { evaluate } from "../../src/evaluation/evaluate.ts";
import { matchObjects } from "../../src/evaluation/match_objects.ts";
import { findOverlaps, type Overlap } from "../../src/evaluation/overlaps.ts";
import { throwsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

function row(labels: readonly number[]) {
  return { data: Uint32Array.from(labels), width: labels.length, height: 1, depth: 1 };
}

/** Runs of a label: `[label, pixels]`. */
function runs(...parts: readonly [label: number, pixels: number][]) {
  return row(parts.flatMap(([label, pixels]) => new Array(pixels).fill(label)));
}

function close(found: number, expected: number) {
  assert.ok(Math.abs(found - expected) < 1e-12, `${found} instead of ${expected}`);
}

// Three true objects of 10 pixels. The first is found with 8 + 0 pixels (0.8), the second with 6 of
// its own and 2 beside it (6 / 12 = 0.5), the third not at all; a fourth is found in the background.
const TRUTH = runs([3, 10], [0, 2], [7, 10], [0, 4], [9, 10], [0, 4]);
const FOUND = runs([1, 8], [0, 2], [2, 8], [0, 20], [5, 2]);

Deno.test("scores at thresholds are those worked out by hand", () => {
  const result = evaluate(FOUND, [TRUTH]);
  assert.deepEqual([result.numFound, result.numTrue], [3, 3]);
  const [half, ...rest] = result.thresholds;
  assert.deepEqual(half, {
    threshold: 0.5,
    truePositives: 2,
    falsePositives: 1,
    falseNegatives: 1,
    precision: 2 / 3,
    recall: 2 / 3,
    f1: 2 / 3,
    averagePrecision: 2 / 4,
    meanMatchedIou: (0.8 + 0.5) / 2,
    panopticQuality: (0.8 + 0.5) / 3,
  });
  assert.deepEqual(
    rest.map(({ threshold, truePositives }) => [threshold, truePositives]),
    [[0.55, 1], [0.6, 1], [0.65, 1], [0.7, 1], [0.75, 1], [0.8, 1], [0.85, 0], [0.9, 0], [0.95, 0]],
  );
  // One of three found: TP / (TP + FP + FN) = 1 / 5, at six thresholds.
  close(result.meanAveragePrecision, (0.5 + 6 * 0.2) / 10);
  // Intersections 8 + 6; unions 10 + 12, the missed object 10, the object in the background 2.
  close(result.aggregatedJaccard, 14 / 34);
  close(result.foregroundIou, 14 / 34);
  assert.deepEqual(result.matches, [
    { found: 1, truth: 3, iou: 0.8 },
    { found: 2, truth: 7, iou: 0.5 },
  ]);
  assert.deepEqual([result.missed, result.spurious], [[9], [5]]);
  assert.equal(
    result.statement,
    "2 of 3 true objects were found among 3 at an intersection over union of 0.5 (F1 0.667); " +
      "mean average precision 0.170 at 0.5 to 0.95, aggregated Jaccard index 0.412.",
  );
});

Deno.test("precision and recall part where objects are missed", () => {
  const { thresholds: [{ precision, recall, f1, averagePrecision, panopticQuality }] } = evaluate(
    runs([1, 4], [0, 8]),
    runs([1, 4], [2, 4], [3, 4]),
  );
  assert.deepEqual([precision, recall, f1], [1, 1 / 3, 1 / 2]);
  assert.deepEqual([averagePrecision, panopticQuality], [1 / 3, 1 / 2]);
});

Deno.test("an object found in two halves has one partner", () => {
  const { thresholds: [{ truePositives, falsePositives }], matches, spurious } = evaluate(
    runs([1, 5], [2, 5]),
    runs([1, 10]),
  );
  assert.deepEqual([truePositives, falsePositives], [1, 1]);
  assert.deepEqual([matches.length, spurious.length], [1, 1]);
});

Deno.test("merged objects: the larger takes the partner, the aggregated index takes it twice", () => {
  const { thresholds: [{ truePositives, falseNegatives }], aggregatedJaccard, missed } = evaluate(
    runs([4, 10]),
    runs([1, 7], [2, 3]),
  );
  assert.deepEqual([truePositives, falseNegatives, missed], [1, 1, [2]]);
  // Intersections 7 + 3, unions 10 + 10.
  close(aggregatedJaccard, 1 / 2);
});

Deno.test("at low thresholds most objects are matched, not the best ones first", () => {
  // The found object 1 fits both true ones, best the first; object 2 fits the first only.
  const found = runs([1, 4], [2, 3], [1, 5]);
  const truth = runs([1, 7], [2, 5]);
  const { matches } = evaluate(found, truth, { thresholds: [0.3] });
  assert.deepEqual(matches.map(({ found, truth }) => [found, truth]), [[2, 1], [1, 2]]);
});

Deno.test("equal images agree whatever the numbers, and nothing agrees with nothing", () => {
  const truth = runs([9, 3], [0, 1], [4_000_000_000, 5], [70_000, 2]);
  const found = runs([1, 3], [0, 1], [2, 5], [3, 2]);
  for (const [a, b] of [[found, truth], [runs([0, 6]), runs([0, 6])]]) {
    const { thresholds, meanAveragePrecision, aggregatedJaccard, foregroundIou } = evaluate(a, b);
    assert.deepEqual([meanAveragePrecision, aggregatedJaccard, foregroundIou], [1, 1, 1]);
    for (const { precision, recall, f1, panopticQuality } of thresholds) {
      assert.deepEqual([precision, recall, f1, panopticQuality], [1, 1, 1, 1]);
    }
  }
});

Deno.test("everything is 0 where only one side has objects", () => {
  const [some, none] = [runs([1, 3], [0, 3]), runs([0, 6])];
  for (const [a, b] of [[some, none], [none, some]]) {
    const { thresholds: [scores], meanAveragePrecision, aggregatedJaccard } = evaluate(a, b);
    assert.deepEqual([meanAveragePrecision, aggregatedJaccard], [0, 0]);
    assert.deepEqual([scores.precision, scores.recall, scores.f1], [0, 0, 0]);
    assert.deepEqual([scores.meanMatchedIou, scores.panopticQuality], [0, 0]);
  }
});

Deno.test("shared pixels are those of all pairs of objects", () => {
  const random = randomNumbers(21);
  const draw = () => Uint32Array.from({ length: 5000 }, () => Math.floor(random() * 12) * 3e8);
  const [found, truth] = [draw(), draw()];
  const overlaps = findOverlaps(found, truth);
  assert.deepEqual(
    [...overlaps.found.numbers],
    Array.from({ length: 11 }, (_, i) => (i + 1) * 3e8),
  );
  assert.equal(overlaps.pairs.length, 121);
  for (const { found: f, truth: t, pixels, iou } of overlaps.pairs) {
    const [a, b] = [overlaps.found.numbers[f], overlaps.truth.numbers[t]];
    let [both, either] = [0, 0];
    found.forEach((label, i) => {
      if (label === a && truth[i] === b) both++;
      if (label === a || truth[i] === b) either++;
    });
    assert.deepEqual([pixels, iou], [both, both / either]);
  }
});

/** The best pairing by trying all. */
function bruteForce(pairs: readonly Overlap[], taken = new Set<string>()): [number, number] {
  let best: [number, number] = [0, 0];
  pairs.forEach(({ truth, found, iou }, i) => {
    if (taken.has(`t${truth}`) || taken.has(`f${found}`)) return;
    const [count, sum] = bruteForce(
      pairs.slice(i + 1),
      new Set([...taken, `t${truth}`, `f${found}`]),
    );
    if (count + 1 > best[0] || (count + 1 === best[0] && sum + iou > best[1])) {
      best = [count + 1, sum + iou];
    }
  });
  return best;
}

Deno.test("pairings are the largest and of these the heaviest", () => {
  const random = randomNumbers(5);
  for (let round = 0; round < 200; round++) {
    const numObjects = 2 + Math.floor(4 * random());
    const pairs: Overlap[] = [];
    for (let truth = 0; truth < numObjects; truth++) {
      for (let found = 0; found < numObjects; found++) {
        if (random() < 0.5) {
          pairs.push({ truth, found, pixels: 1, iou: Math.ceil(8 * random()) / 16 });
        }
      }
    }
    const matched = matchObjects(pairs, 0.1);
    const [count, sum] = bruteForce(pairs.filter(({ iou }) => iou >= 0.1));
    assert.equal(matched.length, count, `round ${round}`);
    close(matched.reduce((total, { iou }) => total + iou, 0), sum);
    assert.equal(new Set(matched.map(({ truth }) => truth)).size, count, "each true object once");
    assert.equal(new Set(matched.map(({ found }) => found)).size, count, "each found object once");
  }
});

Deno.test("many objects are compared one by one with those that they touch", () => {
  // 40,000 squares of 5 × 5 pixels, shifted by one pixel: 20 of 30 pixels are shared.
  const size = 1000;
  const draw = (shift: number) =>
    Uint32Array.from({ length: size * size }, (_, i) => {
      const [x, y] = [i % size + shift, Math.floor(i / size)];
      return 1 + Math.floor(x / 5) + 201 * Math.floor(y / 5);
    });
  const image = (data: Uint32Array) => ({ data, width: size, height: size, depth: 1 });
  const { thresholds, numTrue, numFound } = evaluate(image(draw(1)), image(draw(0)));
  assert.deepEqual([numTrue, numFound], [40_000, 40_200]);
  const at = (threshold: number) => thresholds.find((entry) => entry.threshold === threshold)!;
  // In each of 200 rows the first square lost a column but none of it to another: 20 of 25.
  assert.equal(at(0.65).truePositives, 40_000);
  assert.equal(at(0.8).truePositives, 200);
  assert.equal(at(0.85).truePositives, 0);
});

Deno.test("what cannot be compared is refused", () => {
  throwsDaub(
    "image",
    /of 3 × 1 pixels, like the result, but found one of 2 × 1/,
    () => evaluate(row([1, 2, 3]), row([1, 2])),
  );
  throwsDaub("image", /one channel.* found 2/, () => evaluate(row([1]), [row([1]), row([1])]));
  const half = { ...row([1, 2]), data: Float32Array.of(1, 1.5) };
  throwsDaub("image", /label image.* found 1\.5/, () => evaluate(half, row([1, 2])));
  throwsDaub("image", /label image.* found 1\.5/, () => evaluate(row([1, 2]), half));
  for (const thresholds of [[0], [1.01], [NaN], [0.5, -1]]) {
    const compare = () => evaluate(row([1]), row([1]), { thresholds });
    throwsDaub("options", /thresholds above 0 and at most 1 but found/, compare);
  }
  throwsDaub("options", /found none/, () => evaluate(row([1]), row([1]), { thresholds: [] }));
});
