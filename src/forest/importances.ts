import type { Tree } from "./forest.ts";
import { gini, weightOf } from "./impurity.ts";
import { pairwiseSum } from "./pairwise_sum.ts";

/**
 * The mean decrease in Gini impurity per feature, as scikit-learn computes it: normalised in each
 * tree, averaged over the trees that have a split, and normalised again. All zeros where no split
 * decreases the impurity.
 *
 * Source: Breiman et al., "Classification and Regression Trees" (1984).
 */
export function featureImportances(
  trees: readonly Tree[],
  numFeatures: number,
  numClasses: number,
): Float64Array {
  const mean = new Float64Array(numFeatures);
  let numSplit = 0;
  for (const tree of trees) {
    if (tree.feature.length < 2) continue;
    numSplit++;
    const own = treeImportances(tree, numFeatures, numClasses);
    for (let i = 0; i < numFeatures; i++) mean[i] += own[i];
  }
  if (numSplit > 0) { for (let i = 0; i < numFeatures; i++) mean[i] /= numSplit; }
  return normalize(mean);
}

function treeImportances(tree: Tree, numFeatures: number, numClasses: number): Float64Array {
  const { feature, left, right, counts } = tree;
  const weighted = (node: number) => {
    const offset = node * numClasses;
    return weightOf(counts, offset, numClasses) * gini(counts, offset, numClasses);
  };
  const importances = new Float64Array(numFeatures);
  for (let node = 0; node < feature.length; node++) {
    if (feature[node] < 0) continue;
    importances[feature[node]] += weighted(node) - weighted(left[node]) - weighted(right[node]);
  }
  const total = weightOf(counts, 0, numClasses);
  for (let i = 0; i < numFeatures; i++) importances[i] /= total;
  return normalize(importances);
}

function normalize(values: Float64Array): Float64Array {
  const sum = pairwiseSum(values);
  if (sum > 0) { for (let i = 0; i < values.length; i++) values[i] /= sum; }
  return values;
}
