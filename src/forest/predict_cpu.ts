import { BitVotes, MAX_BIT_DEPTH } from "./bit_votes.ts";
import { checkPlanes } from "./check_prediction.ts";
import { finishProbabilities, finishUncertainty, type VoteSums } from "./finish_prediction.ts";
import { type FlatForest, flattenForest } from "./flat_forest.ts";
import type { Forest, Prediction, PredictionRequest } from "./forest.ts";
import { exactFractions, firstLargest, orderFloats } from "./leaf_walk.ts";
import { type FeatureBlock, tabulateVotes, type VoteSummer, type VoteTable } from "./vote_table.ts";
import { sumCountsInOrder, TreeWalk } from "./walk_votes.ts";

/** Pixels at a time: their features and votes stay in the cache. */
const BLOCK = 1024;

/** With more sums per pixel, tables of decisions grow larger than trees. */
const MAX_BIT_SUMS = 8;

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
  const block: FeatureBlock = {
    bits: new Int32Array(planes.length * BLOCK),
    floats: new Float32Array(planes.length * BLOCK),
    stride: BLOCK,
  };
  const voter = makeVoter(flat, block);
  for (let start = 0; start < length; start += BLOCK) {
    const size = Math.min(BLOCK, length - start);
    planes.forEach((plane, i) => {
      orderFloats(plane, start, 1, block.bits, i * BLOCK, size);
      block.floats.set(features[i].subarray(start, start + size), i * BLOCK);
    });
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

const summers = new WeakMap<FlatForest, VoteSummer>();

function summerOf(flat: FlatForest, table: VoteTable): VoteSummer {
  let summer = summers.get(flat);
  if (!summer) {
    const isShallow = flat.depth <= MAX_BIT_DEPTH && table.numSums <= MAX_BIT_SUMS;
    summer = isShallow ? new BitVotes(flat, table) : new TreeWalk(flat, table, BLOCK);
    summers.set(flat, summer);
  }
  return summer;
}

function makeVoter(flat: FlatForest, block: FeatureBlock): Voter {
  const { numClasses, classes: numbers, votes } = flat;
  const table = tabulateVotes(flat);
  const words = new Uint32Array(numClasses * BLOCK);
  const signed = new Int32Array(words.buffer);
  const sums = table ? words : new Float32Array(words.buffer);
  const exact = new Float64Array(numClasses);
  return {
    vote(length) {
      if (table) summerOf(flat, table).sum(block, length, signed, BLOCK);
      else sumCountsInOrder(flat, block, length, sums as Float32Array, BLOCK);
      if (table?.whole !== undefined) {
        for (let pixel = 0; pixel < length; pixel++) {
          signed[BLOCK + pixel] = table.whole - words[pixel];
        }
      }
      return { sums, stride: BLOCK, length };
    },
    decide({ length }, classes, offset) {
      const margin = votes.kind === "fraction" ? votes.margin : 0;
      const undecided = decideClearly(sums, length, numbers, margin, classes, offset);
      if (votes.kind === "count") return;
      for (const pixel of undecided) {
        exactFractions(flat, block, pixel, votes.exact, exact);
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
