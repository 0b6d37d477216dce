import { type CompleteTrees, completeTrees, MAX_COMPLETE_DEPTH } from "./complete_trees.ts";
import type { FlatForest } from "./flat_forest.ts";
import { floatOfOrderedBits } from "./float_order.ts";
import { tabulateForest } from "./tabulate_cpu.ts";
import { MAX_TABLE_ENTRIES } from "./write_tables.ts";

/** A forest as the kernels of `cpu/assembly/forest.as.ts` read it; addresses are offsets. */
export interface PackedTrees {
  /** Pixels that are worked on together. */
  readonly block: number;
  /** The first levels of all trees; empty where tables stand in for them. */
  readonly complete: CompleteTrees;
  /** The other levels, four words a node; empty where the first are all. */
  readonly nodes: Int32Array;
  /** How many other levels each tree has; empty where the first are all. */
  readonly below: Int32Array;
  /** What leaves add: leaves × sums. */
  readonly leaves: Int32Array;
  readonly numSums: number;
  /** For votes that are close: nodes of three words, the offsets of roots, 64-bit fractions. */
  readonly exactNodes: Int32Array;
  readonly roots: Int32Array;
  readonly exactVotes: Float64Array;
  /** What a tree adds to a class at most; 0 where sums depend on the order of trees. */
  readonly mostVotes: number;
  /** What stands in for the trees where that is faster. */
  readonly tables: Int32Array | undefined;
}

/** The bytes that the features and sums of a block may take in the cache. */
const BLOCK_BYTES = 24 * 1024;
const MAX_BLOCK = 1024;

/** Of more sums than this the leaves that pixels reach are found once for all. */
const MAX_COMPLETE_SUMS = 4;

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
  const added = votes.kind === "count" ? votes.counts : leaves;
  // Trees whose votes do not add up the same in any order are walked through one by one.
  const isComplete = flat.depth <= MAX_COMPLETE_DEPTH && numSums <= MAX_COMPLETE_SUMS &&
    (votes.kind === "fraction" || votes.isExact);
  const tables = tabulateForest(flat, added, numSums, maxEntries);
  // Ranks in bytes take less room than features.
  const featureBytes = isComplete && !tables ? 1 : 4;
  const pixelBytes = featureBytes * flat.numFeatures + 4 * (3 + numSums);
  const size = Math.max(64, Math.min(MAX_BLOCK, Math.floor(BLOCK_BYTES / pixelBytes / 32) * 32));
  const inTables = { words: new Int32Array(0), levels: 2, treeBytes: 0 } as const;
  const complete = tables
    ? inTables
    : isComplete
    ? completeTrees(flat, size, { kind: "votes", leaves: added, numSums })
    : completeTrees(flat, size, { kind: "nodes", nodeBytes: 4 * NODE });
  const isWalked = !tables && !isComplete;
  return {
    block: size,
    complete,
    nodes: isWalked ? packNodes(flat, size, leaves, numSums) : new Int32Array(0),
    below: isWalked ? levelsBelow(flat, complete.levels) : new Int32Array(0),
    leaves,
    numSums,
    exactNodes: packExactNodes(flat),
    roots: Int32Array.from(flat.roots.subarray(0, flat.numTrees), (root) => root * EXACT_NODE * 4),
    exactVotes: votes.kind === "fraction" ? votes.exact : new Float64Array(0),
    mostVotes: mostVotes(flat),
    tables,
  };
}

function mostVotes({ votes }: FlatForest): number {
  if (votes.kind === "fraction") return votes.scale;
  return votes.isExact ? votes.counts.reduce((most, count) => Math.max(most, count), 0) : 0;
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
