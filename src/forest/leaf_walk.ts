import type { FlatForest } from "./flat_forest.ts";
import { orderedBits } from "./float_order.ts";

/**
 * The features of some samples as ordered bits, feature after feature: `stride` values for
 * feature 0, then for feature 1, ….
 */
export interface OrderedFeatures {
  readonly bits: Int32Array;
  readonly stride: number;
}

/** The leaf of one tree that a sample falls into. */
export function findLeaf(
  { feature, threshold, child, roots }: FlatForest,
  tree: number,
  { bits, stride }: OrderedFeatures,
  sample: number,
): number {
  let node = roots[tree];
  for (let asked = feature[node]; asked >= 0; asked = feature[node]) {
    node = child[node] + (bits[asked * stride + sample] > threshold[node] ? 1 : 0);
  }
  return child[node];
}

/** The sums of class fractions over all trees, divided by their number, in 64-bit floats. */
export function exactFractions(
  flat: FlatForest,
  features: OrderedFeatures,
  sample: number,
  exact: Float64Array,
  result: Float64Array,
): void {
  const { numTrees, numClasses } = flat;
  result.fill(0);
  for (let tree = 0; tree < numTrees; tree++) {
    const at = findLeaf(flat, tree, features, sample) * numClasses;
    for (let k = 0; k < numClasses; k++) result[k] += exact[at + k];
  }
  // Division can make different sums equal, so it belongs before the comparison.
  for (let k = 0; k < numClasses; k++) result[k] /= numTrees;
}

/** Adds the counts of all trees in their order, rounding every sum to 32 bits. */
export function sumCounts(
  flat: FlatForest,
  features: OrderedFeatures,
  sample: number,
  counts: Float32Array,
  result: Float32Array,
): void {
  const { numTrees, numClasses } = flat;
  result.fill(0);
  for (let tree = 0; tree < numTrees; tree++) {
    const at = findLeaf(flat, tree, features, sample) * numClasses;
    for (let k = 0; k < numClasses; k++) result[k] += counts[at + k];
  }
}

/** Copies floats as ordered bits from one strided place to another. */
export function orderFloats(
  from: Int32Array,
  start: number,
  step: number,
  to: Int32Array,
  offset: number,
  length: number,
): void {
  for (let i = 0, at = start; i < length; i++, at += step) {
    const bits = from[at];
    to[offset + i] = bits >= 0 && bits <= INFINITY_BITS ? bits : orderedBits(bits);
  }
}

/** The position of the first largest value. */
export function firstLargest(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

const INFINITY_BITS = 0x7f800000;
