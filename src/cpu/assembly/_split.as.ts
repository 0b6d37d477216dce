// The best split of a node, as scikit-learn finds it, to the last bit of its arithmetic: candidates
// ascend within a feature, and only a strictly larger proxy of the impurity's decrease replaces the
// best one. Most candidates need not be looked at: the ranks of a feature fall into buckets, and a
// bucket is sorted only where a bound on the merit of all its cuts reaches that of the best cut.
//
// The merit of a cut is the sum over both sides of Σ c² / w, with the weights c of the classes and w
// of the side; the proxy is, but for rounding, the merit minus the weight of the node.

import {
  bestKeys,
  bestLeft,
  bounds,
  cells,
  CLASS_SHIFT,
  counters,
  gap,
  isCrowded,
  keepKeys,
  keys,
  lefts,
  marks,
  mostBuckets,
  numClasses,
  ranksOf,
  rows,
  spare,
  totals,
  valueOf,
  weighted,
  WEIGHT_MASK,
  words,
} from "./_training_job";
import { clearBytes } from "./_memory";
import { sortWords } from "./_sort";
import { boundBuckets, boundTwoClasses } from "./_bound";

/** Nodes of at most this many samples are sorted at once. */
const SORT_LIMIT = 40;

/** Samples per bucket that buckets are made for. */
const SAMPLES_PER_BUCKET = 8;

/** No rank. */
const NONE: u32 = 0xffffffff;

/** More than any rounding of the merit, relative to the weight of the node. */
const MARGIN = 1e-9;

/** The feature of the best split, -1 where there is none. */
export let bestFeature: i32 = -1;
/** The smallest rank that goes right, and the largest that goes left if known. */
export let bestRankRight: u32 = 0;
let bestRankLeft: u32 = 0;
let bestProxy: f64 = 0;
/** A merit below this cannot be the best, whatever the rounding. */
let bar: f64 = 0;
/** The weight of the node and the sum of the squares of its class weights. */
let weight: f64 = 0;
let squares: f64 = 0;

/** Starts on a node, whose class weights are in `totals`. */
export function beginSplit(): void {
  weight = 0;
  squares = 0;
  for (let c = 0; c < numClasses; c++) {
    const count = <f64>load<u32>(totals + (<usize>c << 2));
    weight += count;
    squares += count * count;
  }
  bestFeature = -1;
  bestProxy = -Infinity;
  bar = -Infinity;
}

/** Tries every cut of a feature on samples of the node; returns whether it is not constant. */
export function tryFeature(feature: i32, start: i32, size: i32): bool {
  const ranks = ranksOf(feature);
  const from = rows + (<usize>start << 2);
  const to = keys;
  let least: u32 = NONE;
  let most: u32 = 0;
  for (let at: usize = 0; at < <usize>size << 2; at += 4) {
    const rank = load<u32>(ranks + (<usize>load<u32>(from + at) << 2));
    store<u32>(to + at, rank);
    least = min(least, rank);
    most = max(most, rank);
  }
  if (valueOf(feature, most) <= valueOf(feature, least) + gap) return false;
  const before = bestProxy;
  const range = most - least + 1;
  if (size <= SORT_LIMIT) {
    for (let i: usize = 0; i < <usize>size; i++) {
      const word = load<u32>(weighted + (start << 2) + (i << 2));
      store<u64>(words + (i << 3), (<u64>(load<u32>(keys + (i << 2)) - least) << 32) | word);
    }
    for (let c = 0; c < numClasses; c++) store<u32>(cells + (<usize>c << 2), 0);
    scanSorted(feature, size, least, range, 31);
  } else {
    tryBuckets(feature, start, size, least, range);
  }
  if (bestProxy > before) keepKeys();
  return true;
}

function tryBuckets(feature: i32, start: i32, size: i32, least: u32, range: u32): void {
  const most = mostBuckets();
  let shift = 0;
  if (range > <u32>min(size, most)) {
    const target = <u32>min(size / SAMPLES_PER_BUCKET, most);
    while (range - 1 >>> shift >= target) shift++;
  }
  const numBuckets = <i32>(range - 1 >>> shift) + 1;
  fillBuckets(start, size, least, shift, numBuckets);
  if (shift == 0) {
    scanRanks(feature, least, numBuckets);
    return;
  }
  const reached = numClasses == 2
    ? boundTwoClasses(numBuckets)
    : boundBuckets(numBuckets, weight, squares);
  const crowded = isCrowded(feature);
  const proxyBefore = bestProxy;
  const barBefore = bar;
  let needed = max(bar, reached - MARGIN * weight);
  while (true) {
    markBuckets(numBuckets, needed, crowded);
    const count = collectMarked(start, size, least, shift);
    scanSorted(feature, count, least, range, shift);
    // Among crowded values the cut between two buckets may be none; then less must do.
    if (bar >= needed || !crowded) break;
    if (needed == barBefore) break;
    needed = max(bar, barBefore);
    bestProxy = proxyBefore;
    bar = barBefore;
  }
}

