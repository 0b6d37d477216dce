import type { FlatForest } from "./flat_forest.ts";
import { pushRankedFeature, rankCost, RANKED_WORDS } from "./ranked_feature.ts";
import { WordList } from "./word_list.ts";

/** The first levels of all trees, as `cpu/assembly/_complete.as.ts` reads them. */
export interface CompleteTrees {
  readonly words: Int32Array;
  readonly levels: 2 | 3 | 4 | 5;
  /** The bytes of a tree or, of two levels, of a pair. */
  readonly treeBytes: number;
}

/** What the trees are wanted for: the sums of what leaves add, or the nodes that are reached. */
export type LeafContents =
  | { readonly kind: "votes"; readonly leaves: ArrayLike<number>; readonly numSums: number }
  | { readonly kind: "nodes"; readonly nodeBytes: number };

/** Trees that are complete within so many levels need not be walked through. */
export const MAX_COMPLETE_DEPTH = 5;

/** Ranks are bytes, of which 255 is the largest. */
const MAX_THRESHOLDS = 255;

/** Sums of bytes are 16-bit numbers. */
const MAX_TREES = 256;

/** A decision whose rank nothing exceeds sends everything left. */
const NOTHING_EXCEEDS = 127;

/** The levels that are taken at once of a forest. */
export function completeLevels(depth: number, kind: LeafContents["kind"]): CompleteTrees["levels"] {
  // Pairs of trees share their leaves' sums, and nodes are no sums.
  const least = kind === "votes" ? 2 : 3;
  return Math.min(MAX_COMPLETE_DEPTH, Math.max(least, depth)) as CompleteTrees["levels"];
}

/** An estimate of the machine instructions for a pixel. */
export function completeCost(flat: FlatForest, numSums: number): number {
  const levels = completeLevels(flat.depth, "votes");
  const perTree = { 2: 4, 3: 10, 4: 18, 5: 38 }[levels];
  let cost = perTree * flat.numTrees * numSums;
  for (const { thresholds } of groupTrees(flat, levels)) {
    for (const values of thresholds.values()) cost += rankCost(values.size);
  }
  return cost;
}

/**
 * Writes the first levels of all trees of a forest.
 *
 * @param block The pixels of a block, whose ranks stand behind each other, feature after feature.
 */
export function completeTrees(
  flat: FlatForest,
  block: number,
  contents: LeafContents,
): CompleteTrees {
  const levels = completeLevels(flat.depth, contents.kind);
  const groups = groupTrees(flat, levels);
  const numRanked = groups.reduce((sum, { thresholds }) => sum + thresholds.size, 0);
  const list = new WordList(5 + 3 * groups.length + RANKED_WORDS * numRanked);
  list.push(groups.length, ...[-2, -4, -8, -16].map((step) => (step & 0xff) * 0x01010101));
  let treeBytes = 0;
  for (const { first, end, thresholds } of groups) {
    const features = [...thresholds.keys()];
    const sorted = features.map((f) => Int32Array.from(thresholds.get(f)!).sort());
    const rankOf = sorted.map((values) => new Map(Array.from(values, (value, i) => [value, i])));
    const places = new Map(features.map((f, i) => [f, { offset: i * block, rankOf: rankOf[i] }]));
    const together = contents.kind === "votes" && levels === 2 ? 2 : 1;
    const records: Int32Array[] = [];
    for (let tree = first; tree < end; tree += together) {
      const heaps = Array.from(
        { length: together },
        (_, i) => tree + i < end ? heapOf(flat, tree + i, levels) : undefined,
      );
      const words = [
        ...heaps.flatMap((heap) => decisionsOf(flat, heap, levels, places)),
        ...levels === 2 ? [0, 0, 0, 0] : [0, 0],
        ...contents.kind === "votes"
          ? votesOf(flat, heaps, contents)
          : heaps[0]!.leaves.map((node) => node * contents.nodeBytes),
      ];
      treeBytes = 4 * words.length;
      records.push(Int32Array.from(words));
    }
    const trees = new Int32Array(records.length * treeBytes / 4);
    records.forEach((record, i) => trees.set(record, i * record.length));
    list.push(features.length, records.length, list.append(trees));
    features.forEach((f, i) => pushRankedFeature(list, f, sorted[i]));
  }
  return { words: list.words(), levels, treeBytes };
}

