import type { Forest, Tree, Votes } from "../../src/forest/forest.ts";

/** A node of a tree written by hand: a leaf's counts, or a question and its two answers. */
export type Node = readonly number[] | Question;

interface Question {
  readonly feature: number;
  readonly threshold: number;
  readonly left: Node;
  readonly right: Node;
}

/** An inner node. */
export function ask(feature: number, threshold: number, left: Node, right: Node): Question {
  return { feature, threshold, left, right };
}

/** A forest of such trees; votes by fraction ask "at most", votes by count "below". */
export function forestOf(
  nodes: readonly Node[],
  { numFeatures = 1, votes = "fraction", classes }: {
    numFeatures?: number;
    votes?: Votes;
    classes?: number[];
  } = {},
): Forest {
  const trees = nodes.map(treeOf);
  const numClasses = trees[0].numClasses;
  return {
    classes: classes ?? Array.from({ length: numClasses }, (_, k) => k + 1),
    numFeatures,
    maxDepth: 20,
    votes,
    comparison: votes === "fraction" ? "at_most" : "below",
    trees: trees.map(({ tree }) => tree),
    featureImportances: new Float64Array(0),
  };
}

function treeOf(root: Node): { tree: Tree; numClasses: number } {
  const feature: number[] = [];
  const threshold: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const counts: (readonly number[])[] = [];
  const add = (node: Node): number => {
    const index = feature.push(-1) - 1;
    threshold.push(0);
    left.push(-1);
    right.push(-1);
    if (!("feature" in node)) {
      counts[index] = node;
      return index;
    }
    feature[index] = node.feature;
    threshold[index] = node.threshold;
    left[index] = add(node.left);
    right[index] = add(node.right);
    const other = counts[right[index]];
    counts[index] = counts[left[index]].map((count, k) => count + other[k]);
    return index;
  };
  add(root);
  return {
    numClasses: counts[0].length,
    tree: {
      feature: Int32Array.from(feature),
      threshold: Float64Array.from(threshold),
      left: Int32Array.from(left),
      right: Int32Array.from(right),
      counts: Float64Array.from(counts.flat()),
    },
  };
}
