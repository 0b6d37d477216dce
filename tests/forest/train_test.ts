import assert from "node:assert/strict";
import type { Forest } from "../../src/forest/forest.ts";
import { trainForest, type TrainingOptions } from "../../src/forest/train.ts";
import { rejectsDaub } from "../support/errors.ts";
import { randomNumbers } from "./random_cases.ts";

const STEP = Float32Array.of(1, 2, 3, 11, 12, 13);
const TWO_CLASSES = [1, 1, 1, 2, 2, 2];

function train(
  samples: Float32Array,
  classes: ArrayLike<number>,
  options: Partial<TrainingOptions> = {},
): Promise<Forest> {
  return trainForest(samples, classes, { numFeatures: 1, ...options });
}

Deno.test("a step is found half way between the drawn neighbours of the cut", async () => {
  const forest = await train(STEP, TWO_CLASSES);
  const thresholds = new Set<number>();
  for (const { feature, threshold, left, right, counts } of forest.trees) {
    const [ones, twos] = counts;
    assert.equal(ones + twos, 6, "as many draws as samples");
    if (ones === 0 || twos === 0) {
      assert.deepEqual([...feature], [-1], "a pure root is a leaf");
      continue;
    }
    assert.deepEqual([...feature], [0, -1, -1]);
    assert.deepEqual([[...left], [...right]], [[1, -1, -1], [2, -1, -1]]);
    assert.deepEqual([...counts.subarray(2)], [ones, 0, 0, twos]);
    assert.deepEqual([...threshold.subarray(1)], [0, 0], "leaves have no threshold");
    thresholds.add(threshold[0]);
  }
  const possible = [1, 2, 3].flatMap((low) => [11, 12, 13].map((high) => (low + high) / 2));
  for (const threshold of thresholds) assert.ok(possible.includes(threshold), `${threshold}`);
  assert.ok(thresholds.has(7), "most bootstraps hold both 3 and 11");
  assert.deepEqual([...forest.featureImportances], [1]);
});

Deno.test("a forest says how it was trained", async () => {
  const forest = await train(STEP, TWO_CLASSES);
  const { maxDepth, randomState, votes, comparison, numFeatures, classes, trees } = forest;
  assert.deepEqual(
    { maxDepth, randomState, votes, comparison, numFeatures, classes, numTrees: trees.length },
    {
      maxDepth: 2,
      randomState: 0,
      votes: "fraction",
      comparison: "at_most",
      numFeatures: 1,
      classes: [1, 2],
      numTrees: 100,
    },
  );
  assert.equal((await train(STEP, TWO_CLASSES, { votes: "count" })).comparison, "below");
});

Deno.test("class numbers that are skipped are kept, and do not change the trees", async () => {
  const near = await train(STEP, TWO_CLASSES);
  const far = await train(STEP, [3, 3, 3, 70_000, 70_000, 70_000]);
  assert.deepEqual(far.classes, [3, 70_000]);
  assert.deepEqual(far.trees, near.trees);
});

Deno.test("a random state decides the forest", async () => {
  const random = randomNumbers(1);
  const samples = Float32Array.from({ length: 120 }, random);
  const classes = Array.from({ length: 60 }, () => 1 + Math.floor(2 * random()));
  const grow = (randomState: number) => train(samples, classes, { numFeatures: 2, randomState });
  assert.deepEqual(await grow(7), await grow(7));
  assert.notDeepEqual((await grow(7)).trees, (await grow(8)).trees);
  assert.equal((await grow(0xffffffff)).randomState, 0xffffffff);
});

Deno.test("no path asks more questions than the depth allows", async () => {
  const random = randomNumbers(2);
  const samples = Float32Array.from({ length: 400 }, random);
  const classes = Array.from({ length: 400 }, () => 1 + Math.floor(2 * random()));
  for (const maxDepth of [1, 2, 5]) {
    const { trees } = await train(samples, classes, { maxDepth, numTrees: 10 });
    const depths = trees.map(({ left, right }) => {
      const depth = (node: number): number =>
        left[node] < 0 ? 0 : 1 + Math.max(depth(left[node]), depth(right[node]));
      return depth(0);
    });
    assert.equal(Math.max(...depths), maxDepth);
  }
});

