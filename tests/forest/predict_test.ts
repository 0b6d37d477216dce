import assert from "node:assert/strict";
import { rejectsDaub } from "../support/errors.ts";
import { ask, forestOf } from "./hand_made.ts";
import { EVERYTHING, twinTest } from "./twins.ts";

const TINIEST = 2 ** -149;
const CLASSES = { classes: true };

twinTest("fraction votes send a value equal to the threshold left", async (predict) => {
  const forest = forestOf([ask(0, 3, [1, 0], [0, 1])]);
  const values = Float32Array.of(2, 3, 3 + 2 ** -22, 4);
  assert.deepEqual([...(await predict([values], forest, CLASSES)).classes!], [1, 1, 2, 2]);
});

twinTest("count votes send a value equal to the threshold right", async (predict) => {
  const forest = forestOf([ask(0, 3, [1, 0], [0, 1])], { votes: "count" });
  const values = Float32Array.of(2, 3 - 2 ** -22, 3, 4);
  assert.deepEqual([...(await predict([values], forest, CLASSES)).classes!], [1, 1, 2, 2]);
});

twinTest("fraction votes compare with 64-bit thresholds", async (predict) => {
  // 1 + 2^-24 is half way between the neighbours 1 and 1 + 2^-23.
  const forest = forestOf([ask(0, 1 + 2 ** -24, [1, 0], [0, 1])]);
  const values = Float32Array.of(1, 1 + 2 ** -23);
  assert.deepEqual([...(await predict([values], forest, CLASSES)).classes!], [1, 2]);
});

twinTest("count votes compare with thresholds rounded to 32 bits", async (predict) => {
  const above = 1 + 2 ** -24 + 2 ** -40;
  const forest = forestOf([ask(0, above, [1, 0], [0, 1])], { votes: "count" });
  const values = Float32Array.of(1, 1 + 2 ** -23);
  assert.deepEqual([...(await predict([values], forest, CLASSES)).classes!], [1, 2]);
});

twinTest("zeros are equal, denormal numbers are not zero, and NaN goes right", async (predict) => {
  const values = Float32Array.of(-Infinity, -TINIEST, -0, 0, TINIEST, 2 * TINIEST, Infinity, NaN);
  const negativeNaN = new Float32Array(Uint32Array.of(0xffc00000).buffer);
  const plane = Float32Array.of(...values, 0);
  new Uint32Array(plane.buffer).set(new Uint32Array(negativeNaN.buffer), values.length);
  const classify = async (threshold: number, votes: "fraction" | "count") => {
    const forest = forestOf([ask(0, threshold, [1, 0], [0, 1])], { votes });
    return [...(await predict([plane], forest, CLASSES)).classes!].join("");
  };
  assert.equal(await classify(0, "fraction"), "111122222");
  assert.equal(await classify(0, "count"), "112222222");
  assert.equal(await classify(TINIEST, "fraction"), "111112222");
  assert.equal(await classify(TINIEST, "count"), "111122222");
  assert.equal(await classify(-TINIEST / 2, "fraction"), "112222222");
});

twinTest("fractions and counts weigh the trees differently", async (predict) => {
  // One tree of 8 samples for class 1, two trees of a single sample for class 2.
  const trees = [[8, 0], [0, 1], [0, 1]];
  const plane = [Float32Array.of(0)];
  const fractions = await predict(plane, forestOf(trees), EVERYTHING);
  assert.deepEqual([...fractions.classes!], [2]);
  closeTo(fractions.probabilities!.map(([p]) => p), [1 / 3, 2 / 3]);
  closeTo(fractions.uncertainty!, [1 - 1 / 3]);
  const counts = await predict(plane, forestOf(trees, { votes: "count" }), EVERYTHING);
  assert.deepEqual([...counts.classes!], [1]);
  closeTo(counts.probabilities!.map(([p]) => p), [0.8, 0.2]);
  closeTo(counts.uncertainty!, [1 - 0.6]);
});

twinTest("the first of equal classes wins", async (predict) => {
  const plane = [Float32Array.of(0)];
  const draws = [[[0, 1, 0], [0, 0, 1]], [[0, 0, 1], [0, 1, 0]], [[0, 3, 3]], [[0, 5, 5], [
    0,
    1,
    1,
  ]]];
  for (const votes of ["fraction", "count"] as const) {
    for (const trees of draws) {
      const { classes, uncertainty } = await predict(plane, forestOf(trees, { votes }), EVERYTHING);
      assert.deepEqual([...classes!], [2]);
      closeTo(uncertainty!, [1]);
    }
  }
});

