import { DaubError } from "../errors.ts";
import type { Batch, BufferRange } from "../gpu/batch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { checkForest } from "./check_prediction.ts";
import {
  finishLargest,
  finishProbabilities,
  finishUncertainty,
  numLargestPlanes,
} from "./finish_prediction.ts";
import { flattenForest } from "./flat_forest.ts";
import type { Forest, Prediction, PredictionRequest } from "./forest.ts";
import { type PackedForest, packForest } from "./pack_forest.ts";
import { emptyPrediction } from "./prediction_room.ts";

/**
 * Mesa's software rasterizer leaves the loops of a shader after 65,535 rounds without a word; some
 * are left for what is not counted.
 */
const MAX_SOFTWARE_ROUNDS = 65_000;

/** Bits of the kernels' `outputs`. */
const CLASSES = 1;
const SUMS = 2;
const LARGEST = 4;

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

/** Pixels that one dispatch classifies, because their sums fit a binding. */
export interface PredictionPiece {
  readonly start: number;
  readonly length: number;
  readonly sums: BufferRange;
}

/** A forest on the device, and where a kernel writes what it votes. */
export interface PredictionBuffers {
  readonly packed: PackedForest;
  /** Nodes, trees, leaves and fractions. */
  readonly tables: readonly BufferRange[];
  /** Values of the override constants of `votes.wgsl`. */
  readonly constants: { readonly votes_are_counts: number };
  /** One byte per pixel padded to whole words; 4 bytes when classes are not asked for. */
  readonly classes: BufferRange;
  readonly pieces: readonly PredictionPiece[];
  /** The `Votes` of `votes.wgsl`. */
  votes(sumStride: number, firstPixel: number): Uint32Array;
  readonly pending: PendingPrediction;
}

/** What {@linkcode preparePrediction} prepares. */
export interface PredictionSize {
  readonly numPixels: number;
  /** Pieces begin at multiples of so many pixels. */
  readonly granularity: number;
  /** The largest buffer of sums. */
  readonly maxBytes: number;
}

/**
 * Puts a forest on the device, unless it is there, and makes room for its votes.
 *
 * @throws {DaubError} `classifier` when class numbers exceed 255, `backend` when the forest exceeds
 * what the device can bind.
 */
export function preparePrediction(
  gpu: Gpu,
  batch: Batch,
  forest: Forest,
  request: PredictionRequest,
  { numPixels, granularity, maxBytes }: PredictionSize,
): PredictionBuffers {
  checkForest(forest);
  const packed = packForest(forest);
  const { flat, featureBits } = packed;
  const parts = [packed.nodes, packed.trees, packed.leaves, packed.fractions];
  for (const { byteLength } of parts) checkBinding(gpu.maxBindingBytes, byteLength);
  const tables = gpu.residents.bind(batch, packed, () => parts);
  const outputs = (request.classes ? CLASSES : 0) |
    (request.probabilities ? SUMS : request.uncertainty ? LARGEST : 0);
  const numSums = countSums(forest, request);
  const most = Math.floor(maxBytes / 4 / Math.max(1, numSums));
  checkBinding(most * 4, granularity * 4);
  const size = most - most % granularity;
  const classBytes = request.classes ? numPixels + (-numPixels & 3) : 4;
  const classes = { buffer: batch.temporary(classBytes), size: classBytes };
  const pieces: PredictionPiece[] = [];
  for (let start = 0; outputs !== 0 && start < numPixels; start += size) {
    const length = Math.min(size, numPixels - start);
    const sumBytes = Math.max(1, numSums * length) * 4;
    pieces.push({ start, length, sums: { buffer: batch.temporary(sumBytes), size: sumBytes } });
  }
  const votes = (sumStride: number, firstPixel: number) =>
    Uint32Array.of(
      flat.numTrees,
      flat.numClasses,
      2 ** featureBits - 1,
      featureBits,
      flat.votes.kind === "fraction" ? flat.votes.margin : 0,
      outputs,
      sumStride,
      firstPixel,
    );
  const read = async (wanted: PredictionRequest): Promise<Prediction> => {
    const classRead = wanted.classes && batch.read(classes);
    const sumReads = numSums > 0 ? pieces.map(({ sums }) => batch.read(sums)) : [];
    const prediction = emptyPrediction(numPixels, flat.numClasses, {
      ...request,
      classes: false,
    });
    if (classRead) prediction.classes = new Uint8Array(await classRead, 0, numPixels);
    for (const [i, sumRead] of sumReads.entries()) {
      finishPiece(packed, pieces[i], await sumRead, prediction);
    }
    return prediction;
  };
  const pending = {
    ...(request.classes && { classes }),
    read: (wanted = request) => handled(read(wanted)),
  };
  const constants = { votes_are_counts: flat.votes.kind === "count" ? 1 : 0 };
  return { packed, tables, constants, classes, pieces, votes, pending };
}

/** A promise whose failure is thrown by `submit`, and should not be reported a second time. */
export function handled<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}

/**
 * Whether the device finishes the loops of a kernel that walks a pixel through the forest and takes
 * `more` rounds besides.
 */
export function canWalk(gpu: Gpu, forest: Forest, more = 0): boolean {
  if (!gpu.isSoftware) return true;
  const { numTrees, numClasses, depth } = flattenForest(forest);
  const numWalks = Math.ceil(numClasses / 4) + (forest.votes === "fraction" ? numClasses : 0);
  return numWalks * numTrees * (depth + 2) + 128 * numClasses + more <= MAX_SOFTWARE_ROUNDS;
}

/** @throws {DaubError} `backend` when the device binds less than is needed. */
export function checkBinding(available: number, needed: number): void {
  if (needed <= available) return;
  throw new DaubError(
    "backend",
    `Expected the GPU to bind ${needed} bytes at once but it binds ${available}. Use the cpu ` +
      `backend, or a smaller forest.`,
    { expected: needed, found: available },
  );
}

function finishPiece(
  { flat }: PackedForest,
  { start, length }: PredictionPiece,
  bytes: ArrayBuffer,
  { probabilities, uncertainty }: Prediction,
): void {
  const isFixed = flat.votes.kind === "fraction";
  const sums = isFixed ? new Uint32Array(bytes) : new Float32Array(bytes);
  const voteSums = { sums, stride: length, length };
  if (probabilities) finishProbabilities(flat, voteSums, probabilities, start);
  if (uncertainty && probabilities) finishUncertainty(flat, voteSums, uncertainty, start);
  else if (uncertainty) finishLargest(flat, voteSums, uncertainty, start);
}

/** How many planes of sums a request needs. */
function countSums({ classes, votes }: Forest, request: PredictionRequest): number {
  if (request.probabilities) return classes.length;
  return request.uncertainty ? numLargestPlanes(votes) : 0;
}
