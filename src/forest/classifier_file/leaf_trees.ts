import type { Tree } from "../forest.ts";

/** `s1+=3.0;` as numbers. */
export interface LeafVote {
  readonly classIndex: number;
  readonly votes: number;
}

interface Expected {
  readonly numClasses: number;
  readonly numTrees: number;
}

/**
 * Cuts runs of bare votes into trees of one leaf each. The file has no mark between them, but every
 * tree of a forest has the same total at its root: the number of training samples where leaves hold
 * counts, 1 where they hold fractions. Where that does not divide the runs, a tree ends where the
 * class does not ascend, as it does within a leaf; then the sums over the trees, which are all that
 * a class depends on, are right in any case.
 */
export function splitLeafTrees(
  items: readonly (Tree | LeafVote[])[],
  { numClasses, numTrees }: Expected,
): (Tree | LeafVote[])[] {
  const runs = items.filter((item) => Array.isArray(item)) as LeafVote[][];
  if (runs.length === 0) return [...items];
  const numLeafTrees = numTrees - (items.length - runs.length);
  const total = (run: readonly LeafVote[]) => run.reduce((sum, { votes }) => sum + votes, 0);
  const grown = items.find((item) => !Array.isArray(item)) as Tree | undefined;
  const atRoot = grown
    ? grown.counts.subarray(0, numClasses).reduce((sum, votes) => sum + votes, 0)
    : runs.reduce((sum, run) => sum + total(run), 0) / numLeafTrees;
  for (const target of [atRoot, 1]) {
    const split = runs.map((run) => splitByTotal(run, target));
    const parts = split.reduce((sum, part) => sum + (part?.length ?? NaN), 0);
    if (parts === numLeafTrees) return replaceRuns(items, split as LeafVote[][][]);
  }
  const split = runs.map(splitByClass);
  let missing = numLeafTrees - split.reduce((sum, part) => sum + part.length, 0);
  for (const part of split) {
    for (let i = 0; i < part.length && missing > 0; i++) {
      if (part[i].length < 2) continue;
      part.splice(i + 1, 0, part[i].slice(1));
      part[i].length = 1;
      missing--;
    }
  }
  return replaceRuns(items, split);
}

/** Parts that each sum to `target`, classes ascending within; undefined where that is impossible. */
function splitByTotal(run: readonly LeafVote[], target: number): LeafVote[][] | undefined {
  const tolerance = 1e-6 * Math.max(1, target);
  const parts: LeafVote[][] = [];
  let part: LeafVote[] = [];
  let sum = 0;
  for (const vote of run) {
    if (part.length > 0 && vote.classIndex <= part[part.length - 1].classIndex) return undefined;
    part.push(vote);
    sum += vote.votes;
    if (Math.abs(sum - target) > tolerance) continue;
    parts.push(part);
    part = [];
    sum = 0;
  }
  return part.length === 0 ? parts : undefined;
}

/** Parts that each run on as long as the classes ascend. */
function splitByClass(run: readonly LeafVote[]): LeafVote[][] {
  const parts: LeafVote[][] = [];
  for (const vote of run) {
    const part = parts.at(-1);
    if (part && vote.classIndex > part[part.length - 1].classIndex) part.push(vote);
    else parts.push([vote]);
  }
  return parts;
}

/** The items with every run replaced by its parts. */
function replaceRuns(
  items: readonly (Tree | LeafVote[])[],
  split: readonly LeafVote[][][],
): (Tree | LeafVote[])[] {
  let next = 0;
  return items.flatMap<Tree | LeafVote[]>((item) => Array.isArray(item) ? split[next++] : [item]);
}