/** Adds the samples of a node up per bucket and class. */
function fillBuckets(start: i32, size: i32, least: u32, shift: i32, numBuckets: i32): void {
  const sums = cells;
  const from = weighted + (<usize>start << 2);
  const ranks = keys;
  const bytes = <usize>numClasses << 2;
  clearBytes(sums, <usize>numBuckets * bytes);
  for (let at: usize = 0; at < <usize>size << 2; at += 4) {
    const word = load<u32>(from + at);
    const bucket = <usize>(load<u32>(ranks + at) - least >>> shift);
    const sum = sums + bucket * bytes + (<usize>(word >>> CLASS_SHIFT) << 2);
    store<u32>(sum, load<u32>(sum) + (word & WEIGHT_MASK));
  }
}

/** Marks the buckets whose bound is at least the needed merit. */
function markBuckets(numBuckets: i32, needed: f64, crowded: bool): void {
  let last = -1;
  for (let bucket = 0; bucket < numBuckets; bucket++) {
    const bound = load<f64>(bounds + (<usize>bucket << 3));
    const isMarked = bound >= needed;
    store<u8>(marks + bucket, isMarked);
    // The last rank before a cut tells whether its sides are too close.
    if (crowded && isMarked && last >= 0) store<u8>(marks + last, 1);
    if (bound > -Infinity) last = bucket;
  }
}

/** Packs the samples that lie in marked buckets into words; returns how many. */
function collectMarked(start: i32, size: i32, least: u32, shift: i32): i32 {
  const from = weighted + (<usize>start << 2);
  const ranks = keys;
  const isMarked = marks;
  let to = words;
  for (let at: usize = 0; at < <usize>size << 2; at += 4) {
    const rank = load<u32>(ranks + at) - least;
    store<u64>(to, (<u64>rank << 32) | load<u32>(from + at));
    to += <usize>load<u8>(isMarked + (rank >>> shift)) << 3;
  }
  return <i32>(to - words >>> 3);
}

/** Tries the cuts between samples of a node, or of some of its buckets, which `words` holds. */
function scanSorted(feature: i32, size: i32, least: u32, range: u32, shift: i32): void {
  const sorted = sortWords(words, spare, size, 32 - clz<i32>(range - 1), counters);
  if (numClasses == 2) scanTwoClasses(feature, sorted, size, least, shift);
  else scanClasses(feature, sorted, size, least, shift);
}

/** Whether two values, one of them perhaps not known, are far enough from each other. */
function canPart(feature: i32, low: u32, high: u32): bool {
  return low != NONE && valueOf(feature, high) > valueOf(feature, low) + gap;
}

function scanTwoClasses(feature: i32, sorted: usize, size: i32, least: u32, shift: i32): void {
  const crowded = isCrowded(feature);
  const zeros = <f64>load<u32>(totals);
  const ones = <f64>load<u32>(totals, 4);
  let left0: f64 = 0;
  let left1: f64 = 0;
  let last = NONE;
  let bucket: u32 = NONE;
  const end = sorted + (<usize>size << 3);
  for (let at = sorted; at < end; at += 8) {
    const rank = load<u32>(at, 4);
    const word = load<u32>(at);
    if (rank != last) {
      if (rank >>> shift != bucket) {
        bucket = rank >>> shift;
        const before = cells + (<usize>bucket << 3);
        const before0 = <f64>load<u32>(before);
        const before1 = <f64>load<u32>(before, 4);
        // Where buckets were left out, so was the last rank on the left.
        if (before0 + before1 != left0 + left1) last = NONE;
        left0 = before0;
        left1 = before1;
      }
      const left = left0 + left1;
      if (left > 0) {
        const right = weight - left;
        const right0 = zeros - left0;
        const right1 = ones - left1;
        const squaresLeft = left0 * left0 + left1 * left1;
        const squaresRight = right0 * right0 + right1 * right1;
        if (squaresLeft * right + squaresRight * left >= bar * (left * right)) {
          const low = last == NONE ? NONE : last + least;
          if (!crowded || canPart(feature, low, rank + least)) {
            if (offer(feature, low, rank + least, left, squaresLeft, squaresRight)) {
              store<u32>(bestLeft, <u32>left0);
              store<u32>(bestLeft, <u32>left1, 4);
            }
          }
        }
      }
      last = rank;
    }
    const added = <f64>(word & WEIGHT_MASK);
    const added1 = word >>> CLASS_SHIFT ? added : 0;
    left1 += added1;
    left0 += added - added1;
  }
}

