import { letOthersRun } from "../cpu/let_others_run.ts";
import { countThreads, WorkerPool } from "../cpu/pool.ts";
import { canRunKernels } from "../cpu/kernels.ts";
import * as source from "../cpu/training_wasm.ts";
import { throwIfCancelled } from "../errors.ts";
import { checkFinite } from "./check_training.ts";
import type { Tree } from "./forest.ts";
import { TreeGrower } from "./grow_tree.ts";
import { growTreesWasm } from "./grow_trees_wasm.ts";
import { rankFeatures } from "./rank_features.ts";
import type { TrainingControl, TrainingSet } from "./training_set.ts";

/** Values to look at that are worth starting threads for: some tenth of a second. */
const WORTH_THREADS = 2e7;

/** The same where threads are kept from one training to the next: some hundredths of a second. */
const WORTH_KEPT_THREADS = 4e6;

/** How long training may keep the thread to itself, in milliseconds. */
const SLICE = 50;

/**
 * Grows one tree per seed, on all threads where it pays.
 *
 * @param numThreads Default as many as there are processor cores.
 * @param kept Threads that stay, to work on instead of some that end with the training.
 * @throws {DaubError} `features` when a sample is not finite, `cancelled` when the signal says so.
 */
export async function growTrees(
  set: TrainingSet,
  seeds: readonly number[],
  control: TrainingControl,
  numThreads: number = countThreads(),
  kept?: WorkerPool,
): Promise<Tree[]> {
  if (!canRunKernels(source)) return await growTreesPlainly(set, seeds, control);
  const values = estimateValues(set, seeds.length);
  if (kept && values > WORTH_KEPT_THREADS) return await growTreesWasm(kept, set, seeds, control);
  const isWorth = values > WORTH_THREADS;
  using pool = new WorkerPool(isWorth ? numThreads : 1);
  pool.start();
  return await growTreesWasm(pool, set, seeds, control);
}

/**
 * {@linkcode growTrees} where a page may not compile WebAssembly, and to check the kernels with:
 * the same trees from the calling thread alone.
 */
export async function growTreesPlainly(
  set: TrainingSet,
  seeds: readonly number[],
  { signal, onProgress }: TrainingControl,
): Promise<Tree[]> {
  const { samples, numFeatures, featureThreshold } = set;
  checkFinite(samples, numFeatures);
  const features = rankFeatures(samples, numFeatures, featureThreshold);
  const grower = new TreeGrower({ ...set, features });
  const trees: Tree[] = [];
  let resumed = performance.now();
  for (const seed of seeds) {
    trees.push(grower.grow(seed));
    onProgress?.(trees.length, seeds.length);
    if (performance.now() - resumed > SLICE) {
      await letOthersRun();
      resumed = performance.now();
    }
    throwIfCancelled(signal);
  }
  return trees;
}

/** About how many values training looks at. */
function estimateValues(
  { numFeatures, classIndices, maxDepth }: TrainingSet,
  numTrees: number,
): number {
  const levels = Math.min(maxDepth, Math.log2(classIndices.length));
  return classIndices.length *
    (8 * numFeatures + numTrees * (4 + Math.floor(Math.sqrt(numFeatures)) * levels));
}
