import { DaubError } from "../errors.ts";
import { type FlatForest, flattenForest } from "./flat_forest.ts";
import type { Forest } from "./forest.ts";

/** A forest as the GPU twin reads it; see `predict.wgsl` for the layouts. */
export interface PackedForest {
  readonly flat: FlatForest;
  /** The features that nodes ask about, ascending; nodes hold places in this list. */
  readonly usedFeatures: readonly number[];
  readonly featureBits: number;
  readonly nodes: Uint32Array<ArrayBuffer>;
  readonly trees: Uint32Array<ArrayBuffer>;
  readonly leaves: Uint32Array<ArrayBuffer>;
  /** Empty for counts. */
  readonly fractions: Uint32Array<ArrayBuffer>;
}

const packed = new WeakMap<FlatForest, PackedForest>();

/** The packed form of a forest, made once. */
export function packForest(forest: Forest): PackedForest {
  const flat = flattenForest(forest);
  let result = packed.get(flat);
  if (!result) {
    result = pack(flat);
    packed.set(flat, result);
  }
  return result;
}

function pack(flat: FlatForest): PackedForest {
  const { numTrees, roots, firstLeaves, feature, threshold, child, classes } = flat;
  const usedFeatures = [...new Set(feature)].filter((f) => f >= 0).sort((a, b) => a - b);
  const places = new Map(usedFeatures.map((f, place) => [f, place]));
  const featureBits = 32 - Math.clz32(usedFeatures.length);
  const leafMark = 2 ** featureBits - 1;
  const largest = 2 ** (32 - featureBits);
  const nodes = new Uint32Array(2 * feature.length);
  const trees = new Uint32Array(2 * numTrees + classes.length);
  for (let tree = 0; tree < numTrees; tree++) {
    trees[2 * tree] = roots[tree];
    trees[2 * tree + 1] = firstLeaves[tree];
    const size = roots[tree + 1] - roots[tree];
    if (size > largest) {
      throw new DaubError(
        "backend",
        `Expected trees of at most ${largest} nodes for the GPU but found one of ${size}. Use the ` +
          `cpu backend, or train a shallower forest.`,
        { expected: largest, found: size },
      );
    }
    for (let node = roots[tree]; node < roots[tree + 1]; node++) {
      const isLeaf = feature[node] < 0;
      const target = child[node] - (isLeaf ? firstLeaves[tree] : roots[tree]);
      nodes[2 * node] = threshold[node];
      nodes[2 * node + 1] = (target << featureBits) |
        (isLeaf ? leafMark : places.get(feature[node])!);
    }
  }
  trees.set(classes, 2 * numTrees);
  const [leaves, fractions] = [packLeaves(flat), packExact(flat)];
  return { flat, usedFeatures, featureBits, nodes, trees, leaves, fractions };
}

/** Rows of whole vectors of four classes. */
function packLeaves({ votes, numClasses }: FlatForest): Uint32Array<ArrayBuffer> {
  const values = votes.kind === "fraction" ? votes.fixed : new Uint32Array(votes.counts.buffer);
  if (numClasses % 4 === 0) return values as Uint32Array<ArrayBuffer>;
  const stride = numClasses + (-numClasses & 3);
  const numLeaves = values.length / numClasses;
  const leaves = new Uint32Array(numLeaves * stride);
  for (let leaf = 0; leaf < numLeaves; leaf++) {
    for (let k = 0; k < numClasses; k++) {
      leaves[leaf * stride + k] = values[leaf * numClasses + k];
    }
  }
  return leaves;
}

/** 64-bit floats as pairs of words, the low one first whatever this machine's byte order. */
function packExact({ votes }: FlatForest): Uint32Array<ArrayBuffer> {
  if (votes.kind === "count") return new Uint32Array(2);
  const words = new Uint32Array(2 * votes.exact.length);
  const view = new DataView(new ArrayBuffer(8));
  votes.exact.forEach((value, i) => {
    view.setFloat64(0, value);
    words[2 * i] = view.getUint32(4);
    words[2 * i + 1] = view.getUint32(0);
  });
  return words;
}
