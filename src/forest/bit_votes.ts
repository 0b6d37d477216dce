import type { FlatForest } from "./flat_forest.ts";
import { ThresholdRanks } from "./threshold_ranks.ts";
import type { FeatureBlock, VoteSummer, VoteTable } from "./vote_table.ts";

/** The deepest trees whose decisions fit into a group. */
export const MAX_BIT_DEPTH = 3;

/** Decisions that are looked up together: the trees of a group share one table of sums. */
const GROUP_BITS = 7;
const GROUP_SIZE = 1 << GROUP_BITS;
const GROUP_MASK = GROUP_SIZE - 1;
const GROUPS_PER_WORD = 4;

/** Words of a panel; its tables stay in the cache. */
const MAX_WORDS = 16;

/** Features whose words are combined in one step. */
const LANES = 4;

/**
 * Sums the votes of shallow forests without walking trees: the rank of a feature's value among the
 * thresholds gives the outcome of every decision on it as a row of bits; the rows of all features
 * or-ed together hold all decisions of the forest, and tables turn seven of them at a time into
 * sums of votes.
 *
 * Source: after Lucchese et al., "QuickScorer" (SIGIR 2015).
 */
export class BitVotes implements VoteSummer {
  readonly #panels: readonly Panel[];
  readonly #numSums: number;
  #scratch = new Int32Array(0);

