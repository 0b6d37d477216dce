// Medians. Pixels are compared as integers of the same order as their floats, so that there is an
// order even where a pixel is not a number.

import { clearBytes } from "./_memory";

@inline
function keys(values: v128): v128 {
  return v128.xor(values, v128.and(i32x4.shr_s(values, 31), i32x4.splat(0x7fffffff)));
}

@inline
function key(p: usize): i32 {
  const value = load<i32>(p);
  return value ^ ((value >> 31) & 0x7fffffff);
}

/**
 * The median of small windows, one row of results: sixteen windows at a time go through a network of
 * comparators. `offsets` are those of the window's `count` pixels in bytes; `network` holds pairs of
 * places, which are 64 times a pixel's number, up to `networkEnd`; the median is at `middle`.
 */
export function networkMedianRow(
  out: usize,
  from: usize,
  end: usize,
  offsets: usize,
  count: i32,
  network: usize,
  networkEnd: usize,
  middle: usize,
  scratch: usize,
): void {
  for (; from < end; from += 64, out += 64) {
    let place = scratch;
    for (let i = 0; i < count; i++, place += 64) {
      const p = from + <usize> load<i32>(offsets + ((<usize> i) << 2));
      v128.store(place, keys(v128.load(p)));
      v128.store(place, keys(v128.load(p, 16)), 16);
      v128.store(place, keys(v128.load(p, 32)), 32);
      v128.store(place, keys(v128.load(p, 48)), 48);
    }
    for (let at = network; at < networkEnd; at += 8) {
      const low = scratch + <usize> load<u32>(at), high = scratch + <usize> load<u32>(at, 4);
      const a0 = v128.load(low), a1 = v128.load(low, 16);
      const a2 = v128.load(low, 32), a3 = v128.load(low, 48);
      const b0 = v128.load(high), b1 = v128.load(high, 16);
      const b2 = v128.load(high, 32), b3 = v128.load(high, 48);
      v128.store(low, i32x4.min_s(a0, b0));
      v128.store(low, i32x4.min_s(a1, b1), 16);
      v128.store(low, i32x4.min_s(a2, b2), 32);
      v128.store(low, i32x4.min_s(a3, b3), 48);
      v128.store(high, i32x4.max_s(a0, b0));
      v128.store(high, i32x4.max_s(a1, b1), 16);
      v128.store(high, i32x4.max_s(a2, b2), 32);
      v128.store(high, i32x4.max_s(a3, b3), 48);
    }
    const result = scratch + middle;
    v128.store(out, keys(v128.load(result)));
    v128.store(out, keys(v128.load(result, 16)), 16);
    v128.store(out, keys(v128.load(result, 32)), 32);
    v128.store(out, keys(v128.load(result, 48)), 48);
  }
}

/** Bits of a key that one pass of sorting looks at. */
const DIGIT: i32 = 11;
const BUCKETS: i32 = 1 << DIGIT;

/** The set of ranks that lie in the window, its word that holds the median, and ranks below that. */
let words: usize = 0;
let current: i32 = 0;
let below: i32 = 0;

/** Puts a rank into the window, or takes it out of it. */
@inline
function toggle(rank: u32): void {
  const word = <i32> (rank >> 6);
  const p = words + ((<usize> word) << 3);
  const bit: u64 = 1 << (<u64> (rank & 63));
  const bits = load<u64>(p) ^ bit;
  store<u64>(p, bits);
  if (word < current) below += (bits & bit) != 0 ? 1 : -1;
}

/**
 * The median of large windows, of one block. Its pixels are ranked, equal ones by their place, so
 * that a window is a set of ranks; it slides along the row, and so does the word of the set that
 * holds the median.
 *
 * `scratch` has room for 21 bytes a pixel, margins included, and 16 kB.
 *
 * `rows` holds the `count` rows of the window as y, z and half-width; the window has `2 rank + 1`
 * pixels.
 */
