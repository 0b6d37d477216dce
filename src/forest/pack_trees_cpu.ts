import type { FlatForest } from "./flat_forest.ts";
import { floatOfOrderedBits } from "./float_order.ts";
import { tabulateForest } from "./tabulate_cpu.ts";
import { MAX_TABLE_ENTRIES } from "./write_tables.ts";

/** A forest as the kernels of `cpu/assembly/forest.as.ts` read it; addresses are offsets. */
export interface PackedTrees {
  /** Pixels that are worked on together. */
  readonly block: number;
  /** Complete trees of the first levels. */
  readonly tops: Int32Array;
  readonly topDepth: 2 | 3;
  /** The other levels, four words a node; empty where the first are all. */
  readonly nodes: Int32Array;
  /** How many other levels each tree has; empty where there are none. */
  readonly levels: Int32Array;
  /** What leaves add: leaves × sums. */
  readonly leaves: Int32Array;
  readonly numSums: number;
  /** For votes that are close: nodes of three words, the offsets of roots, 64-bit fractions. */
  readonly exactNodes: Int32Array;
  readonly roots: Int32Array;
  readonly exactVotes: Float64Array;
  /** What stands in for the trees where that is faster. */
  readonly tables: Int32Array | undefined;
}

/** The bytes that the features and sums of a block may take in the cache. */
const BLOCK_BYTES = 24 * 1024;

/** Trees that are looked at as a whole: deeper ones, or with more sums, are walked through. */
const MAX_TOP_DEPTH = 3;
const MAX_TOP_SUMS = 8;

/** Words of a node, and of one that is used where votes are close. */
const NODE = 4;
const EXACT_NODE = 3;

/** Many pixels are worth larger tables, which take longer to make. */
const MANY_PIXELS = 2 ** 19;
const MAX_ENTRIES = { few: 2 ** 11, many: MAX_TABLE_ENTRIES };

const packedTrees = new WeakMap<FlatForest, Map<number, PackedTrees>>();

/** The packed form of a forest for so many pixels, made once. */
export function packTrees(flat: FlatForest, numPixels: number): PackedTrees {
  const maxEntries = numPixels < MANY_PIXELS ? MAX_ENTRIES.few : MAX_ENTRIES.many;
  let forms = packedTrees.get(flat);
  if (!forms) packedTrees.set(flat, forms = new Map());
  let packed = forms.get(maxEntries);
  if (!packed) forms.set(maxEntries, packed = pack(flat, maxEntries));
  return packed;
}

function pack(flat: FlatForest, maxEntries: number): PackedTrees {
  const { votes } = flat;
  const { leaves, numSums } = tabulateLeaves(flat);
  const block = Math.floor(BLOCK_BYTES / (4 * (flat.numFeatures + 3 + numSums)) / 32) * 32;
  const size = Math.max(64, Math.min(512, block));
  const isWhole = flat.depth <= MAX_TOP_DEPTH && numSums <= MAX_TOP_SUMS;
  const topDepth = isWhole && flat.depth <= 2 ? 2 : 3;
  const valueOf = (node: number, k: number) =>
    isWhole ? leaves[flat.child[node] * numSums + k] : node * NODE * 4;
  return {
    block: size,
    tops: packTops(flat, size, topDepth, isWhole ? numSums : 1, valueOf),
    topDepth,
    nodes: isWhole ? new Int32Array(0) : packNodes(flat, size, leaves, numSums),
    levels: isWhole ? new Int32Array(0) : levelsBelow(flat, topDepth),
    leaves,
    numSums,
    exactNodes: packExactNodes(flat),
    roots: Int32Array.from(flat.roots.subarray(0, flat.numTrees), (root) => root * EXACT_NODE * 4),
    exactVotes: votes.kind === "fraction" ? votes.exact : new Float64Array(0),
    tables: tabulateForest(
      flat,
      votes.kind === "count" ? votes.counts : leaves,
      numSums,
      maxEntries,
    ),
  };
}

