import { completeCost, MAX_COMPLETE_DEPTH } from "./complete_trees.ts";
import type { FlatForest } from "./flat_forest.ts";
import { groupLeaves, type LeafBox, type LeafGroup, OPEN } from "./leaf_groups.ts";
import { rankCost } from "./ranked_feature.ts";
import { MAX_SHORT, wholeSize, writeTables } from "./write_tables.ts";

/** The most leaves of forests that are made into tables: making them costs time as well. */
const MAX_LEAVES = 4000;

/**
 * A forest as tables that are looked up and added, as `cpu/assembly/_tables.as.ts` reads them; none where walking through the trees is faster,
 * or where the order in which votes are added matters.
 *
 * @param leaves What every leaf adds: leaves × sums, whole numbers.
 * @param maxEntries The most entries that a table may have.
 */
export function tabulateForest(
  flat: FlatForest,
  leaves: ArrayLike<number>,
  numSums: number,
  maxEntries: number,
): Int32Array | undefined {
  const { votes, firstLeaves, numTrees } = flat;
  if (votes.kind === "count" && !votes.isExact) return undefined;
  if (firstLeaves[numTrees] > MAX_LEAVES) return undefined;
  const thresholds = thresholdsByFeature(flat);
  const counts = thresholds.map(({ length }) => length);
  const groups = groupLeaves(leafBoxes(flat, thresholds), counts, maxEntries);
  if (!groups || !isWorthIt(flat, thresholds, groups, numSums)) return undefined;
  return writeTables(thresholds, groups, leaves, numSums);
}

/** Compares estimates of the machine instructions for a pixel. */
function isWorthIt(
  flat: FlatForest,
  thresholds: readonly Int32Array[],
  groups: readonly LeafGroup[],
  numSums: number,
): boolean {
  let cost = 0;
  for (const { length } of thresholds) cost += rankCost(length);
  for (const group of groups) {
    const isWhole = wholeSize(group, thresholds) !== undefined;
    for (const f of group.features) {
      // Many ranks that lead into a table by way of another one are looked up one by one.
      cost += isWhole ? 2 : thresholds[f].length <= MAX_SHORT ? 4 : 14;
    }
    cost += 8 * numSums;
  }
  if (flat.depth <= MAX_COMPLETE_DEPTH) return cost < completeCost(flat, numSums);
  return cost < flat.numTrees * (40 + 16 * (flat.depth - MAX_COMPLETE_DEPTH) + 4 * numSums);
}

/** The distinct thresholds of every feature as ordered bits, ascending. */
function thresholdsByFeature({ feature, threshold, numFeatures }: FlatForest): Int32Array[] {
  const found = Array.from({ length: numFeatures }, () => new Set<number>());
  feature.forEach((asked, node) => asked >= 0 && found[asked].add(threshold[node]));
  return found.map((values) => Int32Array.from(values).sort());
}

/** Which ranks of the features asked about lead to each leaf; none where nothing leads there. */
function leafBoxes(
  { roots, numTrees, feature, threshold, child }: FlatForest,
  thresholds: readonly Int32Array[],
): LeafBox[] {
  const rankOf = thresholds.map((values) => new Map(Array.from(values, (value, i) => [value, i])));
  const below = new Int32Array(thresholds.length).fill(OPEN);
  const most = new Int32Array(thresholds.length).fill(OPEN);
  const boxes: LeafBox[] = [];
  const visit = (node: number, features: readonly number[]) => {
    const asked = feature[node];
    if (asked < 0) {
      boxes.push({
        leaf: child[node],
        features,
        below: features.map((f) => below[f]),
        most: features.map((f) => most[f]),
      });
      return;
    }
    const rank = rankOf[asked].get(threshold[node])!;
    const [low, high] = [below[asked], most[asked]];
    const longer = features.includes(asked) ? features : insert(features, asked);
    if (low === OPEN || low < rank) {
      if (high === OPEN || high > rank) most[asked] = rank;
      visit(child[node], longer);
      most[asked] = high;
    }
    if (high === OPEN || high > rank) {
      if (low === OPEN || low < rank) below[asked] = rank;
      visit(child[node] + 1, longer);
      below[asked] = low;
    }
  };
  for (let tree = 0; tree < numTrees; tree++) visit(roots[tree], []);
  return boxes;
}

function insert(ascending: readonly number[], value: number): number[] {
  return [...ascending, value].sort((a, b) => a - b);
}