export function rankMedian(
  to: usize,
  toStride: usize,
  toSlice: usize,
  from: usize,
  fromStride: usize,
  fromSlice: usize,
  width: i32,
  height: i32,
  depth: i32,
  marginX: i32,
  marginY: i32,
  marginZ: i32,
  rank: i32,
  rows: usize,
  count: i32,
  scratch: usize,
): void {
  const stride = width + 2 * marginX;
  const slice = stride * (height + 2 * marginY);
  const total = slice * (depth + 2 * marginZ);
  const numWords = (total + 63) >> 6;
  const bytes = (<usize> total) << 3;
  const ranks = scratch;
  const sums = ranks + ((bytes >> 1) + 7 & ~7);
  words = sums + ((<usize> BUCKETS) << 2);
  const first = words + ((<usize> numWords) << 3);
  const second = first + bytes;
  let at = first;
  let pixel: u32 = 0;
  for (let z = -marginZ; z < depth + marginZ; z++) {
    for (let y = -marginY; y < height + marginY; y++) {
      let p = from + <usize> z * fromSlice + <usize> y * fromStride - ((<usize> marginX) << 2);
      for (let x = 0; x < stride; x++, p += 4, at += 8, pixel++) {
        store<u32>(at, pixel);
        store<u32>(at, <u32> key(p) ^ 0x80000000, 4);
      }
    }
  }
  const sorted = sortKeys(first, second, bytes, sums);
  for (let i = 0; i < total; i++) {
    store<u32>(ranks + ((<usize> load<u32>(sorted + ((<usize> i) << 3))) << 2), i);
  }
  clearBytes(words, (<usize> numWords) << 3);
  current = 0;
  below = 0;
  const origin = marginZ * slice + marginY * stride + marginX;
  const rowsEnd = rows + <usize> count * 12;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const out = to + <usize> z * toSlice + <usize> y * toStride;
      const start = origin + z * slice + y * stride;
      for (let row = rows; row < rowsEnd; row += 12) {
        const halfWidth = load<i32>(row, 8);
        const middle = start + load<i32>(row, 4) * slice + load<i32>(row) * stride;
        for (let i = middle - halfWidth; i <= middle + halfWidth; i++) {
          toggle(load<u32>(ranks + ((<usize> i) << 2)));
        }
      }
      for (let x = 0;; x++) {
        const found = findRank(rank);
        const value = load<u32>(sorted + ((<usize> found) << 3), 4) ^ 0x80000000;
        store<i32>(out + ((<usize> x) << 2), value ^ ((<i32> value >> 31) & 0x7fffffff));
        if (x == width - 1) break;
        for (let row = rows; row < rowsEnd; row += 12) {
          const halfWidth = load<i32>(row, 8);
          const middle = start + x + load<i32>(row, 4) * slice + load<i32>(row) * stride;
          toggle(load<u32>(ranks + ((<usize> (middle - halfWidth)) << 2)));
          toggle(load<u32>(ranks + ((<usize> (middle + halfWidth + 1)) << 2)));
        }
      }
      clearBytes(words, (<usize> numWords) << 3);
      below = 0;
    }
  }
}

/** The rank in the window that as many as `rank` others lie below. */
@inline
function findRank(rank: i32): i32 {
  let p = words + ((<usize> current) << 3);
  while (below > rank) {
    p -= 8;
    current--;
    below -= <i32> popcnt(load<u64>(p));
  }
  let inside = <i32> popcnt(load<u64>(p));
  while (below + inside <= rank) {
    below += inside;
    p += 8;
    current++;
    inside = <i32> popcnt(load<u64>(p));
  }
  let bits = load<u64>(p);
  for (let i = below; i < rank; i++) bits &= bits - 1;
  return (current << 6) + <i32> ctz(bits);
}

/** Sorts pairs of pixel and key by key, equal ones as they come; returns where they are then. */
function sortKeys(first: usize, second: usize, bytes: usize, sums: usize): usize {
  for (let shift = 0; shift < 32; shift += DIGIT) {
    clearBytes(sums, (<usize> BUCKETS) << 2);
    const end = first + bytes;
    for (let p = first; p < end; p += 8) {
      const bucket = sums + ((<usize> ((load<u32>(p, 4) >> shift) & (BUCKETS - 1))) << 2);
      store<u32>(bucket, load<u32>(bucket) + 8);
    }
    const firstBucket = sums + ((<usize> ((load<u32>(first, 4) >> shift) & (BUCKETS - 1))) << 2);
    if (<usize> load<u32>(firstBucket) == bytes) continue;
    let total: u32 = 0;
    for (let i = 0; i < BUCKETS; i++) {
      const bucket = sums + ((<usize> i) << 2);
      const size = load<u32>(bucket);
      store<u32>(bucket, total);
      total += size;
    }
    for (let p = first; p < end; p += 8) {
      const pair = load<u64>(p);
      const bucket = sums + ((<usize> ((<u32> (pair >> 32) >> shift) & (BUCKETS - 1))) << 2);
      const place = load<u32>(bucket);
      store<u32>(bucket, place + 8);
      store<u64>(second + <usize> place, pair);
    }
    const swap = first;
    first = second;
    second = swap;
  }
  return first;
}
