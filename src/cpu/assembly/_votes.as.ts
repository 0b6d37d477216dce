// What sums of votes mean: classes, probabilities, uncertainty.

import {
  CLASSES,
  EXACT_NODES,
  EXACT_VOTES,
  IS_COUNT,
  MARGIN,
  NUM_CLASSES,
  NUM_FEATURES,
  NUM_SUMS,
  NUM_TREES,
  NUMBERS,
  PROBABILITIES,
  ROOTS,
  TOTAL,
  UNCERTAINTY,
  WHOLE,
} from "./_job";

/**
 * Writes what is asked for of `length` pixels, the job's from `first` on, whose features begin
 * `from` bytes behind the planes.
 */
export function finish(
  job: usize,
  planes: usize,
  from: usize,
  sums: usize,
  places: usize,
  rowBytes: usize,
  first: i32,
  length: i32,
): void {
  const numClasses = load<i32>(job, NUM_CLASSES);
  const isCount = load<i32>(job, IS_COUNT) != 0;
  const exact = sums + rowBytes * max(2, numClasses);
  const classes = load<usize>(job, CLASSES) + first;
  if (load<usize>(job, CLASSES)) {
    if (load<i32>(job, NUM_SUMS) == 1 && numClasses == 2) {
      decideTwo(job, planes, from, sums, places, exact, classes, length);
    } else if (isCount) decide<f32>(job, planes, from, sums, exact, rowBytes, classes, length);
    else decide<u32>(job, planes, from, sums, exact, rowBytes, classes, length);
  }
  const shares = load<usize>(job, PROBABILITIES);
  const whole = load<f64>(job, TOTAL);
  if (shares) {
    if (isCount) share<f32>(sums, rowBytes, numClasses, shares, whole, first, length);
    else share<u32>(sums, rowBytes, numClasses, shares, whole, first, length);
  }
  const uncertainty = load<usize>(job, UNCERTAINTY);
  if (uncertainty) {
    const to = uncertainty + (<usize>first << 2);
    if (isCount) doubt<f32>(sums, rowBytes, numClasses, to, whole, length);
    else doubt<u32>(sums, rowBytes, numClasses, to, whole, length);
  }
}

// @ts-ignore: decorator
@inline
function isSecond(sums: usize, whole: v128): v128 {
  const sum = v128.load(sums);
  return i32x4.gt_u(i32x4.sub(whole, sum), sum);
}

// @ts-ignore: decorator
@inline
function closeBits(sums: usize, whole: v128, margin: v128): u32 {
  const sum = v128.load(sums);
  const rest = i32x4.sub(whole, sum);
  const lead = i32x4.sub(i32x4.max_u(rest, sum), i32x4.min_u(rest, sum));
  return i32x4.bitmask(i32x4.le_u(lead, margin));
}

/** As `decide` for two classes of which one sum is known, sixteen pixels at a time. */
function decideTwo(
  job: usize,
  planes: usize,
  from: usize,
  sums: usize,
  places: usize,
  exact: usize,
  classes: usize,
  length: i32,
): void {
  const numbers = load<usize>(job, NUMBERS);
  const number0 = v128.load8_splat(numbers);
  const number1 = v128.load8_splat(numbers, 1);
  const whole = i32x4.splat(load<i32>(job, WHOLE));
  const margin = i32x4.splat(load<i32>(job, MARGIN));
  for (let i = 0; i < length; i += 16) {
    const at = sums + (<usize>i << 2);
    const seconds = i8x16.narrow_i16x8_s(
      i16x8.narrow_i32x4_s(isSecond(at, whole), isSecond(at + 16, whole)),
      i16x8.narrow_i32x4_s(isSecond(at + 32, whole), isSecond(at + 48, whole)),
    );
    const found = v128.bitselect(number1, number0, seconds);
    if (length - i >= 16) v128.store(classes + i, found);
    else {
      // What lies behind the last pixel may be another thread's.
      v128.store(places, found);
      for (let k = 0; k < length - i; k++) store<u8>(classes + i + k, load<u8>(places + k));
    }
    let close = closeBits(at, whole, margin) | closeBits(at + 16, whole, margin) << 4 |
      closeBits(at + 32, whole, margin) << 8 | closeBits(at + 48, whole, margin) << 12;
    for (; close != 0; close &= close - 1) {
      const pixel = i + ctz(close);
      if (pixel >= length) break;
      store<u8>(classes + pixel, settle(job, planes, from + (<usize>pixel << 2), exact));
    }
  }
}