Deno.test("values closer than the feature threshold are not told apart", async () => {
  const close = Float32Array.of(1, 1, 1, 1 + 2 ** -23, 1 + 2 ** -23, 1 + 2 ** -23).map((v) =>
    v / 4
  );
  const merged = await train(close, TWO_CLASSES);
  assert.ok(merged.trees.every(({ feature }) => feature.length === 1));
  assert.deepEqual([...merged.featureImportances], [0], "nothing to be important");
  const split = await train(close, TWO_CLASSES, { featureThreshold: 0 });
  assert.ok(split.trees.some(({ feature }) => feature.length === 3));
});

Deno.test("training tells its progress and lets other tasks of the thread run", async () => {
  const random = randomNumbers(3);
  const samples = Float32Array.from({ length: 40_000 }, random);
  const classes = Array.from({ length: 20_000 }, () => 1 + Math.floor(2 * random()));
  const seen: number[] = [];
  let numTicks = 0;
  const timer = setInterval(() => numTicks++, 1);
  try {
    await train(samples, classes, {
      numFeatures: 2,
      maxDepth: 10,
      numTrees: 60,
      onProgress: (done, total) => seen.push(done / total),
    });
  } finally {
    clearInterval(timer);
  }
  assert.deepEqual(seen, Array.from({ length: 60 }, (_, i) => (i + 1) / 60));
  assert.ok(numTicks > 0, "a timer ran meanwhile");
});

Deno.test("training can be given up", async () => {
  const controller = new AbortController();
  let numDone = 0;
  await rejectsDaub("cancelled", /cancelled/, () =>
    train(STEP, TWO_CLASSES, {
      signal: controller.signal,
      onProgress: (done) => {
        numDone = done;
        if (done === 3) controller.abort();
      },
    }));
  assert.equal(numDone, 3);
});

Deno.test("what cannot be trained from is refused with a reason", async () => {
  await rejectsDaub(
    "annotation",
    /labelled samples .* found none\. Paint/,
    () => train(new Float32Array(0), []),
  );
  await rejectsDaub(
    "annotation",
    /two classes but found only class 2\. Paint/,
    () => train(Float32Array.of(1, 2), [2, 2]),
  );
  await rejectsDaub(
    "annotation",
    /at least 1 but found 0 at sample 1/,
    () => train(Float32Array.of(1, 2), [1, 0]),
  );
  await rejectsDaub(
    "annotation",
    /at least 1 but found 1\.5 at sample 0/,
    () => train(Float32Array.of(1, 2), [1.5, 1]),
  );
  await rejectsDaub(
    "annotation",
    /at most 255 classes but found 256/,
    () => train(new Float32Array(256), Array.from({ length: 256 }, (_, i) => i + 1)),
  );
  await rejectsDaub(
    "options",
    /3 × 2 sample values.* found 5/,
    () => train(new Float32Array(5), [1, 2, 1], { numFeatures: 2 }),
  );
  await rejectsDaub(
    "features",
    /NaN in feature 1 of sample 0/,
    () => train(Float32Array.of(1, NaN, 1, 2), [1, 2], { numFeatures: 2 }),
  );
  await rejectsDaub("features", /Infinity/, () => train(Float32Array.of(1, Infinity), [1, 2]));
});

Deno.test("options out of bounds are refused by name", async () => {
  const wrong: [RegExp, Partial<TrainingOptions>][] = [
    [/maxDepth to be an integer of at least 1 but found 0/, { maxDepth: 0 }],
    [/numTrees to be an integer from 1 to 1000000 but found 1000000000/, { numTrees: 1e9 }],
    [/maxDepth .* found 2\.5/, { maxDepth: 2.5 }],
    [/numTrees .* found -1/, { numTrees: -1 }],
    [/numFeatures .* found 0/, { numFeatures: 0 }],
    [/randomState .* from 0 to 4294967295 but found 4294967296/, { randomState: 2 ** 32 }],
    [/featureThreshold .* found NaN/, { featureThreshold: NaN }],
    [/votes to be "fraction" or "count" but found "both"/, { votes: "both" as "count" }],
  ];
  for (const [message, options] of wrong) {
    await rejectsDaub("options", message, () => train(STEP, TWO_CLASSES, options));
  }
});
