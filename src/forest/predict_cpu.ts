import * as source from "../cpu/pixels_wasm.ts";
import { letOthersRun } from "../cpu/let_others_run.ts";
import { startKernels } from "../cpu/kernels.ts";
import { pointerOf } from "../cpu/memory.ts";
import type { WorkerPool } from "../cpu/pool.ts";
import { throwIfCancelled } from "../errors.ts";
import { checkPlanes } from "./check_prediction.ts";
import type { Forest, Prediction, PredictionControl, PredictionRequest } from "./forest.ts";
import { PredictionJob } from "./prediction_job.ts";
import { emptyPrediction } from "./prediction_room.ts";

/** Pixels whose features are copied to the kernels at once. */
const PIECE = 32768;

/**
 * Classifies pixels from their feature planes on the processor.
 *
 * @param features One plane per feature of the forest, in its order, all of one length.
 * @param request What to compute; all of it takes one pass over the pixels.
 * @throws {DaubError} `features` when the planes do not fit the forest, `classifier` when its class
 * numbers exceed 255.
 */
export function predictPlanes(
  features: readonly Float32Array[],
  forest: Forest,
  request: PredictionRequest,
): Prediction {
  checkPlanes(features, forest);
  const length = features[0].length;
  const prediction = emptyPrediction(length, forest.classes.length, request);
  const piece = Math.min(PIECE, length);
  using job = new PredictionJob(forest, request, piece, isInside(features), 1, length);
  const { predict } = startKernels<source.Kernels>(source);
  const [pointer, scratch] = job.argumentLists()[0];
  for (let start = 0; start < length; start += piece) {
    const size = Math.min(piece, length - start);
    job.load(features, start, size);
    predict(pointer, scratch);
    job.save(size, prediction, start);
  }
  return prediction;
}

/** The pixels that are copied to the kernels at once when several threads work on them. */
const SHARED_PIECE = { least: 2 ** 15, most: 2 ** 17 };

/** How long prediction may keep the thread to itself, in milliseconds. */
const SLICE = 20;

/** Less than this is not worth waking threads for. */
const MIN_SHARED_PIXELS = 2 ** 14;

/**
 * {@linkcode predictPlanes} on several threads, with pauses for others; the result is the same.
 *
 * @throws {DaubError} as {@linkcode predictPlanes} does, and `cancelled` when the signal says so.
 */
export async function predictPlanesTogether(
  pool: WorkerPool,
  features: readonly Float32Array[],
  forest: Forest,
  request: PredictionRequest,
  { signal, onProgress }: PredictionControl = {},
): Promise<Prediction> {
  checkPlanes(features, forest);
  throwIfCancelled(signal);
  const length = features[0].length;
  if (length < MIN_SHARED_PIXELS) {
    const prediction = predictPlanes(features, forest, request);
    onProgress?.(1);
    return prediction;
  }
  const prediction = emptyPrediction(length, forest.classes.length, request);
  const quarter = Math.ceil(length / 128) * 32;
  const piece = Math.min(SHARED_PIECE.most, Math.max(SHARED_PIECE.least, quarter));
  const inside = isInside(features);
  using job = new PredictionJob(forest, request, piece, inside, pool.numThreads, length, 2);
  const sizeOf = (i: number) => Math.min(piece, length - i * piece);
  const numPieces = Math.ceil(length / piece);
  let resumed = performance.now();
  job.load(features, 0, sizeOf(0));
  for (let i = 0; i < numPieces; i++) {
    if (performance.now() - resumed > SLICE) {
      await letOthersRun();
      throwIfCancelled(signal);
      resumed = performance.now();
    }
    // While others predict this piece, its place's neighbour is emptied and filled anew.
    await pool.run(source, "predict", job.argumentLists(i % 2), () => {
      const other = (i + 1) % 2;
      if (i > 0) job.save(piece, prediction, (i - 1) * piece, other);
      if (i + 1 < numPieces) job.load(features, (i + 1) * piece, sizeOf(i + 1), other);
    });
    onProgress?.((i * piece + sizeOf(i)) / length);
  }
  const last = numPieces - 1;
  job.save(sizeOf(last), prediction, last * piece, last % 2);
  return prediction;
}

function isInside(features: readonly Float32Array[]): boolean {
  return features.every((plane) => pointerOf(plane) !== undefined);
}
