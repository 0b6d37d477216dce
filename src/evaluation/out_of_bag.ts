import { DaubError } from "../errors.ts";
import type { Samples } from "../flow/samples.ts";
import { bootstrapCounts } from "../forest/bootstrap.ts";
import { checkFinite } from "../forest/check_training.ts";
import { type FlatForest, flattenForest } from "../forest/flat_forest.ts";
import type { Forest } from "../forest/forest.ts";
import { findLeaf, firstLargest, orderFloats } from "../forest/leaf_walk.ts";
import { type ConfusionMatrix, confusionMatrix } from "./confusion.ts";

/** How a forest does on the samples that its trees have not seen. */
export interface OutOfBag {
  /**
   * The share of judged samples that were classified right: scikit-learn's `oob_score_` wherever
   * every sample is judged, which all but very small forests grant.
   */
  readonly accuracy: number;
  /** The judged samples: a row per painted class, a column per found class. */
  readonly confusion: ConfusionMatrix;
  /** The class found for each sample; 0 where no tree could judge it. */
  readonly predicted: Uint32Array;
  /**
   * scikit-learn's `oob_decision_function_`: samples × classes, row by row, in the order of the
   * forest's classes; all 0 where no tree could judge.
   */
  readonly probabilities: Float64Array;
  /** Samples that every tree had in its bag, so that none could judge them. */
  readonly numUnjudged: number;
}

/**
 * Judges a forest by its own training data: every sample is classified by the trees alone whose
 * bootstrap did not draw it. Costs no training.
 *
 * Neighbouring pixels are alike, and the bag of a tree usually holds some neighbour of a pixel that
 * it does not hold; so for strokes this flatters, which `crossValidate` does not.
 *
 * Source: Breiman, "Random Forests", Machine Learning 45 (2001), section 3.1.
 *
 * @param forest A forest that was trained in this program.
 * @param samples What it was trained on: `values` row by row, samples × features, and `classes`.
 * @throws {DaubError} `classifier` when the forest comes from a file, which does not say how its
 * samples were drawn; `options` when the samples are not those it was trained on.
 *
 * @example Two classes that are far apart
 * ```ts
 * import { outOfBag, trainForest } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const samples = {
 *   values: Float32Array.of(1, 2, 3, 11, 12, 13),
 *   classes: Uint8Array.of(1, 1, 1, 2, 2, 2),
 * };
 * const forest = await trainForest(samples.values, samples.classes, { numFeatures: 1 });
 * assert.equal(outOfBag(forest, samples).accuracy, 1);
 * ```
 */
export function outOfBag(forest: Forest, samples: Samples): OutOfBag {
  const { values, classes } = samples;
  const numSamples = classes.length;
  const { randomState, numFeatures } = forest;
  if (randomState === undefined) throw fromFile();
  if (values.length !== numSamples * numFeatures) throw otherSamples();
  checkFinite(values, numFeatures);
  const flat = flattenForest(forest);
  const { numClasses, numTrees, votes } = flat;
  const leafVotes = votes.kind === "fraction" ? votes.exact : votes.counts;
  const sums = new Float64Array(numSamples * numClasses);
  const numJudges = new Uint32Array(numSamples);
  const bits = new Int32Array(values.length);
  orderFloats(bitsOf(values), 0, 1, bits, 0, bits.length);
  const features = { bits: transpose(bits, numFeatures), stride: numSamples };
  let tree = 0;
  for (const counts of bootstrapCounts(numSamples, numTrees, randomState)) {
    checkBootstrap(forest, tree, counts, classes);
    for (let row = 0; row < numSamples; row++) {
      if (counts[row] > 0) continue;
      numJudges[row]++;
      const leaf = findLeaf(flat, tree, features, row) * numClasses;
      for (let k = 0; k < numClasses; k++) sums[row * numClasses + k] += leafVotes[leaf + k];
    }
    tree++;
  }
  return judge(flat, classes, sums, numJudges);
}

/** From sums of votes to classes; the sums become probabilities. */
function judge(
  { numClasses, votes, classes: numbers }: FlatForest,
  classes: ArrayLike<number>,
  sums: Float64Array,
  numJudges: Uint32Array,
): OutOfBag {
  const numSamples = numJudges.length;
  const predicted = new Uint32Array(numSamples);
  const judged = new Uint32Array(numSamples);
  let numUnjudged = 0;
  for (let row = 0; row < numSamples; row++) {
    const shares = sums.subarray(row * numClasses, (row + 1) * numClasses);
    if (numJudges[row] === 0) {
      numUnjudged++;
      continue;
    }
    // Division can make different sums equal, so it belongs before the comparison.
    const divisor = votes.kind === "fraction" ? numJudges[row] : shares.reduce((a, b) => a + b);
    for (let k = 0; k < numClasses; k++) shares[k] /= divisor;
    predicted[row] = numbers[firstLargest(shares)];
    judged[row] = classes[row];
  }
  const confusion = confusionMatrix(judged, predicted, 0);
  return { accuracy: confusion.accuracy, confusion, predicted, probabilities: sums, numUnjudged };
}

function bitsOf(values: Float32Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length);
}

/** Feature after feature instead of sample after sample. */
function transpose(rows: Int32Array, numFeatures: number): Int32Array {
  const numSamples = rows.length / numFeatures;
  const columns = new Int32Array(rows.length);
  for (let row = 0, i = 0; row < numSamples; row++) {
    for (let f = 0; f < numFeatures; f++, i++) columns[f * numSamples + row] = rows[i];
  }
  return columns;
}

/** A root holds the classes that its tree drew, so other samples give themselves away. */
function checkBootstrap(
  { classes: numbers, trees }: Forest,
  tree: number,
  counts: Uint32Array,
  classes: ArrayLike<number>,
): void {
  const drawn = new Map(numbers.map((number) => [number, 0]));
  for (let row = 0; row < counts.length; row++) {
    const number = classes[row];
    drawn.set(number, (drawn.get(number) ?? 0) + counts[row]);
  }
  const root = trees[tree].counts;
  const fits = drawn.size === numbers.length &&
    numbers.every((number, k) => drawn.get(number) === root[k]);
  if (!fits) throw otherSamples();
}

function fromFile(): DaubError {
  return new DaubError(
    "classifier",
    "Expected a classifier that was trained in this program but found one read from a file, " +
      "which does not say which samples its trees have seen. Train again to judge it.",
  );
}

function otherSamples(): DaubError {
  return new DaubError(
    "options",
    "Expected the samples that the forest was trained on but found others. Train on these samples " +
      "first, or give those of the training.",
    { where: "samples" },
  );
}
