import { letOthersRun } from "../cpu/let_others_run.ts";
import type { WorkerPool } from "../cpu/pool.ts";
import * as source from "../cpu/training_wasm.ts";
import { throwIfCancelled } from "../errors.ts";
import { checkFinite } from "./check_training.ts";
import type { Tree } from "./forest.ts";
import { TrainingJob } from "./training_job.ts";
import type { TrainingControl, TrainingSet } from "./training_set.ts";

/** Values that the calling thread looks at before it checks the time. */
const PIECE = 2 ** 18;

/**
 * Grows one tree per seed on the threads of a pool, which share out the features to rank and then
 * the trees; the trees do not depend on how.
 *
 * @throws {DaubError} `features` when a sample is not finite, `cancelled` when the signal says so.
 */
export async function growTreesWasm(
  pool: WorkerPool,
  set: TrainingSet,
  seeds: readonly number[],
  { signal, onProgress }: TrainingControl,
): Promise<Tree[]> {
  using job = new TrainingJob(set, seeds.length, pool.numThreads);
  const argumentLists = job.threads.map((thread, i) => [...thread, i === 0 ? PIECE : Infinity]);
  const cancel = () => job.cancel();
  const run = (kernel: keyof source.Kernels, onPause: () => void) =>
    pool.runInPieces(source, kernel, argumentLists, onPause, cancel);
  const check = () => throwIfCancelled(signal);
  signal?.addEventListener("abort", cancel);
  try {
    await job.load(letOthersRun);
    await run("rank", check);
    if (job.hasWrong) checkFinite(set.samples, set.numFeatures);
    const trees: Tree[] = [];
    let numTold = 0;
    const tell = () => {
      check();
      while (numTold < trees.length + job.numDone) {
        numTold++;
        onProgress?.(numTold, seeds.length);
        check();
      }
    };
    while (trees.length < seeds.length) {
      job.begin(seeds.slice(trees.length, trees.length + job.numTogether));
      await run("grow", tell);
      tell();
      trees.push(...job.read());
    }
    return trees;
  } finally {
    signal?.removeEventListener("abort", cancel);
  }
}
