import { canRunKernels } from "../cpu/kernels.ts";
import * as kernels from "../cpu/pixels_wasm.ts";
import type { Batch } from "../gpu/batch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Kernel } from "../gpu/kernel.ts";
import { checkForest, checkPlanes } from "./check_prediction.ts";
import type { Forest, Prediction, PredictionRequest } from "./forest.ts";
import { packForest } from "./pack_forest.ts";
import { predictPlanes } from "./predict_cpu.ts";
import { predictPlanesPlainly } from "./predict_plain.ts";
import { emptyPrediction } from "./prediction_room.ts";
import predictCode from "./predict.wgsl" with { type: "text" };
import {
  canWalk,
  checkBinding,
  handled,
  type PendingPrediction,
  preparePrediction,
} from "./prediction_buffers_gpu.ts";
import votesCode from "./votes.wgsl" with { type: "text" };

const THREADS = 256;

/** Pixels between the starts of planes; a whole alignment of bindings. */
const PLANE_ALIGNMENT = 64;

/** Pixels between the starts of pieces, so that the class numbers of each are aligned too. */
const PIECE_ALIGNMENT = 256;

/** Even where a device could bind more: beyond this, larger pieces are no faster. */
const MAX_PIECE_BYTES = 2 ** 30;

/** Feature planes in a GPU buffer. */
export interface FeatureStack {
  readonly buffer: GPUBuffer;
  /** Where the first plane begins, in bytes: a multiple of 256. */
  readonly offset: number;
  /** Values from one plane to the next. */
  readonly planeStride: number;
  readonly numPixels: number;
}

/**
 * Appends the classification of pixels to a batch; the features stay on the device, unless the
 * forest is more than a software rasterizer can walk: its twin takes over then.
 *
 * @param stack One plane for every feature that the forest asks about, in its order.
 * @param maxBytes The largest buffer to write to. Default: what the device can bind.
 * @throws {DaubError} `classifier` when class numbers exceed 255, `backend` when the forest exceeds
 * what the device can bind.
 */
export function appendPrediction(
  gpu: Gpu,
  batch: Batch,
  stack: FeatureStack,
  forest: Forest,
  request: PredictionRequest,
  maxBytes: number = gpu.maxBindingBytes,
): PendingPrediction {
  checkForest(forest);
  if (!canWalk(gpu, forest)) {
    return { read: (wanted = request) => predictFromStack(batch, stack, forest, wanted) };
  }
  const { numPixels, planeStride } = stack;
  const size = { numPixels, granularity: PIECE_ALIGNMENT, maxBytes };
  const prediction = preparePrediction(gpu, batch, forest, request, size);
  const { packed, tables, constants, classes, pieces } = prediction;
  const kernel: Kernel = {
    name: "predict",
    code: votesCode + predictCode,
    buffers: ["read", "read", "read", "read", "read", "read_write", "read_write"],
    constants,
  };
  const lastPlane = Math.max(0, packed.usedFeatures.length - 1);
  for (const { start, length, sums } of pieces) {
    const parameters = Uint32Array.of(...prediction.votes(length, 0), length, planeStride, 0, 0);
    const features = {
      buffer: stack.buffer,
      offset: stack.offset + start * 4,
      size: (lastPlane * planeStride + length) * 4,
    };
    const found = request.classes
      ? { buffer: classes.buffer, offset: start, size: length + (-length & 3) }
      : classes;
    const buffers = [features, ...tables, found, sums];
    batch.dispatch(kernel, parameters, buffers, Math.ceil(length / THREADS));
  }
  return prediction.pending;
}

/**
 * Classifies pixels from their feature planes on the GPU, in pieces that fit into a binding.
 *
 * @param features One plane per feature of the forest, in its order, all of one length.
 * @param request What to compute; all of it takes one pass over the pixels.
 * @param maxBytes The largest buffer to use. Default: what the device can bind.
 * @throws {DaubError} `features` when the planes do not fit the forest, `classifier` when its class
 * numbers exceed 255, `backend` when the GPU fails or the forest exceeds what it can bind.
 */
export async function predictPlanesGpu(
  gpu: Gpu,
  features: readonly Float32Array[],
  forest: Forest,
  request: PredictionRequest,
  maxBytes: number = Math.min(gpu.maxBindingBytes, MAX_PIECE_BYTES),
): Promise<Prediction> {
  checkPlanes(features, forest);
  const length = features[0].length;
  const used = packForest(forest).usedFeatures.map((feature) => features[feature]);
  // A kernel must be given some plane, also when it reads none.
  const planes = used.length > 0 ? used : features.slice(0, 1);
  const most = Math.floor(maxBytes / 4 / planes.length);
  checkBinding(most * 4, PIECE_ALIGNMENT * 4);
  const piece = most - most % PIECE_ALIGNMENT;
  const whole = emptyPrediction(length, forest.classes.length, request);
  for (let start = 0; start < length; start += piece) {
    const numPixels = Math.min(piece, length - start);
    using batch = gpu.batch();
    const stack = uploadPlanes(batch, planes, start, numPixels);
    const pending = appendPrediction(gpu, batch, stack, forest, request, maxBytes).read();
    await batch.submit();
    const part = await pending;
    if (numPixels === length) return part;
    if (part.classes) whole.classes!.set(part.classes, start);
    if (part.uncertainty) whole.uncertainty!.set(part.uncertainty, start);
    part.probabilities?.forEach((plane, k) => whole.probabilities![k].set(plane, start));
  }
  return whole;
}

/** Reads the features back and classifies them on the processor. */
function predictFromStack(
  batch: Batch,
  { buffer, offset, planeStride, numPixels }: FeatureStack,
  forest: Forest,
  request: PredictionRequest,
): Promise<Prediction> {
  const { usedFeatures } = packForest(forest);
  const reads = usedFeatures.map((_, plane) =>
    batch.read({ buffer, offset: offset + plane * planeStride * 4, size: numPixels * 4 })
  );
  const predict = async () => {
    const planes = new Array<Float32Array>(forest.numFeatures).fill(new Float32Array(numPixels));
    for (const [i, feature] of usedFeatures.entries()) {
      planes[feature] = new Float32Array(await reads[i]);
    }
    return canRunKernels(kernels)
      ? predictPlanes(planes, forest, request)
      : await predictPlanesPlainly(planes, forest, request);
  };
  return handled(predict());
}

function uploadPlanes(
  batch: Batch,
  features: readonly Float32Array[],
  start: number,
  numPixels: number,
): FeatureStack {
  const planeStride = numPixels + (-numPixels & (PLANE_ALIGNMENT - 1));
  const buffer = batch.temporary(features.length * planeStride * 4);
  features.forEach((plane, i) => {
    const part = plane.subarray(start, start + numPixels) as Float32Array<ArrayBuffer>;
    batch.write({ buffer, offset: i * planeStride * 4 }, part);
  });
  return { buffer, offset: 0, planeStride, numPixels };
}