/** The class of the first largest sum. */
function decide<T>(
  job: usize,
  planes: usize,
  from: usize,
  sums: usize,
  exact: usize,
  rowBytes: usize,
  classes: usize,
  length: i32,
): void {
  const numbers = load<usize>(job, NUMBERS);
  const margin = load<u32>(job, MARGIN);
  const numClasses = load<i32>(job, NUM_CLASSES);
  for (let i = 0; i < length; i++) {
    let at = sums + (<usize>i << 2);
    let largest = load<T>(at);
    let second: T = 0;
    let best = 0;
    for (let k = 1; k < numClasses; k++) {
      at += rowBytes;
      const sum = load<T>(at);
      best = sum > largest ? k : best;
      second = max(second, min(sum, largest));
      largest = max(largest, sum);
    }
    let number = load<u8>(numbers + best);
    if (isInteger<T>()) {
      if (largest - second <= margin) number = settle(job, planes, from + (<usize>i << 2), exact);
    }
    store<u8>(classes + i, number);
  }
}

/**
 * The class of a pixel whose sums are too close to tell: the same votes in 64-bit floats, added in
 * the order of the trees.
 */
function settle(job: usize, planes: usize, pixel: usize, exact: usize): u8 {
  const numTrees = load<i32>(job, NUM_TREES);
  const numClasses = load<i32>(job, NUM_CLASSES);
  const roots = load<usize>(job, ROOTS);
  const nodes = load<usize>(job, EXACT_NODES);
  const votes = load<usize>(job, EXACT_VOTES);
  const end = exact + (<usize>numClasses << 3);
  for (let sum = exact; sum < end; sum += 8) store<f64>(sum, 0);
  for (let tree = 0; tree < numTrees; tree++) {
    let node = nodes + load<usize>(roots + (<usize>tree << 2));
    for (let feature = load<i32>(node, 4); feature >= 0; feature = load<i32>(node, 4)) {
      const value = load<f32>(load<usize>(planes + (<usize>feature << 2)) + pixel);
      const isRight = !(value <= load<f32>(node));
      node = nodes + load<usize>(node, 8) + (isRight ? 12 : 0);
    }
    let vote = votes + load<usize>(node, 8);
    for (let sum = exact; sum < end; sum += 8, vote += 8) {
      store<f64>(sum, load<f64>(sum) + load<f64>(vote));
    }
  }
  // Division can make different sums equal, so it belongs before the comparison.
  let best = 0;
  let largest = load<f64>(exact) / <f64>numTrees;
  for (let k = 1; k < numClasses; k++) {
    const share = load<f64>(exact + (<usize>k << 3)) / <f64>numTrees;
    if (share > largest) {
      largest = share;
      best = k;
    }
  }
  return load<u8>(load<usize>(job, NUMBERS) + best);
}

// @ts-ignore: decorator
@inline
function totalOf<T>(sums: usize, rowBytes: usize, numClasses: i32): f64 {
  let total: f32 = 0;
  for (let k = 0; k < numClasses; k++) total += <f32>load<T>(sums + rowBytes * k);
  return total;
}

function share<T>(
  sums: usize,
  rowBytes: usize,
  numClasses: i32,
  shares: usize,
  whole: f64,
  first: i32,
  length: i32,
): void {
  for (let i = 0; i < length; i++) {
    const at = sums + (<usize>i << 2);
    const total = whole > 0 ? whole : totalOf<T>(at, rowBytes, numClasses);
    for (let k = 0; k < numClasses; k++) {
      const plane = load<usize>(shares + (<usize>k << 2)) + (<usize>(first + i) << 2);
      store<f32>(plane, <f32>(<f64>load<T>(at + rowBytes * k) / total));
    }
  }
}

function doubt<T>(
  sums: usize,
  rowBytes: usize,
  numClasses: i32,
  to: usize,
  whole: f64,
  length: i32,
): void {
  for (let i = 0; i < length; i++) {
    const at = sums + (<usize>i << 2);
    let largest: T = 0;
    let second: T = 0;
    for (let k = 0; k < numClasses; k++) {
      const sum = load<T>(at + rowBytes * k);
      second = max(second, min(sum, largest));
      largest = max(largest, sum);
    }
    const total = whole > 0 ? whole : totalOf<T>(at, rowBytes, numClasses);
    store<f32>(to + (<usize>i << 2), <f32>(1 - (<f64>largest - <f64>second) / total));
  }
}
