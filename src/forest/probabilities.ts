import { DaubError } from "../errors.ts";
import { checkFinite } from "./check_training.ts";
import { flattenForest } from "./flat_forest.ts";
import type { Forest } from "./forest.ts";
import {
  exactFractions,
  firstLargest,
  type OrderedFeatures,
  orderFloats,
  sumCounts,
} from "./leaf_walk.ts";

/**
 * The probability of every class for every sample, as scikit-learn's `predict_proba` computes it:
 * the mean of the trees' leaf fractions, in 64-bit floats. A forest that votes by counts gives each
 * class its share of all counts instead.
 *
 * @param samples Row-major, samples × `numFeatures`; finite.
 * @param numFeatures The number of columns; default that of the forest, which it must equal.
 * @returns Row-major, samples × classes, in the order of the forest's `classes`.
 * @throws {DaubError} `features` when the columns do not fit the forest or a value is not finite.
 *
 * @example
 * ```ts
 * import { predictProbabilities, trainForest } from "../../mod.ts";
 *
 * const samples = Float32Array.of(1, 2, 3, 11, 12, 13);
 * const forest = await trainForest(samples, [1, 1, 1, 2, 2, 2], { numFeatures: 1 });
 * const [first, second] = predictProbabilities(forest, Float32Array.of(0));
 * console.assert(first > 0.9 && second < 0.1);
 * ```
 */
export function predictProbabilities(
  forest: Forest,
  samples: Float32Array,
  numFeatures: number = forest.numFeatures,
): Float64Array {
  const numClasses = forest.classes.length;
  const probabilities = new Float64Array(numClasses * rowCount(forest, samples, numFeatures));
  forEachSample(forest, samples, (shares, row) => probabilities.set(shares, row * numClasses));
  return probabilities;
}

/**
 * The class number of every sample: the first of the most probable ones, as scikit-learn's
 * `predict` decides.
 *
 * @param samples Row-major, samples × the forest's `numFeatures`; finite.
 * @throws {DaubError} `features` when the columns do not fit the forest or a value is not finite.
 *
 * @example
 * ```ts
 * import { predictClasses, trainForest } from "../../mod.ts";
 *
 * const samples = Float32Array.of(1, 2, 3, 11, 12, 13);
 * const forest = await trainForest(samples, [4, 4, 4, 9, 9, 9], { numFeatures: 1 });
 * console.assert(predictClasses(forest, Float32Array.of(0, 20)).join() === "4,9");
 * ```
 */
export function predictClasses(forest: Forest, samples: Float32Array): Uint32Array {
  const classes = new Uint32Array(rowCount(forest, samples, forest.numFeatures));
  forEachSample(forest, samples, (_shares, row, best) => classes[row] = forest.classes[best]);
  return classes;
}

/** Calls back with the class probabilities of each sample and the index of its class. */
function forEachSample(
  forest: Forest,
  samples: Float32Array,
  callback: (shares: Float64Array, row: number, best: number) => void,
): void {
  const { numFeatures } = forest;
  checkFinite(samples, numFeatures);
  const flat = flattenForest(forest);
  const { votes, numClasses } = flat;
  const from = new Int32Array(samples.buffer, samples.byteOffset, samples.length);
  const features: OrderedFeatures = { bits: new Int32Array(numFeatures), stride: 1 };
  const shares = new Float64Array(numClasses);
  const sums = new Float32Array(numClasses);
  const numRows = samples.length / numFeatures;
  for (let row = 0; row < numRows; row++) {
    orderFloats(from, row * numFeatures, 1, features.bits, 0, numFeatures);
    if (votes.kind === "fraction") {
      exactFractions(flat, features, 0, votes.exact, shares);
      callback(shares, row, firstLargest(shares));
    } else {
      sumCounts(flat, features, 0, votes.counts, sums);
      let total = 0;
      for (const sum of sums) total = Math.fround(total + sum);
      sums.forEach((sum, k) => shares[k] = sum / total);
      callback(shares, row, firstLargest(sums));
    }
  }
}

function rowCount(forest: Forest, samples: Float32Array, numFeatures: number): number {
  if (numFeatures === forest.numFeatures && samples.length % numFeatures === 0) {
    return samples.length / numFeatures;
  }
  const found = numFeatures === forest.numFeatures
    ? `${samples.length} values`
    : `${numFeatures} columns`;
  throw new DaubError(
    "features",
    `Expected samples of ${forest.numFeatures} features each, as the forest was trained with, but ` +
      `found ${found}.`,
    { expected: forest.numFeatures, found, where: "samples" },
  );
}
