import { DaubError, throwIfCancelled } from "../errors.ts";
import { checkInteger, checkSamples, indexClasses } from "./check_training.ts";
import type { Forest, Tree, Votes } from "./forest.ts";
import { TreeGrower } from "./grow_tree.ts";
import { featureImportances } from "./importances.ts";
import { MersenneTwister } from "./mersenne_twister.ts";
import { rankFeatures } from "./rank_features.ts";

/** How {@linkcode trainForest} trains. */
export interface TrainingOptions {
  /** The number of columns of the sample matrix. */
  readonly numFeatures: number;
  /** The most decisions between a root and a leaf. Default 2. */
  readonly maxDepth?: number;
  /** Default 100. */
  readonly numTrees?: number;
  /** The seed, an unsigned 32-bit integer; equal seeds give equal forests. Default 0. */
  readonly randomState?: number;
  /** How leaves become a class. Default `"fraction"`. */
  readonly votes?: Votes;
  /**
   * Values of a feature that are at most this apart are not split. Default 1e-7, as in
   * scikit-learn; its versions 1.6 and 1.7 had 0.
   */
  readonly featureThreshold?: number;
  /** Gives up between two trees. */
  readonly signal?: AbortSignal;
  /** Called after each tree. */
  readonly onProgress?: (numTreesDone: number, numTrees: number) => void;
}

/** Bits of a packed word that a sample's rank and class may take; the weight has the rest. */
const RANK_AND_CLASS_BITS = 28;

/** How long training may keep the thread to itself, in milliseconds. */
const SLICE = 50;

/**
 * Trains a random forest: scikit-learn's `RandomForestClassifier`, node for node for a given
 * `randomState`. Other tasks of the thread run now and then between trees.
 *
 * Sources: Breiman, "Random Forests", Machine Learning 45 (2001); Pedregosa et al.,
 * "Scikit-learn: Machine Learning in Python", JMLR 12 (2011).
 *
 * @param samples Row-major, samples × `numFeatures`; finite.
 * @param classes The class number of each sample, integers of at least 1, at least two of them
 * different. Numbers may be skipped; the forest keeps them.
 * @throws {DaubError} `annotation` when there are no samples, only one class, more than 255
 * classes or class numbers that are not integers of at least 1; `features` when a sample is not
 * finite; `options` when an option is out of bounds or the sizes do not match; `cancelled` when
 * the signal says so.
 *
 * @example Two classes that one feature tells apart
 * ```ts
 * import { trainForest } from "../../mod.ts";
 *
 * const samples = Float32Array.of(1, 2, 3, 11, 12, 13);
 * const forest = await trainForest(samples, [1, 1, 1, 2, 2, 2], { numFeatures: 1 });
 * console.assert(forest.trees.length === 100 && forest.classes.join() === "1,2");
 * ```
 */
export async function trainForest(
  samples: Float32Array,
  classes: ArrayLike<number>,
  options: TrainingOptions,
): Promise<Forest> {
  const { numFeatures, signal } = options;
  const { maxDepth = 2, numTrees = 100, randomState = 0, featureThreshold = 1e-7 } = options;
  const votes = checkVotes(options.votes ?? "fraction");
  checkInteger("numFeatures", numFeatures, 1);
  checkInteger("maxDepth", maxDepth, 1);
  checkInteger("numTrees", numTrees, 1);
  checkInteger("randomState", randomState, 0, 0xffffffff);
  if (!(featureThreshold >= 0 && featureThreshold < Infinity)) {
    throw new DaubError(
      "options",
      `Expected featureThreshold to be a number of at least 0 but found ${featureThreshold}.`,
      { expected: "a number of at least 0", found: featureThreshold, where: "featureThreshold" },
    );
  }
  checkSamples(samples, numFeatures, classes.length);
  const { classes: numbers, indices } = indexClasses(classes);
  checkSampleCount(indices.length, numbers.length);
  throwIfCancelled(signal);

  const grower = new TreeGrower({
    features: rankFeatures(samples, numFeatures, featureThreshold),
    classIndices: indices,
    numClasses: numbers.length,
    maxDepth,
    featureThreshold,
  });
  const seeds = new MersenneTwister(randomState);
  const trees: Tree[] = [];
  let resumed = performance.now();
  while (trees.length < numTrees) {
    trees.push(grower.grow(seeds.below(0x7fffffff)));
    options.onProgress?.(trees.length, numTrees);
    if (performance.now() - resumed > SLICE) {
      await new Promise((resolve) => setTimeout(resolve));
      resumed = performance.now();
    }
    throwIfCancelled(signal);
  }
  return {
    classes: numbers,
    numFeatures,
    maxDepth,
    randomState,
    votes,
    comparison: votes === "fraction" ? "at_most" : "below",
    trees,
    featureImportances: featureImportances(trees, numFeatures, numbers.length),
  };
}

function checkVotes(votes: Votes): Votes {
  if (votes === "fraction" || votes === "count") return votes;
  throw new DaubError(
    "options",
    `Expected votes to be "fraction" or "count" but found ${JSON.stringify(votes)}.`,
    { expected: ["fraction", "count"], found: votes, where: "votes" },
  );
}

/** A sample's rank, class and weight share a 32-bit word. */
function checkSampleCount(numSamples: number, numClasses: number): void {
  const largest = 2 ** (RANK_AND_CLASS_BITS - (32 - Math.clz32(numClasses - 1)));
  if (numSamples <= largest) return;
  throw new DaubError(
    "annotation",
    `Expected at most ${largest} samples of ${numClasses} classes but found ${numSamples}. ` +
      `Paint fewer pixels.`,
    { expected: largest, found: numSamples },
  );
}
