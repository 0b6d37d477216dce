import assert from "node:assert/strict";
import type { Prediction } from "../../src/forest/forest.ts";
import { predictPlanes } from "../../src/forest/predict_cpu.ts";
import { appendPrediction, predictPlanesGpu } from "../../src/forest/predict_gpu.ts";
import { predictClasses } from "../../src/forest/probabilities.ts";
import { trainForest } from "../../src/forest/train.ts";
import { ask, forestOf, type Node } from "./hand_made.ts";
import { randomNumbers } from "./random_cases.ts";
import { EVERYTHING, gpuTest, twinTest } from "./twins.ts";

/** Forests of every kind, on values so coarse that ties are frequent, and planes to classify. */
const CASES = [
  { numSamples: 300, numFeatures: 4, numClasses: 2, maxDepth: 2, numTrees: 100 },
  { numSamples: 60, numFeatures: 2, numClasses: 3, maxDepth: 3, numTrees: 7 },
  { numSamples: 200, numFeatures: 3, numClasses: 3, maxDepth: 1, numTrees: 100 },
  { numSamples: 500, numFeatures: 17, numClasses: 9, maxDepth: 12, numTrees: 10 },
  { numSamples: 30, numFeatures: 1, numClasses: 2, maxDepth: 4, numTrees: 1000 },
  { numSamples: 40, numFeatures: 5, numClasses: 5, maxDepth: 20, numTrees: 2 },
  { numSamples: 400, numFeatures: 6, numClasses: 4, maxDepth: 5, numTrees: 31 },
  { numSamples: 400, numFeatures: 9, numClasses: 2, maxDepth: 2, numTrees: 300 },
  { numSamples: 90, numFeatures: 3, numClasses: 2, maxDepth: 3, numTrees: 65 },
];

async function grow(index: number, votes: "fraction" | "count") {
  const { numSamples, numFeatures, numClasses, maxDepth, numTrees } = CASES[index];
  const random = randomNumbers(100 + index);
  const samples = Float32Array.from(
    { length: numSamples * numFeatures },
    () => Math.floor(random() * 12) / 4,
  );
  const classes = Array.from({ length: numSamples }, (_, row) => {
    const value = samples[row * numFeatures] + samples[(row + 1) * numFeatures - 1];
    return random() < 0.4 ? 1 + Math.floor(random() * numClasses) : 1 + value % numClasses | 0 || 1;
  });
  const forest = await trainForest(samples, classes, { numFeatures, maxDepth, numTrees, votes });
  const planes = Array.from(
    { length: numFeatures },
    () => Float32Array.from({ length: 3001 }, () => Math.floor(random() * 30) / 8 - 0.25),
  );
  return { forest, planes };
}

function equalPredictions(actual: Prediction, expected: Prediction, name: string): void {
  assert.deepEqual(actual.classes, expected.classes, `${name}: classes`);
  assert.deepEqual(actual.probabilities, expected.probabilities, `${name}: probabilities`);
  assert.deepEqual(actual.uncertainty, expected.uncertainty, `${name}: uncertainty`);
}

/** The same pixels as rows of a sample matrix. */
function asSamples(planes: readonly Float32Array[]): Float32Array {
  return Float32Array.from({ length: planes.length * planes[0].length }, (_, i) => {
    return planes[i % planes.length][Math.floor(i / planes.length)];
  });
}

gpuTest("GPU and CPU predict the same to the bit, whole and in pieces", async (gpu) => {
  for (const votes of ["fraction", "count"] as const) {
    for (const index of CASES.keys()) {
      const { forest, planes } = await grow(index, votes);
      const name = `${votes}, case ${index}`;
      const expected = predictPlanes(planes, forest, EVERYTHING);
      assert.ok(new Set(expected.classes).size > 1, name);
      equalPredictions(await predictPlanesGpu(gpu, planes, forest, EVERYTHING), expected, name);
      const bytes = 4 * 512 * Math.max(planes.length, forest.classes.length);
      const pieces = await predictPlanesGpu(gpu, planes, forest, EVERYTHING, bytes);
      equalPredictions(pieces, expected, `${name}, in pieces`);
      const { uncertainty } = await predictPlanesGpu(gpu, planes, forest, { uncertainty: true });
      assert.deepEqual(uncertainty, expected.uncertainty, `${name}: uncertainty alone`);
    }
  }
});

