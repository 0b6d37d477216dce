import type { Region, Tile } from "../backend.ts";
import { WorkerPool } from "../cpu/pool.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { StripRun } from "../features/run_strips_cpu.ts";
import { checkForest } from "../forest/check_prediction.ts";
import type { Forest, Prediction, PredictionRequest } from "../forest/forest.ts";
import { emptyPrediction } from "../forest/prediction_room.ts";
import { PredictionJob } from "../forest/prediction_job.ts";
import { pixelCount } from "../image/image.ts";

/** Smaller cores are done before other threads would have started. */
const MIN_SHARED_PIXELS = 2 ** 17;

const alone = new WorkerPool(1);

/**
 * Features and prediction of the core, strip by strip on all threads; the features of a strip stay
 * in the memory of the thread that computes it.
 *
 * @throws {DaubError} `classifier` when class numbers exceed 255.
 */
export async function predictTileCpu(
  pool: WorkerPool,
  tile: Tile,
  plan: FeaturePlan,
  core: Region,
  maxima: ReadonlyMap<number, number>,
  forest: Forest,
  request: PredictionRequest,
): Promise<Prediction> {
  checkForest(forest);
  const length = pixelCount(core);
  const prediction = emptyPrediction(length, forest.classes.length, request);
  const wanted = new Set(plan.features.map(({ step }) => step).filter((step) => step >= 0));
  const team = length < MIN_SHARED_PIXELS ? alone : pool;
  // Where memory is not shared, allocating moves it: the job comes before the strips.
  using job = new PredictionJob(forest, request, length, true, 0);
  using run = new StripRun(tile, plan, wanted, core, maxima, {
    numThreads: team.numThreads,
    forest: { job: job.job(), scratchBytes: job.scratchBytes },
  });
  for (const band of run.bands) {
    await run.prepare(team, band);
    await run.run(team, band.job);
  }
  job.save(length, prediction, 0);
  return prediction;
}
