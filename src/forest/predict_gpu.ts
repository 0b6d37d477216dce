import { DaubError } from "../errors.ts";
import type { Batch, BufferRange } from "../gpu/batch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Kernel } from "../gpu/kernel.ts";
import { checkForest, checkPlanes } from "./check_prediction.ts";
import {
  finishLargest,
  finishProbabilities,
  finishUncertainty,
  numLargestPlanes,
} from "./finish_prediction.ts";
import { flattenForest } from "./flat_forest.ts";
import type { Forest, Prediction, PredictionRequest } from "./forest.ts";
import { packForest } from "./pack_forest.ts";
import { predictPlanes } from "./predict_cpu.ts";
import code from "./predict.wgsl" with { type: "text" };

const THREADS = 256;

/** Pixels between the starts of planes; a whole alignment of bindings. */
const PLANE_ALIGNMENT = 64;

/** Pixels between the starts of pieces, so that the class numbers of each are aligned too. */
const PIECE_ALIGNMENT = 256;

/** Even where a device could bind more: beyond this, larger pieces are no faster. */
const MAX_PIECE_BYTES = 2 ** 30;

/**
 * Mesa's software rasterizer leaves the loops of a shader after 65,535 rounds without a word; some
 * are left for what is not counted.
 */
const MAX_SOFTWARE_ROUNDS = 65_000;

/** Bits of the kernel's `outputs`. */
const CLASSES = 1;
const SUMS = 2;
const LARGEST = 4;

/** Feature planes in a GPU buffer. */
export interface FeatureStack {
  readonly buffer: GPUBuffer;
  /** Where the first plane begins, in bytes: a multiple of 256. */
  readonly offset: number;
  /** Values from one plane to the next. */
  readonly planeStride: number;
  readonly numPixels: number;
}

/** A prediction under way in a batch. */
export interface PendingPrediction {
  /**
   * The class numbers, one byte per pixel padded to whole words, when they were asked for and are
   * computed on the device.
   */
  readonly classes?: BufferRange;
  /**
   * Asks for the result, or the parts of it that are wanted here: to be called before the batch is
   * submitted, and awaited after.
   */
  readonly read: (wanted?: PredictionRequest) => Promise<Prediction>;
}