function packExactNodes({ feature, threshold, child, numClasses }: FlatForest): Int32Array {
  const words = new Int32Array(feature.length * EXACT_NODE);
  const floats = new Float32Array(words.buffer);
  for (let node = 0, at = 0; node < feature.length; node++, at += EXACT_NODE) {
    const isLeaf = feature[node] < 0;
    floats[at] = isLeaf ? 0 : floatOfOrderedBits(threshold[node]);
    words[at + 1] = feature[node];
    words[at + 2] = child[node] * (isLeaf ? 8 * numClasses : 4 * EXACT_NODE);
  }
  return words;
}

/** The first of two fractions tells the second, so one sum is enough. */
function tabulateLeaves({ votes, numClasses }: FlatForest) {
  if (votes.kind === "count") {
    const { buffer, byteOffset, length } = votes.counts;
    return { leaves: new Int32Array(buffer, byteOffset, length), numSums: numClasses };
  }
  const { fixed } = votes;
  if (numClasses !== 2) return { leaves: Int32Array.from(fixed), numSums: numClasses };
  return { leaves: Int32Array.from(fixed.filter((_, i) => i % 2 === 0)), numSums: 1 };
}

/** Decisions in the order of a heap, then the leaves in pairs; as the kernels describe it. */
function packTops(
  { roots, numTrees, feature, threshold, child }: FlatForest,
  block: number,
  depth: number,
  numSums: number,
  valueOf: (node: number, k: number) => number,
): Int32Array {
  const numDecisions = 2 ** depth - 1;
  const numLeaves = 2 ** depth;
  const treeWords = 2 * numDecisions + numSums * numLeaves;
  const words = new Int32Array(numTrees * treeWords);
  const floats = new Float32Array(words.buffer);
  const nodes = new Int32Array(numDecisions + numLeaves);
  for (let tree = 0; tree < numTrees; tree++) {
    const start = tree * treeWords;
    nodes[0] = roots[tree];
    for (let i = 0; i < numDecisions; i++) {
      const node = nodes[i];
      const isLeaf = feature[node] < 0;
      floats[start + 2 * i] = isLeaf ? 0 : floatOfOrderedBits(threshold[node]);
      words[start + 2 * i + 1] = isLeaf ? 0 : feature[node] * block * 4;
      nodes[2 * i + 1] = isLeaf ? node : child[node];
      nodes[2 * i + 2] = isLeaf ? node : child[node] + 1;
    }
    for (let k = 0; k < numSums; k++) {
      const to = start + 2 * numDecisions + k * numLeaves;
      for (let i = 0; i < numLeaves; i += 2) {
        const right = valueOf(nodes[numDecisions + i + 1], k);
        words[to + i] = right;
        words[to + i + 1] = right ^ valueOf(nodes[numDecisions + i], k);
      }
    }
  }
  return words;
}

function packNodes(
  { feature, threshold, child, numFeatures }: FlatForest,
  block: number,
  leaves: Int32Array,
  numSums: number,
): Int32Array {
  const words = new Int32Array(feature.length * NODE);
  const floats = new Float32Array(words.buffer);
  for (let node = 0, at = 0; node < feature.length; node++, at += NODE) {
    if (feature[node] < 0) {
      words[at + 1] = numFeatures * block * 4;
      words[at + 2] = at * 4;
      words[at + 3] = numSums === 1 ? leaves[child[node]] : child[node] * numSums * 4;
    } else {
      floats[at] = floatOfOrderedBits(threshold[node]);
      words[at + 1] = feature[node] * block * 4;
      words[at + 2] = child[node] * NODE * 4;
    }
  }
  return words;
}

/** How many levels of each tree lie below the first ones. */
function levelsBelow({ roots, numTrees, feature, child }: FlatForest, depth: number): Int32Array {
  const levels = new Int32Array(numTrees);
  const depthOf = new Int32Array(feature.length);
  for (let tree = 0; tree < numTrees; tree++) {
    for (let node = roots[tree]; node < roots[tree + 1]; node++) {
      levels[tree] = Math.max(levels[tree], depthOf[node] - depth);
      if (feature[node] < 0) continue;
      depthOf[child[node]] = depthOf[child[node] + 1] = depthOf[node] + 1;
    }
  }
  return levels;
}
