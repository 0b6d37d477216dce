import { checkPlanes } from "./check_prediction.ts";
import { finishProbabilities, finishUncertainty, type VoteSums } from "./finish_prediction.ts";
import { type FlatForest, flattenForest } from "./flat_forest.ts";
import type { Forest, Prediction, PredictionRequest } from "./forest.ts";
import { exactFractions, firstLargest, orderFloats } from "./leaf_walk.ts";
import { sumVotes } from "./sum_votes.ts";

/** Pixels at a time: their features and votes stay in the cache. */
const BLOCK = 1024;

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
  const flat = flattenForest(forest);
  const { numClasses } = flat;
  const length = features[0].length;
  const prediction: Prediction = {
    ...(request.classes && { classes: new Uint8Array(length) }),
    ...(request.probabilities && {
      probabilities: Array.from({ length: numClasses }, () => new Float32Array(length)),
    }),
    ...(request.uncertainty && { uncertainty: new Float32Array(length) }),
  };
  const planes = features.map((plane) =>
    new Int32Array(plane.buffer, plane.byteOffset, plane.length)
  );
  const bits = new Int32Array(planes.length * BLOCK);
  const voter = makeVoter(flat, bits);
  for (let start = 0; start < length; start += BLOCK) {
    const size = Math.min(BLOCK, length - start);
    planes.forEach((plane, i) => orderFloats(plane, start, 1, bits, i * BLOCK, size));
    const votes = voter.vote(size);
    if (prediction.classes) voter.decide(votes, prediction.classes, start);
    if (prediction.probabilities) {
      finishProbabilities(flat, votes, prediction.probabilities, start);
    }
    if (prediction.uncertainty) finishUncertainty(flat, votes, prediction.uncertainty, start);
  }
  return prediction;
}

/** Votes on a block of pixels and decides their classes. */
interface Voter {
  vote(length: number): VoteSums;
  decide(votes: VoteSums, classes: Uint8Array, offset: number): void;
}

function makeVoter(flat: FlatForest, bits: Int32Array): Voter {
  const { numClasses, classes: numbers, votes } = flat;
  const features = { bits, stride: BLOCK };
  if (votes.kind === "count") {
    const sums = new Float32Array(numClasses * BLOCK);
    return {
      vote(length) {
        sumVotes(flat, votes.counts, features, length, sums);
        return { sums, stride: BLOCK, length };
      },
      decide({ length }, classes, offset) {
        decideClearly(sums, length, numbers, 0, classes, offset);
      },
    };
  }
  const sums = new Uint32Array(numClasses * BLOCK);
  const signedSums = new Int32Array(sums.buffer);
  const signedVotes = new Int32Array(votes.fixed.buffer);
  const exact = new Float64Array(numClasses);
  return {
    vote(length) {
      sumVotes(flat, signedVotes, features, length, signedSums);
      return { sums, stride: BLOCK, length };
    },
    decide({ length }, classes, offset) {
      const undecided = decideClearly(sums, length, numbers, votes.margin, classes, offset);
      for (const pixel of undecided) {
        exactFractions(flat, features, pixel, votes.exact, exact);
        classes[offset + pixel] = numbers[firstLargest(exact)];
      }
    },
  };
}

/**
 * Gives each pixel the class of the first largest sum, and returns the pixels where it is not
 * ahead by more than the margin; a margin of 0 asks for none.
 */
function decideClearly(
  sums: Uint32Array | Float32Array,
  length: number,
  numbers: Uint32Array,
  margin: number,
  classes: Uint8Array,
  offset: number,
): number[] {
  const undecided: number[] = [];
  for (let pixel = 0; pixel < length; pixel++) {
    let first = sums[pixel];
    let second = 0;
    let best = 0;
    for (let k = 1, at = pixel + BLOCK; k < numbers.length; k++, at += BLOCK) {
      const sum = sums[at];
      if (sum > first) {
        second = first;
        first = sum;
        best = k;
      } else if (sum > second) {
        second = sum;
      }
    }
    classes[offset + pixel] = numbers[best];
    if (first - second <= margin && margin > 0) undecided.push(pixel);
  }
  return undecided;
}