/**
 * Appends the classification of pixels to a batch; the features stay on the device, unless the
 * forest is more than a software rasterizer can walk: its twin takes over then.
 *
 * @param stack One plane per feature of the forest, in its order.
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
  if (gpu.isSoftware && countRounds(forest) > MAX_SOFTWARE_ROUNDS) {
    return { read: (wanted = request) => predictFromStack(batch, stack, forest, wanted) };
  }
  const packed = packForest(forest);
  const { flat, featureBits } = packed;
  const { votes, numClasses, numTrees, numFeatures } = flat;
  const { numPixels, planeStride } = stack;
  const parts = [packed.nodes, packed.trees, packed.leaves, packed.fractions];
  for (const { byteLength } of parts) checkBinding(gpu.maxBindingBytes, byteLength);
  const tables = gpu.residents.bind(batch, packed, () => parts);
  const kernel: Kernel = {
    name: "predict",
    code,
    buffers: ["read", "read", "read", "read", "read", "read_write", "read_write"],
    constants: { votes_are_counts: votes.kind === "count" ? 1 : 0 },
  };
  const outputs = (request.classes ? CLASSES : 0) |
    (request.probabilities ? SUMS : request.uncertainty ? LARGEST : 0);
  const numSums = countSums(forest, request);
  const sumPixels = Math.floor(maxBytes / 4 / Math.max(1, numSums));
  checkBinding(sumPixels * 4, PIECE_ALIGNMENT * 4);
  const piece = sumPixels - sumPixels % PIECE_ALIGNMENT;
  const classBytes = request.classes ? numPixels + (-numPixels & 3) : 4;
  const classes = batch.temporary(classBytes);
  const sums: { readonly range: BufferRange; readonly start: number; readonly length: number }[] =
    [];
  for (let start = 0; outputs !== 0 && start < numPixels; start += piece) {
    const length = Math.min(piece, numPixels - start);
    const sumBytes = Math.max(1, numSums * length) * 4;
    const range = { buffer: batch.temporary(sumBytes), size: sumBytes };
    const parameters = Uint32Array.of(
      length,
      planeStride,
      numTrees,
      numClasses,
      2 ** featureBits - 1,
      featureBits,
      votes.kind === "fraction" ? votes.margin : 0,
      outputs,
      length,
    );
    const features = {
      buffer: stack.buffer,
      offset: stack.offset + start * 4,
      size: ((numFeatures - 1) * planeStride + length) * 4,
    };
    const classRange = request.classes
      ? { buffer: classes, offset: start, size: length + (-length & 3) }
      : { buffer: classes, size: 4 };
    batch.dispatch(
      kernel,
      parameters,
      [features, ...tables, classRange, range],
      Math.ceil(length / THREADS),
    );
    if (numSums > 0) sums.push({ range, start, length });
  }
  const read = async (wanted: PredictionRequest) => {
    const classRead = wanted.classes && batch.read({ buffer: classes, size: classBytes });
    const sumReads = sums.map(({ range }) => batch.read(range));
    const prediction: Prediction = {
      ...(request.probabilities && {
        probabilities: Array.from({ length: numClasses }, () => new Float32Array(numPixels)),
      }),
      ...(request.uncertainty && { uncertainty: new Float32Array(numPixels) }),
    };
    if (classRead) prediction.classes = new Uint8Array(await classRead, 0, numPixels);
    const { probabilities, uncertainty } = prediction;
    for (const [i, { start, length }] of sums.entries()) {
      const bytes = await sumReads[i];
      const values = votes.kind === "fraction" ? new Uint32Array(bytes) : new Float32Array(bytes);
      const voteSums = { sums: values, stride: length, length };
      if (probabilities) finishProbabilities(flat, voteSums, probabilities, start);
      if (uncertainty && probabilities) finishUncertainty(flat, voteSums, uncertainty, start);
      else if (uncertainty) finishLargest(flat, voteSums, uncertainty, start);
    }
    return prediction;
  };
  return {
    ...(request.classes && { classes: { buffer: classes, size: classBytes } }),
    read: (wanted = request) => handled(read(wanted)),
  };
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
  const most = Math.floor(maxBytes / 4 / features.length);
  checkBinding(most * 4, PIECE_ALIGNMENT * 4);
  const piece = most - most % PIECE_ALIGNMENT;
  const whole: Prediction = {
    ...(request.classes && { classes: new Uint8Array(length) }),
    ...(request.probabilities && {
      probabilities: forest.classes.map(() => new Float32Array(length)),
    }),
    ...(request.uncertainty && { uncertainty: new Float32Array(length) }),
  };
  for (let start = 0; start < length; start += piece) {
    const numPixels = Math.min(piece, length - start);
    using batch = gpu.batch();
    const stack = uploadPlanes(gpu, batch, features, start, numPixels);
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
  const reads = Array.from(
    { length: forest.numFeatures },
    (_, feature) =>
      batch.read({ buffer, offset: offset + feature * planeStride * 4, size: numPixels * 4 }),
  );
  const predict = async () => {
    const planes = (await Promise.all(reads)).map((bytes) => new Float32Array(bytes));
    return predictPlanes(planes, forest, request);
  };
  return handled(predict());
}

/** A promise whose failure is thrown by `submit`, and should not be reported a second time. */
function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

/** The most rounds of all loops that the kernel needs for one pixel. */
function countRounds(forest: Forest): number {
  const { numTrees, numClasses, depth } = flattenForest(forest);
  const numWalks = Math.ceil(numClasses / 4) + (forest.votes === "fraction" ? numClasses : 0);
  return numWalks * numTrees * (depth + 2) + 128 * numClasses;
}

function uploadPlanes(
  gpu: Gpu,
  batch: Batch,
  features: readonly Float32Array[],
  start: number,
  numPixels: number,
): FeatureStack {
  const planeStride = numPixels + (-numPixels & (PLANE_ALIGNMENT - 1));
  const buffer = batch.temporary(features.length * planeStride * 4);
  features.forEach((plane, i) => {
    const part = plane.subarray(start, start + numPixels) as Float32Array<ArrayBuffer>;
    gpu.device.queue.writeBuffer(buffer, i * planeStride * 4, part);
  });
  return { buffer, offset: 0, planeStride, numPixels };
}

/** How many planes of sums a request needs. */
function countSums({ classes, votes }: Forest, request: PredictionRequest): number {
  if (request.probabilities) return classes.length;
  return request.uncertainty ? numLargestPlanes(votes) : 0;
}

function checkBinding(available: number, needed: number): void {
  if (needed <= available) return;
  throw new DaubError(
    "backend",
    `Expected the GPU to bind ${needed} bytes at once but it binds ${available}. Use the cpu ` +
      `backend, or a smaller forest.`,
    { expected: needed, found: available },
  );
}
