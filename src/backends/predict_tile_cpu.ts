import type { Region, Tile } from "../backend.ts";
import * as source from "../cpu/pixels_wasm.ts";
import { Block } from "../cpu/memory.ts";
import { WorkerPool } from "../cpu/pool.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { StripRun } from "../features/run_strips_cpu.ts";
import { checkForest } from "../forest/check_prediction.ts";
import type { Forest, Prediction, PredictionRequest } from "../forest/forest.ts";
import { emptyPrediction } from "../forest/predict_cpu.ts";
import { PredictionJob } from "../forest/prediction_job.ts";
import { pixelCount } from "../image/image.ts";

/** Smaller cores are done before other threads would have started. */
const MIN_SHARED_PIXELS = 2 ** 17;

const alone = new WorkerPool(1);

/**
 * Features and prediction of the core, band by band on all threads; features stay in the kernels'
 * memory, one band of them at a time.
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
  const steps = plan.features.map(({ step }) => step);
  const wanted = new Set(steps.filter((step) => step >= 0));
  const team = length < MIN_SHARED_PIXELS ? alone : pool;
  // Where memory is not shared, allocating moves it: the job comes before the planes.
  using job = new PredictionJob(forest, request, length, true, team.numThreads);
  using zeros = new Block(steps.includes(-1) ? 4 * length : 0);
  zeros.uint8().fill(0);
  const { numThreads } = team;
  using run = wanted.size > 0
    ? new StripRun(tile, plan, wanted, core, maxima, { numThreads })
    : undefined;
  const nothing = { region: core, job: undefined, planes: new Map<number, Float32Array>() };
  for (const { region, job: strips, planes } of run?.bands ?? [nothing]) {
    if (run && strips !== undefined) {
      await team.run(source, "runStrips", run.rooms.map((room) => [strips, room]));
    }
    const features = steps.map((step) => planes.get(step) ?? zeros.float32());
    // Bands are as wide as the core, so the rows of a slice lie together in both.
    const slice = region.width * region.height;
    const isWhole = region.height === core.height;
    const size = isWhole ? slice * region.depth : slice;
    for (let z = 0; z < region.depth; z += isWhole ? region.depth : 1) {
      const row = (region.z + z - core.z) * core.height + region.y - core.y;
      job.load(features, z * slice, size);
      await team.run(source, "predict", job.argumentLists);
      job.save(size, prediction, row * core.width);
    }
  }
  return prediction;
}