twinTest("classes are those of 64-bit sums, as scikit-learn decides", async (predict) => {
  for (const votes of ["fraction", "count"] as const) {
    for (const index of CASES.keys()) {
      const { forest, planes } = await grow(index, votes);
      const { classes } = await predict(planes, forest, { classes: true });
      const expected = Uint8Array.from(predictClasses(forest, asSamples(planes)));
      assert.deepEqual(classes, expected, `${votes}, case ${index}`);
    }
  }
});

/**
 * A forest whose first two classes have equal sums but for the rounding of 64-bit floats: in every
 * cell of its one feature, the second class adds the fractions of the first in another order.
 */
function rivals(numTrees: number, numCells: number) {
  const random = randomNumbers(numTrees);
  const numOthers = 8;
  const leaves = Array.from({ length: numCells }, (_, cell) => {
    const fractions = Array.from(
      { length: numTrees },
      (_, tree) => tree % 2 === 0 ? 0.3 + 0.2 * random() : random() * 2 ** (-60 * random()) / 2,
    );
    return fractions.map((fraction, tree) => {
      const other = fractions[(tree + 1 + cell) % numTrees];
      const rest = (1 - fraction - other) / numOthers;
      return [fraction, other, ...new Array<number>(numOthers).fill(rest)];
    });
  });
  const grow = (tree: number, from: number, to: number): Node => {
    if (to - from === 1) return leaves[from][tree];
    const middle = (from + to) >> 1;
    return ask(0, middle - 0.5, grow(tree, from, middle), grow(tree, middle, to));
  };
  const trees = Array.from({ length: numTrees }, (_, tree) => grow(tree, 0, numCells));
  const plane = Float32Array.from({ length: numCells }, (_, i) => i);
  return { forest: forestOf(trees), plane, leaves };
}

twinTest("classes that differ in the last bits of 64-bit sums are told apart", async (predict) => {
  let numSeconds = 0;
  let numMerged = 0;
  const sizes = [[3, 64], [7, 64], [10, 64], [31, 64], [100, 64], [1000, 4], [1000, 64], [4097, 2]];
  for (const [numTrees, numCells] of sizes) {
    const { forest, plane, leaves } = rivals(numTrees, numCells);
    const { classes } = await predict([plane], forest, { classes: true });
    leaves.forEach((trees, cell) => {
      let first = 0;
      let second = 0;
      for (const fractions of trees) {
        first += fractions[0];
        second += fractions[1];
      }
      const expected = first / numTrees >= second / numTrees ? 1 : 2;
      assert.equal(classes![cell], expected, `${numTrees} trees, cell ${cell}`);
      if (expected === 2) numSeconds++;
      else if (second > first) numMerged++;
    });
  }
  assert.ok(numSeconds > 0 && numMerged > 0, "rounding of sums and of quotients decides somewhere");
});

gpuTest(
  "a prediction reads features from within a buffer and leaves classes there",
  async (gpu) => {
    const { forest, planes } = await grow(0, "fraction");
    const numPixels = planes[0].length;
    const planeStride = 3072;
    const offset = 512;
    using batch = gpu.batch();
    const data = new Float32Array(offset / 4 + planes.length * planeStride).fill(NaN);
    planes.forEach((plane, i) => data.set(plane, offset / 4 + i * planeStride));
    const stack = { buffer: batch.upload(data), offset, planeStride, numPixels };
    const pending = appendPrediction(gpu, batch, stack, forest, EVERYTHING);
    const bytes = batch.read(pending.classes!);
    const prediction = pending.read();
    await batch.submit();
    equalPredictions(await prediction, predictPlanes(planes, forest, EVERYTHING), "stack");
    assert.deepEqual(new Uint8Array(await bytes, 0, numPixels), (await prediction).classes);
  },
);
