// Pixels that the trees that are left cannot change any more are taken out of a block: what is read
// of the others moves together.

import { copyBytes } from "./_memory";
import { IS_COUNT, MARGIN, MOST, NUM_CLASSES, NUM_FEATURES, NUM_SUMS, NUM_TREES } from "./_job";

/** Of a block fewer than one in so many pixels are not worth the moving. */
const FEW: i32 = 8;

/** The tree before which a block is looked through for the first time; 0 where it never is. */
export function firstLook(job: usize): i32 {
  const numTrees = load<i32>(job, NUM_TREES);
  // Half of the trees decide nothing.
  return load<i32>(job, MOST) && numTrees >= 16 ? (numTrees >>> 1) + max(1, numTrees >>> 4) : 0;
}

/** The tree before which it is looked through again. */
export function nextLook(job: usize, tree: i32): i32 {
  return tree + max(2, load<i32>(job, NUM_TREES) >>> 3);
}

/**
 * Takes out the pixels that are decided when `tree` trees have voted.
 *
 * @param xs The features of the pixels, row by row, that are not decided so far.
 * @param ranks Their ranks, a byte each, of `numRanked` features.
 * @param kept Rows for the sums of all pixels, and one for the numbers of those in the block.
 * @returns How many pixels are left, in multiples of 16 bytes of their features.
 */
export function takeDecided(
  job: usize,
  tree: i32,
  xs: usize,
  ranks: usize,
  numRanked: i32,
  sums: usize,
  kept: usize,
  rowBytes: usize,
  length: i32,
  isFirst: bool,
): i32 {
  const numSums = load<i32>(job, NUM_SUMS);
  const numbers = kept + rowBytes * numSums;
  if (isFirst) {
    for (let i = 0; i < length; i++) store<i32>(numbers + (<usize>i << 2), i);
  }
  const isCount = load<i32>(job, IS_COUNT) != 0;
  let numDecided = 0;
  for (let i = 0; i < length; i++) {
    const sum = sums + (<usize>i << 2);
    numDecided += <i32>(isCount ? isDecided<f32>(job, tree, sum, rowBytes)
      : isDecided<u32>(job, tree, sum, rowBytes));
  }
  if (numDecided * FEW < length) return length;
  const numFeatures = load<i32>(job, NUM_FEATURES);
  let left = 0;
  for (let i = 0; i < length; i++) {
    const from = <usize>i << 2;
    const number = load<i32>(numbers + from);
    const isDone = isCount ? isDecided<f32>(job, tree, sums + from, rowBytes)
      : isDecided<u32>(job, tree, sums + from, rowBytes);
    if (isDone) {
      keep(numSums, sums + from, kept + (<usize>number << 2), rowBytes);
      continue;
    }
    const to = <usize>left << 2;
    store<i32>(numbers + to, number);
    keep(numSums, sums + from, sums + to, rowBytes);
    keep(numFeatures, xs + from, xs + to, rowBytes);
    for (let f = 0; f < numRanked; f++) {
      const row = ranks + <usize>f * (rowBytes >> 2);
      store<u8>(row + left, load<u8>(row + i));
    }
    left++;
  }
  return left;
}

/** Puts the sums of all pixels where those of the block were. */
export function restoreSums(job: usize, sums: usize, kept: usize, rowBytes: usize, length: i32): void {
  const numSums = load<i32>(job, NUM_SUMS);
  const numbers = kept + rowBytes * numSums;
  for (let i = 0; i < length; i++) {
    const at = <usize>i << 2;
    keep(numSums, sums + at, kept + (<usize>load<i32>(numbers + at) << 2), rowBytes);
  }
  copyBytes(sums, kept, rowBytes * numSums);
}

// @ts-ignore: decorator
@inline
function keep(numRows: i32, from: usize, to: usize, rowBytes: usize): void {
  for (let i = 0; i < numRows; i++, from += rowBytes, to += rowBytes) {
    store<u32>(to, load<u32>(from));
  }
}

/** Whether the trees that are left cannot take the lead from the class that has it. */
// @ts-ignore: decorator
@inline
function isDecided<T>(job: usize, tree: i32, sums: usize, rowBytes: usize): bool {
  const numSums = load<i32>(job, NUM_SUMS);
  const most = <f64>load<u32>(job, MOST);
  const rest = most * <f64>(load<i32>(job, NUM_TREES) - tree) + <f64>load<u32>(job, MARGIN);
  let largest = <f64>load<T>(sums);
  if (numSums < load<i32>(job, NUM_CLASSES)) {
    return Math.abs(2 * largest - most * <f64>tree) > rest;
  }
  let second: f64 = 0;
  for (let k = 1; k < numSums; k++) {
    sums += rowBytes;
    const sum = <f64>load<T>(sums);
    second = max(second, min(sum, largest));
    largest = max(largest, sum);
  }
  return largest - second > rest;
}
