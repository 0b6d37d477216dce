import type { FlatForest } from "./flat_forest.ts";
import { findLeaf, type OrderedFeatures } from "./leaf_walk.ts";
import type { FeatureBlock, VoteSummer, VoteTable } from "./vote_table.ts";

/**
 * Walks blocks of pixels through trees of any depth, four pixels at once and without branches: at
 * a leaf, the walk stays where it is.
 */
export class TreeWalk implements VoteSummer {
  readonly #flat: FlatForest;
  readonly #table: VoteTable;
  /** Where a node's feature begins in a block. */
  readonly #offset: Int32Array;
  readonly #threshold: Int32Array;
  readonly #child: Int32Array;
  /** Where the votes of a leaf begin. */
  readonly #votes: Int32Array;
  readonly #depths: Int32Array;

  constructor(flat: FlatForest, table: VoteTable, blockSize: number) {
    const { feature, threshold, child, numTrees, roots } = flat;
    this.#flat = flat;
    this.#table = table;
    this.#offset = feature.map((asked) => Math.max(0, asked) * blockSize);
    this.#threshold = threshold.map((value, node) => feature[node] < 0 ? 0x7fffffff : value);
    this.#child = child.map((target, node) => feature[node] < 0 ? node : target);
    this.#votes = child.map((leaf, node) => feature[node] < 0 ? leaf * table.numSums : 0);
    this.#depths = new Int32Array(numTrees);
    const depthOf = new Int32Array(feature.length);
    for (let tree = 0; tree < numTrees; tree++) {
      for (let node = roots[tree]; node < roots[tree + 1]; node++) {
        this.#depths[tree] = Math.max(this.#depths[tree], depthOf[node]);
        if (feature[node] < 0) continue;
        depthOf[child[node]] = depthOf[child[node] + 1] = depthOf[node] + 1;
      }
    }
  }

  /** Sums the votes of a block; the pixels behind `length` may be anything. */
  sum({ bits }: FeatureBlock, length: number, sums: Int32Array, stride: number): void {
    const { numSums, values } = this.#table;
    const { roots, numTrees } = this.#flat;
    const offset = this.#offset;
    const threshold = this.#threshold;
    const child = this.#child;
    const votes = this.#votes;
    sums.fill(0);
    for (let tree = 0; tree < numTrees; tree++) {
      const root = roots[tree];
      const depth = this.#depths[tree];
      for (let pixel = 0; pixel < length; pixel += 4) {
        let a = root;
        let b = root;
        let c = root;
        let d = root;
        for (let level = 0; level < depth; level++) {
          a = child[a] + Number(bits[offset[a] + pixel] > threshold[a]);
          b = child[b] + Number(bits[offset[b] + pixel + 1] > threshold[b]);
          c = child[c] + Number(bits[offset[c] + pixel + 2] > threshold[c]);
          d = child[d] + Number(bits[offset[d] + pixel + 3] > threshold[d]);
        }
        a = votes[a];
        b = votes[b];
        c = votes[c];
        d = votes[d];
        for (let k = 0, at = pixel; k < numSums; k++, at += stride) {
          sums[at] += values[a + k];
          sums[at + 1] += values[b + k];
          sums[at + 2] += values[c + k];
          sums[at + 3] += values[d + k];
        }
      }
    }
  }
}

/** Adds counts in the order of the trees, rounding every sum to 32 bits. */
export function sumCountsInOrder(
  flat: FlatForest,
  block: OrderedFeatures,
  length: number,
  sums: Float32Array,
  stride: number,
): void {
  const { numTrees, numClasses, votes } = flat;
  if (votes.kind !== "count") throw new Error("Expected a forest that votes by counts");
  const { counts } = votes;
  sums.fill(0);
  for (let tree = 0; tree < numTrees; tree++) {
    for (let pixel = 0; pixel < length; pixel++) {
      const leaf = findLeaf(flat, tree, block, pixel) * numClasses;
      for (let k = 0, at = pixel; k < numClasses; k++, at += stride) sums[at] += counts[leaf + k];
    }
  }
}
