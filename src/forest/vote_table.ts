import type { FlatForest } from "./flat_forest.ts";
import type { OrderedFeatures } from "./leaf_walk.ts";

/** Features of a block of pixels, also as the floats they are. */
export interface FeatureBlock extends OrderedFeatures {
  readonly floats: Float32Array;
}

/** What leaves add, as integers: sums do not depend on the order of the trees. */
export interface VoteTable {
  /** Leaves × `numSums`; sums wrap modulo 2³² and are to be read unsigned. */
  readonly values: Int32Array;
  /** How many sums there are per pixel. */
  readonly numSums: number;
  /** The second of two sums is this minus the first, and not in the table. */
  readonly whole?: number;
}

/** Sums the votes of blocks of pixels. */
export interface VoteSummer {
  /** Fills `numSums` rows of `stride` sums; what lies behind `length` in each may be anything. */
  sum(block: FeatureBlock, length: number, sums: Int32Array, stride: number): void;
}

/** The votes of a forest as integers; undefined where only ordered 32-bit sums are right. */
export function tabulateVotes({ votes, numClasses, numTrees }: FlatForest): VoteTable | undefined {
  if (votes.kind === "count") {
    if (!votes.isExact) return undefined;
    return { values: Int32Array.from(votes.counts), numSums: numClasses };
  }
  if (numClasses !== 2) {
    return { values: new Int32Array(votes.fixed.buffer), numSums: numClasses };
  }
  const values = Int32Array.from({ length: votes.fixed.length / 2 }, (_, i) => votes.fixed[2 * i]);
  return { values, numSums: 1, whole: numTrees * votes.scale };
}