  constructor(flat: FlatForest, table: VoteTable) {
    const treesPerGroup = Math.floor(GROUP_BITS / (2 ** Math.max(1, flat.depth) - 1));
    const treesPerPanel = treesPerGroup * GROUPS_PER_WORD * MAX_WORDS;
    this.#numSums = table.numSums;
    this.#panels = Array.from(
      { length: Math.ceil(flat.numTrees / treesPerPanel) },
      (_, i) => makePanel(flat, table, treesPerGroup, i * treesPerPanel, (i + 1) * treesPerPanel),
    );
  }

  sum(block: FeatureBlock, length: number, sums: Int32Array, stride: number): void {
    sums.fill(0);
    for (const panel of this.#panels) {
      const size = panel.numLanes * block.stride;
      if (this.#scratch.length < size) this.#scratch = new Int32Array(size);
      const rows = this.#scratch.fill(0, 0, size);
      panel.ranks.forEach(({ feature, firstRow, ranks }, lane) =>
        ranks.rank(block, feature, length, firstRow, panel.numWords, rows, lane * block.stride)
      );
      if (this.#numSums === 1) sumOne(panel, rows, block.stride, length, sums);
      else sumSeveral(panel, rows, block.stride, length, sums, stride, this.#numSums);
    }
  }
}

/** Some of the trees. */
interface Panel {
  readonly numWords: number;
  /** The features that decide something, whole steps of them. */
  readonly numLanes: number;
  readonly ranks: readonly {
    readonly feature: number;
    /** Where the row of rank 0 begins in `rows`; the others follow. */
    readonly firstRow: number;
    readonly ranks: ThresholdRanks;
  }[];
  /** Rows of `numWords` words; the first is zero. */
  readonly rows: Int32Array;
  /** Groups × decisions × sums. */
  readonly tables: Int32Array;
}

interface Decision {
  readonly threshold: number;
  readonly word: number;
  readonly bit: number;
}

function makePanel(
  flat: FlatForest,
  { values, numSums }: VoteTable,
  treesPerGroup: number,
  firstTree: number,
  endTree: number,
): Panel {
  const lastTree = Math.min(endTree, flat.numTrees);
  const numGroups = Math.ceil((lastTree - firstTree) / treesPerGroup);
  const numWords = Math.ceil(numGroups / GROUPS_PER_WORD);
  const bitsPerTree = Math.floor(GROUP_BITS / treesPerGroup);
  const decisions = new Map<number, Decision[]>();
  const tables = new Int32Array(numWords * GROUPS_PER_WORD * GROUP_SIZE * numSums);
  for (let tree = firstTree; tree < lastTree; tree++) {
    const group = Math.floor((tree - firstTree) / treesPerGroup);
    const firstBit = ((tree - firstTree) % treesPerGroup) * bitsPerTree;
    const word = Math.floor(group / GROUPS_PER_WORD);
    const wordBit = (group % GROUPS_PER_WORD) * GROUP_BITS + firstBit;
    // Decisions are numbered as in a complete tree: the children of i are 2 i + 1 and 2 i + 2.
    const collect = (node: number, index: number) => {
      const asked = flat.feature[node];
      if (asked < 0) return;
      const decision = { threshold: flat.threshold[node], word, bit: wordBit + index };
      const known = decisions.get(asked);
      if (known) known.push(decision);
      else decisions.set(asked, [decision]);
      collect(flat.child[node], 2 * index + 1);
      collect(flat.child[node] + 1, 2 * index + 2);
    };
    collect(flat.roots[tree], 0);
    for (let outcome = 0; outcome < GROUP_SIZE; outcome++) {
      let node = flat.roots[tree];
      for (let index = 0; flat.feature[node] >= 0;) {
        const right = (outcome >> (firstBit + index)) & 1;
        node = flat.child[node] + right;
        index = 2 * index + 1 + right;
      }
      const from = flat.child[node] * numSums;
      const to = (group * GROUP_SIZE + outcome) * numSums;
      for (let k = 0; k < numSums; k++) tables[to + k] += values[from + k];
    }
  }
  const features = [...decisions].map(([feature, asked]) => ({
    feature,
    asked,
    ranks: new ThresholdRanks(asked.map(({ threshold }) => threshold)),
  }));
  const numRows = features.reduce((sum, { ranks }) => sum + ranks.thresholds.length + 1, 1);
  const rows = new Int32Array(numRows * numWords);
  let nextRow = numWords;
  const ranks = features.map(({ feature, asked, ranks }) => {
    const firstRow = nextRow;
    for (let rank = 0; rank <= ranks.thresholds.length; rank++, nextRow += numWords) {
      for (const { threshold, word, bit } of asked) {
        const isAbove = rank > 0 && ranks.thresholds[rank - 1] >= threshold;
        if (isAbove) rows[nextRow + word] |= 1 << bit;
      }
    }
    return { feature, firstRow, ranks };
  });
  const numLanes = Math.max(1, Math.ceil(ranks.length / LANES)) * LANES;
  return { numWords, numLanes, ranks, rows, tables };
}

/** All decisions of a word, for one pixel: lanes beyond the first four are or-ed in fours. */
function sumOne(
  { numWords, numLanes, rows, tables }: Panel,
  at: Int32Array,
  stride: number,
  length: number,
  sums: Int32Array,
): void {
  const size = numLanes * stride;
  const laneStep = LANES * stride;
  for (let pixel = 0; pixel < length; pixel++) {
    const a = at[pixel];
    const b = at[pixel + stride];
    const c = at[pixel + 2 * stride];
    const d = at[pixel + 3 * stride];
    let sum = 0;
    for (let word = 0, table = 0; word < numWords; word++, table += GROUPS_PER_WORD * GROUP_SIZE) {
      let bits = rows[a + word] | rows[b + word] | rows[c + word] | rows[d + word];
      for (let lane = pixel + laneStep; lane < size; lane += laneStep) {
        bits |= rows[at[lane] + word] | rows[at[lane + stride] + word] |
          rows[at[lane + 2 * stride] + word] | rows[at[lane + 3 * stride] + word];
      }
      sum = (sum + tables[table + (bits & GROUP_MASK)] +
        tables[table + GROUP_SIZE + ((bits >>> GROUP_BITS) & GROUP_MASK)] +
        tables[table + 2 * GROUP_SIZE + ((bits >>> (2 * GROUP_BITS)) & GROUP_MASK)] +
        tables[table + 3 * GROUP_SIZE + (bits >>> (3 * GROUP_BITS))]) | 0;
    }
    sums[pixel] += sum;
  }
}

function sumSeveral(
  { numWords, numLanes, rows, tables }: Panel,
  at: Int32Array,
  stride: number,
  length: number,
  sums: Int32Array,
  sumStride: number,
  numSums: number,
): void {
  const size = numLanes * stride;
  const laneStep = LANES * stride;
  const groupSize = GROUP_SIZE * numSums;
  for (let pixel = 0; pixel < length; pixel++) {
    for (let word = 0, table = 0; word < numWords; word++, table += GROUPS_PER_WORD * groupSize) {
      let bits = 0;
      for (let lane = pixel; lane < size; lane += laneStep) {
        bits |= rows[at[lane] + word] | rows[at[lane + stride] + word] |
          rows[at[lane + 2 * stride] + word] | rows[at[lane + 3 * stride] + word];
      }
      const a = table + (bits & GROUP_MASK) * numSums;
      const b = table + groupSize + ((bits >>> GROUP_BITS) & GROUP_MASK) * numSums;
      const c = table + 2 * groupSize + ((bits >>> (2 * GROUP_BITS)) & GROUP_MASK) * numSums;
      const d = table + 3 * groupSize + (bits >>> (3 * GROUP_BITS)) * numSums;
      for (let k = 0, to = pixel; k < numSums; k++, to += sumStride) {
        sums[to] += tables[a + k] + tables[b + k] + tables[c + k] + tables[d + k];
      }
    }
  }
}
