import type { FlatForest } from "./flat_forest.ts";
import type { OrderedFeatures } from "./leaf_walk.ts";

/**
 * Adds what each sample's leaves hold in `votes` (leaves × classes) to `sums` (classes × stride),
 * tree by tree, so that a tree's nodes stay in the cache.
 *
 * @param sums Filled with the first `length` sums of each class; wraps modulo 2³² in integers.
 */
export function sumVotes<Votes extends Int32Array | Float32Array>(
  flat: FlatForest,
  votes: Votes,
  { bits, stride }: OrderedFeatures,
  length: number,
  sums: Votes,
): void {
  const { numTrees, numClasses, roots, feature, threshold, child } = flat;
  sums.fill(0);
  for (let tree = 0; tree < numTrees; tree++) {
    const root = roots[tree];
    for (let sample = 0; sample < length; sample++) {
      let node = root;
      for (let asked = feature[node]; asked >= 0; asked = feature[node]) {
        node = child[node] + (bits[asked * stride + sample] > threshold[node] ? 1 : 0);
      }
      const leaf = child[node] * numClasses;
      for (let k = 0, at = sample; k < numClasses; k++, at += stride) sums[at] += votes[leaf + k];
    }
  }
}