interface TreeGroup {
  readonly first: number;
  readonly end: number;
  /** The thresholds that its trees compare with, as ordered bits. */
  readonly thresholds: ReadonlyMap<number, ReadonlySet<number>>;
}

/** As many trees after one another as ranks and sums of bytes allow. */
function groupTrees(flat: FlatForest, levels: number): TreeGroup[] {
  const { numTrees, feature, threshold } = flat;
  const groups: TreeGroup[] = [];
  let first = 0;
  let thresholds = new Map<number, Set<number>>();
  for (let tree = 0; tree < numTrees; tree++) {
    const nodes = heapOf(flat, tree, levels).decisions.filter((node) => feature[node] >= 0);
    if (tree > first) {
      const more = new Map<number, Set<number>>();
      for (const node of nodes) setOf(more, feature[node]).add(threshold[node]);
      const isFull = [...more].some(([f, values]) =>
        values.size + (thresholds.get(f)?.size ?? 0) > MAX_THRESHOLDS
      );
      if (isFull || tree - first === MAX_TREES) {
        groups.push({ first, end: tree, thresholds });
        first = tree;
        thresholds = new Map();
      }
    }
    for (const node of nodes) setOf(thresholds, feature[node]).add(threshold[node]);
  }
  groups.push({ first, end: numTrees, thresholds });
  return groups;
}

function setOf(sets: Map<number, Set<number>>, feature: number): Set<number> {
  let set = sets.get(feature);
  if (!set) sets.set(feature, set = new Set());
  return set;
}

/** A tree as a heap of its first levels; a leaf above the last one stands for all below it. */
interface Heap {
  readonly decisions: readonly number[];
  readonly leaves: readonly number[];
}

function heapOf({ roots, feature, child }: FlatForest, tree: number, levels: number): Heap {
  const decisions: number[] = [];
  let nodes = [roots[tree]];
  for (let level = 0; level < levels; level++) {
    decisions.push(...nodes);
    nodes = nodes.flatMap((node) =>
      feature[node] < 0 ? [node, node] : [child[node], child[node] + 1]
    );
  }
  return { decisions, leaves: nodes };
}

type Places = ReadonlyMap<number, { offset: number; rankOf: ReadonlyMap<number, number> }>;

function decisionsOf(
  { feature, threshold }: FlatForest,
  heap: Heap | undefined,
  levels: number,
  places: Places,
): number[] {
  const decisions = heap?.decisions ?? new Array<number>(2 ** levels - 1).fill(-1);
  return decisions.flatMap((node) => {
    const place = node < 0 ? undefined : places.get(feature[node]);
    if (!place) return [NOTHING_EXCEEDS * 0x01010101, 0];
    const rank = (place.rankOf.get(threshold[node])! - 128) & 0xff;
    return [Math.imul(rank, 0x01010101), place.offset];
  });
}

/**
 * The bytes of what each leaf adds or, of a pair of trees, each leaf of the first with each of the
 * second: for every sum the lowest bytes first.
 */
function votesOf(
  { child }: FlatForest,
  heaps: readonly (Heap | undefined)[],
  { leaves, numSums }: Extract<LeafContents, { kind: "votes" }>,
): Int32Array {
  const [first, second] = heaps;
  const size = Math.max(16, first!.leaves.length);
  const bytes = new Uint8Array(4 * size * numSums);
  for (let k = 0; k < numSums; k++) {
    const voteOf = (node: number) => leaves[child[node] * numSums + k];
    const sums = heaps.length === 1
      ? first!.leaves.map(voteOf)
      : first!.leaves.flatMap((a) =>
        (second?.leaves ?? [undefined, undefined, undefined, undefined]).map((b) =>
          voteOf(a) + (b === undefined ? 0 : voteOf(b))
        )
      );
    sums.forEach((sum, leaf) => {
      for (let byte = 0; byte < 4; byte++) {
        bytes[(4 * k + byte) * size + leaf] = sum >>> (8 * byte);
      }
    });
  }
  return new Int32Array(bytes.buffer);
}
