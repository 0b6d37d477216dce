import type { Forest } from "./forest.ts";
import { orderedFloor, orderedRound } from "./float_order.ts";

/**
 * A forest as the prediction twins read it: all trees in common arrays, the two children of a node
 * next to each other, and decisions as comparisons of integers.
 */
export interface FlatForest {
  readonly numTrees: number;
  readonly numFeatures: number;
  readonly numClasses: number;
  /** The class number of each class index. */
  readonly classes: Uint32Array;
  /** The most decisions on the way to any leaf. */
  readonly depth: number;
  /** The first node of each tree, and behind them the number of nodes. */
  readonly roots: Uint32Array;
  /** The first leaf of each tree, and behind them the number of leaves. */
  readonly firstLeaves: Uint32Array;
  /** The feature a node asks about; -1 at a leaf. */
  readonly feature: Int32Array;
  /** A value whose ordered bits are larger than this goes right; 0 at a leaf. */
  readonly threshold: Int32Array;
  /** The left child, which the right one follows; at a leaf its number among the leaves. */
  readonly child: Int32Array;
  /** What a leaf adds to each class, leaves × classes: row by row. */
  readonly votes: LeafVotes;
}

/** The leaves of a forest in the arithmetic of its votes. */
export type LeafVotes =
  | {
    readonly kind: "fraction";
    /** Fractions in units of 1 / `scale`. */
    readonly fixed: Uint32Array;
    readonly scale: number;
    /** Sums of `fixed` further apart than this order as the exact sums do. */
    readonly margin: number;
    /** The fractions themselves. */
    readonly exact: Float64Array;
  }
  | {
    readonly kind: "count";
    readonly counts: Float32Array;
    /** Whether sums of counts are exact in 32-bit floats, in whatever order they are added. */
    readonly isExact: boolean;
  };

const flattened = new WeakMap<Forest, FlatForest>();

/** The flat form of a forest, made once. */
export function flattenForest(forest: Forest): FlatForest {
  let flat = flattened.get(forest);
  if (!flat) {
    flat = flatten(forest);
    flattened.set(forest, flat);
  }
  return flat;
}

function flatten(forest: Forest): FlatForest {
  const { trees, comparison } = forest;
  const numClasses = forest.classes.length;
  const numNodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
  const roots = new Uint32Array(trees.length + 1);
  const firstLeaves = new Uint32Array(trees.length + 1);
  const feature = new Int32Array(numNodes);
  const threshold = new Int32Array(numNodes);
  const child = new Int32Array(numNodes);
  const leafCounts: Float64Array[] = [];
  let end = 0;
  let depth = 0;
  trees.forEach((tree, t) => {
    roots[t] = end;
    firstLeaves[t] = leafCounts.length;
    let level = [0];
    end++;
    let place = roots[t];
    // Level by level, so that siblings are neighbours and the nodes of all paths' heads are close.
    for (let levels = 0; level.length > 0; levels++) {
      depth = Math.max(depth, levels);
      const next: number[] = [];
      for (const node of level) {
        if (tree.left[node] < 0) {
          feature[place] = -1;
          child[place] = leafCounts.length;
          leafCounts.push(tree.counts.subarray(node * numClasses, (node + 1) * numClasses));
        } else {
          feature[place] = tree.feature[node];
          threshold[place] = comparison === "at_most"
            ? orderedFloor(tree.threshold[node])
            : orderedRound(tree.threshold[node]) - 1;
          child[place] = end;
          end += 2;
          next.push(tree.left[node], tree.right[node]);
        }
        place++;
      }
      level = next;
    }
  });
  roots[trees.length] = end;
  firstLeaves[trees.length] = leafCounts.length;
  return {
    numTrees: trees.length,
    numFeatures: forest.numFeatures,
    numClasses,
    classes: Uint32Array.from(forest.classes),
    depth,
    roots,
    firstLeaves,
    feature,
    threshold,
    child,
    votes: forest.votes === "count"
      ? countVotes(leafCounts, firstLeaves, numClasses)
      : fractionVotes(leafCounts, firstLeaves, numClasses),
  };
}

function countVotes(
  leafCounts: readonly Float64Array[],
  firstLeaves: Uint32Array,
  numClasses: number,
): LeafVotes {
  const counts = new Float32Array(leafCounts.length * numClasses);
  leafCounts.forEach((row, leaf) => counts.set(row, leaf * numClasses));
  let largestSum = 0;
  let areWhole = true;
  for (let tree = 0; tree + 1 < firstLeaves.length; tree++) {
    let largest = 0;
    for (let leaf = firstLeaves[tree]; leaf < firstLeaves[tree + 1]; leaf++) {
      let total = 0;
      for (let i = leaf * numClasses; i < (leaf + 1) * numClasses; i++) {
        total += counts[i];
        areWhole &&= Number.isInteger(counts[i]) && counts[i] >= 0;
      }
      largest = Math.max(largest, total);
    }
    largestSum += largest;
  }
  return { kind: "count", counts, isExact: areWhole && largestSum <= 2 ** 24 };
}

function fractionVotes(
  leafCounts: readonly Float64Array[],
  firstLeaves: Uint32Array,
  numClasses: number,
): LeafVotes {
  const numTrees = firstLeaves.length - 1;
  const scale = Math.floor(2 ** 32 / (numTrees + 1));
  const exact = new Float64Array(leafCounts.length * numClasses);
  const fixed = new Uint32Array(leafCounts.length * numClasses);
  let largestError = 0;
  for (let tree = 0; tree < numTrees; tree++) {
    let treeError = 0;
    for (let leaf = firstLeaves[tree]; leaf < firstLeaves[tree + 1]; leaf++) {
      const row = leafCounts[leaf];
      const total = row.reduce((sum, count) => sum + count, 0);
      // Leaves of a file may hold fractions already; dividing again would change their last bit.
      const divisor = Math.abs(total - 1) <= 1e-6 || total === 0 ? 1 : total;
      let rest = scale;
      for (let k = 0; k < numClasses; k++) {
        const i = leaf * numClasses + k;
        const fraction = row[k] / divisor;
        exact[i] = fraction < TINY ? 0 : fraction;
        // Two classes share the whole, so that the sum of one tells that of the other.
        const isRest = numClasses === 2 && k === 1;
        fixed[i] = isRest ? rest : Math.min(scale, Math.round(fraction * scale));
        rest -= fixed[i];
        treeError = Math.max(treeError, Math.abs(fixed[i] - fraction * scale));
      }
    }
    largestError += treeError;
  }
  // Two sums err in opposite directions at worst; the rest covers the rounding of 64-bit sums.
  const margin = Math.ceil(2 * largestError) + 2 + Math.ceil(numTrees / 2 ** 16);
  return { kind: "fraction", fixed, scale, margin: Math.min(margin, 0xffffffff), exact };
}

/** Smaller fractions count as 0, so that sums never meet denormal numbers. */
const TINY = 2 ** -900;
