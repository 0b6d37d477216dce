import type { FlatForest } from "./flat_forest.ts";
import type { Votes } from "./forest.ts";

/**
 * The votes of some pixels, class after class: `stride` values for class 0, then for class 1, ….
 * Fixed-point numbers for fractions, 32-bit floats for counts.
 */
export interface VoteSums {
  readonly sums: Uint32Array | Float32Array;
  readonly stride: number;
  readonly length: number;
}

/** Turns votes into probabilities, the same way for both twins. */
export function finishProbabilities(
  flat: FlatForest,
  { sums, stride, length }: VoteSums,
  planes: readonly Float32Array[],
  offset: number,
): void {
  if (flat.votes.kind === "fraction") {
    const total = flat.numTrees * flat.votes.scale;
    planes.forEach((plane, k) => {
      for (let i = 0; i < length; i++) plane[offset + i] = sums[k * stride + i] / total;
    });
    return;
  }
  for (let i = 0; i < length; i++) {
    const total = sumOfCounts(sums, stride, i, flat.numClasses);
    for (let k = 0; k < planes.length; k++) planes[k][offset + i] = sums[k * stride + i] / total;
  }
}

/** Turns votes into 1 − (p1 − p2), the same way for both twins. */
export function finishUncertainty(
  flat: FlatForest,
  { sums, stride, length }: VoteSums,
  plane: Float32Array,
  offset: number,
): void {
  const { numClasses, numTrees, votes } = flat;
  const whole = votes.kind === "fraction" ? numTrees * votes.scale : 0;
  for (let i = 0; i < length; i++) {
    let first = 0;
    let second = 0;
    for (let k = 0, at = i; k < numClasses; k++, at += stride) {
      const sum = sums[at];
      if (sum > first) {
        second = first;
        first = sum;
      } else if (sum > second) {
        second = sum;
      }
    }
    const total = whole || sumOfCounts(sums, stride, i, numClasses);
    plane[offset + i] = 1 - (first - second) / total;
  }
}

/** How many planes {@linkcode finishLargest} reads. */
export function numLargestPlanes(votes: Votes): number {
  return votes === "fraction" ? 1 : 3;
}

/**
 * Turns the largest votes alone into the uncertainty: of fractions the difference of the two
 * largest sums, of counts the two largest and the sum of all.
 */
export function finishLargest(
  flat: FlatForest,
  { sums, stride, length }: VoteSums,
  plane: Float32Array,
  offset: number,
): void {
  if (flat.votes.kind === "fraction") {
    const total = flat.numTrees * flat.votes.scale;
    for (let i = 0; i < length; i++) plane[offset + i] = 1 - sums[i] / total;
    return;
  }
  for (let i = 0; i < length; i++) {
    plane[offset + i] = 1 - (sums[i] - sums[stride + i]) / sums[2 * stride + i];
  }
}

/** In 32-bit floats and in the order of the classes, as an OpenCL classifier adds them. */
function sumOfCounts(
  sums: Uint32Array | Float32Array,
  stride: number,
  pixel: number,
  numClasses: number,
): number {
  let total = 0;
  for (let k = 0, at = pixel; k < numClasses; k++, at += stride) {
    total = Math.fround(total + sums[at]);
  }
  return total;
}
