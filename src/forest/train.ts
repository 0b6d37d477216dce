import type { WorkerPool } from "../cpu/pool.ts";
import { DaubError, throwIfCancelled } from "../errors.ts";
import { checkInteger, checkSamples, indexClasses, MAX_TREES } from "./check_training.ts";
import type { Forest, Votes } from "./forest.ts";
import { growTrees } from "./grow_trees.ts";
import { featureImportances } from "./importances.ts";
import { MersenneTwister } from "./mersenne_twister.ts";

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
  /**
   * The most threads to work on; small problems take one. Default as many as there are processor
   * cores. The forest does not depend on it.
   */
  readonly numThreads?: number;
  /** Gives up soon, also within a tree. */
  readonly signal?: AbortSignal;
  /** Called once for each tree, at pauses. */
  readonly onProgress?: (numTreesDone: number, numTrees: number) => void;
}

/** A sample's class and its weight share a 32-bit word. */
const MAX_SAMPLES = 2 ** 24 - 1;

/**
 * Trains a random forest: scikit-learn's `RandomForestClassifier`, node for node for a given
 * `randomState`. Large problems are worked on by several threads; other tasks of the calling thread
 * run now and then.
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
  return await trainForestOn(undefined, samples, classes, options);
}

/**
 * {@linkcode trainForest} on threads that are kept from one training to the next.
 *
 * @throws {DaubError} as {@linkcode trainForest} does.
 */
export async function trainForestOn(
  threads: WorkerPool | undefined,
  samples: Float32Array,
  classes: ArrayLike<number>,
  options: TrainingOptions,
): Promise<Forest> {
  const { numFeatures, signal } = options;
  const { maxDepth = 2, numTrees = 100, randomState = 0, featureThreshold = 1e-7 } = options;
  const votes = checkVotes(options.votes ?? "fraction");
  checkInteger("numFeatures", numFeatures, 1);
  checkInteger("maxDepth", maxDepth, 1);
  checkInteger("numTrees", numTrees, 1, MAX_TREES);
  checkInteger("randomState", randomState, 0, 0xffffffff);
  if (options.numThreads !== undefined) checkInteger("numThreads", options.numThreads, 1);
  if (!(featureThreshold >= 0 && featureThreshold < Infinity)) {
    throw new DaubError(
      "options",
      `Expected featureThreshold to be a number of at least 0 but found ${featureThreshold}.`,
      { expected: "a number of at least 0", found: featureThreshold, where: "featureThreshold" },
    );
  }
  checkSamples(samples, numFeatures, classes.length);
  const { classes: numbers, indices } = indexClasses(classes);
  checkSampleCount(indices.length);
  throwIfCancelled(signal);

  const random = new MersenneTwister(randomState);
  const seeds = Array.from({ length: numTrees }, () => random.below(0x7fffffff));
  const trees = await growTrees(
    {
      samples,
      numFeatures,
      classIndices: indices,
      numClasses: numbers.length,
      maxDepth,
      featureThreshold,
    },
    seeds,
    options,
    options.numThreads,
    threads,
  );
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

function checkSampleCount(numSamples: number): void {
  if (numSamples <= MAX_SAMPLES) return;
  throw new DaubError(
    "annotation",
    `Expected at most ${MAX_SAMPLES} samples but found ${numSamples}. Paint fewer pixels.`,
    { expected: MAX_SAMPLES, found: numSamples },
  );
}