twinTest("several features, trees of several shapes", async (predict) => {
  const forest = forestOf([
    ask(2, 10, ask(0, 1, [4, 0, 0], [0, 4, 0]), [0, 0, 4]),
    [1, 1, 2],
    ask(1, 5, [3, 1, 0], ask(0, 1, ask(2, 20, [2, 0, 0], [0, 2, 0]), [0, 0, 2])),
  ], { numFeatures: 3, classes: [2, 5, 9] });
  const planes = [[0, 2, 0, 2], [0, 0, 9, 9], [5, 5, 25, 25]].map((row) => Float32Array.from(row));
  const { classes, probabilities, uncertainty } = await predict(planes, forest, EVERYTHING);
  const expected = [
    [1 + 0.25 + 0.75, 0.25 + 0.25, 0.5],
    [0.25 + 0.75, 1 + 0.25 + 0.25, 0.5],
    [0.25, 0.25 + 1, 1 + 0.5],
    [0.25, 0.25, 1 + 0.5 + 1],
  ];
  assert.deepEqual([...classes!], [2, 5, 9, 9]);
  for (let k = 0; k < 3; k++) closeTo(probabilities![k], expected.map((sums) => sums[k] / 3));
  closeTo(
    uncertainty!,
    expected.map((sums) => {
      const [first, second] = sums.toSorted((a, b) => b - a);
      return 1 - (first - second) / 3;
    }),
  );
});

twinTest("every number of pixels, and what is not asked for is left out", async (predict) => {
  const forest = forestOf([ask(0, 0.5, [1, 0], [0, 1])]);
  for (const length of [0, 1, 2, 3, 4, 5, 255, 256, 257, 1023, 1025, 70_001]) {
    const plane = Float32Array.from({ length }, (_, i) => i % 3 === 0 ? 1 : 0);
    const result = await predict([plane], forest, CLASSES);
    assert.deepEqual(Object.keys(result), ["classes"]);
    assert.deepEqual(result.classes, Uint8Array.from(plane, (value) => value + 1));
    const { uncertainty, ...rest } = await predict([plane], forest, { uncertainty: true });
    assert.deepEqual(uncertainty, new Float32Array(length));
    assert.deepEqual(rest, {});
  }
});

twinTest("255 classes", async (predict) => {
  const numClasses = 255;
  const only = (k: number) => Array.from({ length: numClasses }, (_, j) => j === k ? 2 : 0);
  const grow = (from: number, to: number): ReturnType<typeof ask> | number[] => {
    if (to - from === 1) return only(from);
    const middle = (from + to) >> 1;
    return ask(0, middle - 0.5, grow(from, middle), grow(middle, to));
  };
  const plane = Float32Array.from({ length: 600 }, (_, i) => i % numClasses);
  for (const votes of ["fraction", "count"] as const) {
    const forest = forestOf([grow(0, numClasses), grow(0, numClasses), only(254)], { votes });
    const { classes, probabilities } = await predict([plane], forest, EVERYTHING);
    assert.deepEqual(classes, Uint8Array.from(plane, (value) => value + 1));
    assert.equal(probabilities!.length, numClasses);
    closeTo(probabilities![254].subarray(0, 3), [1 / 3, 1 / 3, 1 / 3]);
    closeTo(probabilities![254].subarray(254, 255), [1]);
  }
});

twinTest("counts beyond 2^24 are added in 32-bit floats, tree by tree", async (predict) => {
  // 2^24 + 1 rounds to 2^24, so that class 1 stays behind where it comes first.
  const big = 2 ** 24;
  const first = forestOf([[big, 0], [1, big + 2], [1, 0]], { votes: "count" });
  const last = forestOf([[1, 0], [1, big + 2], [big, 0]], { votes: "count" });
  const plane = [Float32Array.of(0)];
  assert.deepEqual([...(await predict(plane, first, CLASSES)).classes!], [2]);
  assert.deepEqual([...(await predict(plane, last, CLASSES)).classes!], [1]);
});

twinTest("leaves that hold fractions are taken as they are", async (predict) => {
  const forest = forestOf([[0.25, 0.75], [0.9, 0.1]]);
  const { probabilities } = await predict([Float32Array.of(0)], forest, EVERYTHING);
  closeTo(probabilities!.map(([p]) => p), [0.575, 0.425]);
});

twinTest("planes that do not fit the forest are refused", async (predict) => {
  const forest = forestOf([[1, 1]], { numFeatures: 2 });
  const planes = (...lengths: number[]) => lengths.map((length) => new Float32Array(length));
  await rejectsDaub(
    "features",
    /2 features.* found 1\./,
    () => predict(planes(3), forest, CLASSES),
  );
  await rejectsDaub(
    "features",
    /one size but found 3 and 4 pixels/,
    () => predict(planes(3, 4), forest, CLASSES),
  );
  const far = forestOf([[1, 1]], { numFeatures: 2, classes: [1, 256] });
  await rejectsDaub(
    "classifier",
    /up to 255 but found 256/,
    () => predict(planes(3, 3), far, CLASSES),
  );
  await rejectsDaub(
    "classifier",
    /0 trees/,
    () => predict(planes(3, 3), { ...forest, trees: [] }, CLASSES),
  );
});

function closeTo(values: ArrayLike<number>, expected: readonly number[]): void {
  assert.equal(values.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(Math.abs(values[i] - value) <= 1e-7, `${values[i]} at ${i} instead of ${value}`);
  });
}