function scanClasses(feature: i32, sorted: usize, size: i32, least: u32, shift: i32): void {
  const crowded = isCrowded(feature);
  let left: f64 = 0;
  let squaresLeft: f64 = 0;
  let squaresRight = squares;
  let last = NONE;
  let bucket: u32 = NONE;
  for (let c = 0; c < numClasses; c++) store<u32>(lefts + (<usize>c << 2), 0);
  const end = sorted + (<usize>size << 3);
  for (let at = sorted; at < end; at += 8) {
    const rank = load<u32>(at, 4);
    const word = load<u32>(at);
    if (rank != last) {
      if (rank >>> shift != bucket) {
        bucket = rank >>> shift;
        const before = cells + ((<usize>bucket * numClasses) << 2);
        const reached = left;
        left = 0;
        squaresLeft = 0;
        squaresRight = 0;
        for (let at: usize = 0; at < <usize>numClasses << 2; at += 4) {
          const count = <f64>load<u32>(before + at);
          const rest = <f64>load<u32>(totals + at) - count;
          store<u32>(lefts + at, <u32>count);
          left += count;
          squaresLeft += count * count;
          squaresRight += rest * rest;
        }
        if (left != reached) last = NONE;
      }
      const right = weight - left;
      if (left > 0 && squaresLeft * right + squaresRight * left >= bar * (left * right)) {
        const low = last == NONE ? NONE : last + least;
        if (!crowded || canPart(feature, low, rank + least)) {
          offerLefts(feature, low, rank + least, left, squaresLeft, squaresRight);
        }
      }
      last = rank;
    }
    const added = <f64>(word & WEIGHT_MASK);
    const place = <usize>(word >>> CLASS_SHIFT) << 2;
    const count = <f64>load<u32>(lefts + place);
    squaresLeft += added * (2 * count + added);
    squaresRight -= added * (2 * (<f64>load<u32>(totals + place) - count) - added);
    store<u32>(lefts + place, <u32>(count + added));
    left += added;
  }
}

/** Tries the cuts between ranks that have a bucket of their own. */
function scanRanks(feature: i32, least: u32, range: i32): void {
  const crowded = isCrowded(feature);
  let left: f64 = 0;
  let squaresLeft: f64 = 0;
  let squaresRight = squares;
  let last = NONE;
  for (let c = 0; c < numClasses; c++) store<u32>(lefts + (<usize>c << 2), 0);
  let cell = cells;
  for (let rank = least; rank < least + range; rank++) {
    const before = left;
    const squaresLeftBefore = squaresLeft;
    const squaresRightBefore = squaresRight;
    let isEmpty = true;
    for (let c = 0; c < numClasses; c++) {
      if (load<u32>(cell + (<usize>c << 2)) != 0) isEmpty = false;
    }
    if (isEmpty) {
      cell += <usize>numClasses << 2;
      continue;
    }
    const right = weight - before;
    if (
      before > 0 &&
      squaresLeftBefore * right + squaresRightBefore * before >= bar * (before * right) &&
      (!crowded || canPart(feature, last, rank))
    ) {
      offerLefts(feature, last, rank, before, squaresLeftBefore, squaresRightBefore);
    }
    for (let at: usize = 0; at < <usize>numClasses << 2; at += 4, cell += 4) {
      const added = <f64>load<u32>(cell);
      const count = <f64>load<u32>(lefts + at);
      squaresLeft += added * (2 * count + added);
      squaresRight -= added * (2 * (<f64>load<u32>(totals + at) - count) - added);
      store<u32>(lefts + at, <u32>(count + added));
      left += added;
    }
    last = rank;
  }
}

function offerLefts(
  feature: i32,
  rankLeft: u32,
  rankRight: u32,
  left: f64,
  squaresLeft: f64,
  squaresRight: f64,
): void {
  if (!offer(feature, rankLeft, rankRight, left, squaresLeft, squaresRight)) return;
  for (let at: usize = 0; at < <usize>numClasses << 2; at += 4) {
    store<u32>(bestLeft + at, load<u32>(lefts + at));
  }
}

/** Compares a promising cut with the best one in scikit-learn's own arithmetic. */
function offer(
  feature: i32,
  rankLeft: u32,
  rankRight: u32,
  left: f64,
  squaresLeft: f64,
  squaresRight: f64,
): bool {
  const right = weight - left;
  const giniLeft = 1 - squaresLeft / (left * left);
  const giniRight = 1 - squaresRight / (right * right);
  const proxy = -right * giniRight - left * giniLeft;
  if (!(proxy > bestProxy)) return false;
  bestProxy = proxy;
  bar = proxy + weight * (1 - MARGIN);
  bestFeature = feature;
  bestRankLeft = rankLeft;
  bestRankRight = rankRight;
  return true;
}

/** The largest rank that goes left; `size` samples are in the node. */
export function rankLeft(size: i32): u32 {
  if (bestRankLeft != NONE) return bestRankLeft;
  let largest: u32 = 0;
  for (let at: usize = 0; at < <usize>size << 2; at += 4) {
    const rank = load<u32>(bestKeys + at);
    largest = max(largest, rank < bestRankRight ? rank : 0);
  }
  return largest;
}
