import { letOthersRun } from "../cpu/let_others_run.ts";
import { throwIfCancelled } from "../errors.ts";
import { checkPlanes } from "./check_prediction.ts";
import { finishProbabilities, finishUncertainty, type VoteSums } from "./finish_prediction.ts";
import { type FlatForest, flattenForest } from "./flat_forest.ts";
import type { Forest, Prediction, PredictionControl, PredictionRequest } from "./forest.ts";
import {
  exactFractions,
  findLeaf,
  firstLargest,
  type OrderedFeatures,
  orderFloats,
  sumCounts,
} from "./leaf_walk.ts";
import { emptyPrediction } from "./prediction_room.ts";

/** Pixels whose features are put in order at once. */
const PIECE = 8192;

/** How long prediction may keep the thread to itself, in milliseconds. */
const SLICE = 20;

/**
 * Classifies pixels from their feature planes in plain TypeScript, tree by tree and leaf by leaf:
 * what the kernels compute to the bit, for where neither WebGPU nor WebAssembly may run.
 *
 * @param features One plane per feature of the forest, in its order, all of one length.
 * @throws {DaubError} `features` when the planes do not fit the forest, `classifier` when its class
 * numbers exceed 255, `cancelled` when the signal says so.
 */
export async function predictPlanesPlainly(
  features: readonly Float32Array[],
  forest: Forest,
  request: PredictionRequest,
  { signal, onProgress }: PredictionControl = {},
): Promise<Prediction> {
  checkPlanes(features, forest);
  const flat = flattenForest(forest);
  const length = features[0].length;
  const prediction = emptyPrediction(length, flat.numClasses, request);
  let resumed = performance.now();
  for (let start = 0; start < length; start += PIECE) {
    throwIfCancelled(signal);
    const size = Math.min(PIECE, length - start);
    predictPiece(flat, orderPlanes(features, start, size), size, prediction, start);
    onProgress?.((start + size) / length);
    if (performance.now() - resumed < SLICE) continue;
    await letOthersRun();
    resumed = performance.now();
  }
  return prediction;
}

function orderPlanes(
  features: readonly Float32Array[],
  start: number,
  size: number,
): OrderedFeatures {
  const bits = new Int32Array(features.length * size);
  features.forEach((plane, f) => {
    const from = new Int32Array(plane.buffer, plane.byteOffset, plane.length);
    orderFloats(from, start, 1, bits, f * size, size);
  });
  return { bits, stride: size };
}

function predictPiece(
  flat: FlatForest,
  features: OrderedFeatures,
  length: number,
  { classes, probabilities, uncertainty }: Prediction,
  offset: number,
): void {
  if (classes) {
    const decide = deciderOf(flat, features);
    for (let i = 0; i < length; i++) classes[offset + i] = flat.classes[decide(i)];
  }
  if (!probabilities && !uncertainty) return;
  const votes = sumVotes(flat, features, length);
  if (probabilities) finishProbabilities(flat, votes, probabilities, offset);
  if (uncertainty) finishUncertainty(flat, votes, uncertainty, offset);
}

/** Finds the class of a sample, as its place among the classes. */
function deciderOf(flat: FlatForest, features: OrderedFeatures): (sample: number) => number {
  const { votes, numClasses } = flat;
  if (votes.kind === "fraction") {
    const shares = new Float64Array(numClasses);
    return (sample) => {
      exactFractions(flat, features, sample, votes.exact, shares);
      return firstLargest(shares);
    };
  }
  const sums = new Float32Array(numClasses);
  return (sample) => {
    sumCounts(flat, features, sample, votes.counts, sums);
    return firstLargest(sums);
  };
}

function sumVotes(flat: FlatForest, features: OrderedFeatures, length: number): VoteSums {
  const { votes, numClasses, numTrees } = flat;
  const [sums, perLeaf] = votes.kind === "fraction"
    ? [new Uint32Array(numClasses * length), votes.fixed]
    : [new Float32Array(numClasses * length), votes.counts];
  for (let tree = 0; tree < numTrees; tree++) {
    for (let i = 0; i < length; i++) {
      const leaf = findLeaf(flat, tree, features, i) * numClasses;
      for (let k = 0; k < numClasses; k++) sums[k * length + i] += perLeaf[leaf + k];
    }
  }
  return { sums, stride: length, length };
}
