// The rank of a value is the number of its feature's thresholds that it is not at most, so that a
// decision compares small integers; all thresholds for a value that is not a number.
//
// A ranked feature, as `src/forest/ranked_feature.ts` writes it, where places count from the start
// of its list. Few thresholds are compared one by one. More are divided into trees of up to 63,
// whose ranks add up: sixteen values go down such a tree together, the next threshold of each being
// fetched byte by byte from vectors of sixteen. That needs no load, which is dear where every
// address is checked against the size of the memory.

import { copyBytes } from "./_memory";

export const FEATURE = 0;
const COUNT = 4; // the number of thresholds
const THRESHOLDS = 8; // where they are, or where the trees are
const NUM_TREES = 12; // 0 where thresholds are compared one by one
export const RANKED_BYTES: usize = 16;

// A tree is the number of its thresholds, whether it has six levels rather than five, the thresholds
// of the first two levels in ascending order, and those of every other level: the lowest bytes of
// them all, then the second lowest, …, sixteen a vector.
const HAS_SIX = 4;
const FIRST_LEVELS = 16;
const LEVEL_2 = 32;
const LEVEL_3 = 96;
const LEVEL_4 = 160;
const LEVEL_5 = 224;
const FIVE_BYTES: usize = 224;
const SIX_BYTES: usize = 352;

/**
 * Ranks the values at `xs`, a multiple of 16 of them: as bytes, less 128, or as twice themselves in
 * 16 bits.
 *
 * @param copy Room for 128 bytes.
 */
export function rank(
  areBytes: bool,
  list: usize,
  ranked: usize,
  xs: usize,
  to: usize,
  copy: usize,
  bytes: usize,
): void {
  const place = list + load<usize>(ranked, THRESHOLDS);
  const numTrees = load<i32>(ranked, NUM_TREES);
  if (numTrees == 0) return count(areBytes, place, load<i32>(ranked, COUNT), xs, to, bytes);
  const whole = bytes & ~127;
  searchAll(areBytes, place, numTrees, xs, to, whole);
  if (bytes > whole) {
    copyBytes(copy, xs + whole, 64);
    searchAll(areBytes, place, numTrees, copy, to + (areBytes ? whole >> 2 : whole >> 1), 128);
  }
}

function searchAll(
  areBytes: bool,
  tree: usize,
  numTrees: i32,
  xs: usize,
  to: usize,
  bytes: usize,
): void {
  for (let i = 0; i < numTrees; i++) {
    if (load<i32>(tree, HAS_SIX)) {
      search(areBytes, true, i == 0, tree, xs, to, bytes);
      tree += SIX_BYTES;
    } else {
      search(areBytes, false, i == 0, tree, xs, to, bytes);
      tree += FIVE_BYTES;
    }
  }
}

function count(
  areBytes: bool,
  thresholds: usize,
  numThresholds: i32,
  xs: usize,
  to: usize,
  bytes: usize,
): void {
  const end = thresholds + (<usize>numThresholds << 2);
  const all = i32x4.splat(numThresholds - (areBytes ? 128 : 0));
  for (let at: usize = 0; at < bytes; at += 64) {
    const x0 = v128.load(xs + at), x1 = v128.load(xs + at, 16);
    const x2 = v128.load(xs + at, 32), x3 = v128.load(xs + at, 48);
    let rank0 = all, rank1 = all, rank2 = all, rank3 = all;
    for (let t = thresholds; t < end; t += 4) {
      const threshold = v128.load32_splat(t);
      rank0 = i32x4.add(rank0, f32x4.le(x0, threshold));
      rank1 = i32x4.add(rank1, f32x4.le(x1, threshold));
      rank2 = i32x4.add(rank2, f32x4.le(x2, threshold));
      rank3 = i32x4.add(rank3, f32x4.le(x3, threshold));
    }
    const first = i16x8.narrow_i32x4_s(rank0, rank1);
    const second = i16x8.narrow_i32x4_s(rank2, rank3);
    if (areBytes) v128.store(to + (at >> 2), i8x16.narrow_i16x8_s(first, second));
    else {
      v128.store(to + (at >> 1), i16x8.shl(first, 1));
      v128.store(to + (at >> 1), i16x8.shl(second, 1), 16);
    }
  }
}

/** Writes the ranks in a tree or, unless it is the first one, adds them. */
function search(
  areBytes: bool,
  hasSix: bool,
  isFirst: bool,
  tree: usize,
  xs: usize,
  to: usize,
  bytes: usize,
): void {
  const most = i8x16.splat(load<i8>(tree));
  const middle0 = v128.load32_splat(tree, FIRST_LEVELS);
  const middle1 = v128.load32_splat(tree, FIRST_LEVELS + 4);
  const middle2 = v128.load32_splat(tree, FIRST_LEVELS + 8);
  const a2 = v128.load(tree, LEVEL_2), b2 = v128.load(tree, LEVEL_2 + 16);
  const c2 = v128.load(tree, LEVEL_2 + 32), d2 = v128.load(tree, LEVEL_2 + 48);
  const a3 = v128.load(tree, LEVEL_3), b3 = v128.load(tree, LEVEL_3 + 16);
  const c3 = v128.load(tree, LEVEL_3 + 32), d3 = v128.load(tree, LEVEL_3 + 48);
  const a4 = v128.load(tree, LEVEL_4), b4 = v128.load(tree, LEVEL_4 + 16);
  const c4 = v128.load(tree, LEVEL_4 + 32), d4 = v128.load(tree, LEVEL_4 + 48);
  // Two times sixteen values at once: every step down waits for the one before.
  for (let at: usize = 0; at < bytes; at += 128) {
    const x = xs + at;
    const x0 = v128.load(x), x1 = v128.load(x, 16), x2 = v128.load(x, 32), x3 = v128.load(x, 48);
    const y0 = v128.load(x, 64), y1 = v128.load(x, 80);
    const y2 = v128.load(x, 96), y3 = v128.load(x, 112);
    let p = narrow(
      among(x0, middle0, middle1, middle2),
      among(x1, middle0, middle1, middle2),
      among(x2, middle0, middle1, middle2),
      among(x3, middle0, middle1, middle2),
    );
    let q = narrow(
      among(y0, middle0, middle1, middle2),
      among(y1, middle0, middle1, middle2),
      among(y2, middle0, middle1, middle2),
      among(y3, middle0, middle1, middle2),
    );
    p = descend(p, look(a2, p), look(b2, p), look(c2, p), look(d2, p), x0, x1, x2, x3);
    q = descend(q, look(a2, q), look(b2, q), look(c2, q), look(d2, q), y0, y1, y2, y3);
    p = descend(p, look(a3, p), look(b3, p), look(c3, p), look(d3, p), x0, x1, x2, x3);
    q = descend(q, look(a3, q), look(b3, q), look(c3, q), look(d3, q), y0, y1, y2, y3);
    p = descend(p, look(a4, p), look(b4, p), look(c4, p), look(d4, p), x0, x1, x2, x3);
    q = descend(q, look(a4, q), look(b4, q), look(c4, q), look(d4, q), y0, y1, y2, y3);
    if (hasSix) {
      p = descendSixth(tree, p, x0, x1, x2, x3);
      q = descendSixth(tree, q, y0, y1, y2, y3);
    }
    // What is not a number passed thresholds that only fill up the tree.
    p = i8x16.min_u(p, most);
    q = i8x16.min_u(q, most);
    if (areBytes) {
      const place = to + (at >> 2);
      v128.store(place, i8x16.add(p, isFirst ? i8x16.splat(-128) : v128.load(place)));
      v128.store(place, i8x16.add(q, isFirst ? i8x16.splat(-128) : v128.load(place, 16)), 16);
    } else {
      const place = to + (at >> 1);
      addTwice(isFirst, place, i16x8.extend_low_i8x16_u(p));
      addTwice(isFirst, place + 16, i16x8.extend_high_i8x16_u(p));
      addTwice(isFirst, place + 32, i16x8.extend_low_i8x16_u(q));
      addTwice(isFirst, place + 48, i16x8.extend_high_i8x16_u(q));
    }
  }
}

// @ts-ignore: decorator
@inline
function addTwice(isFirst: bool, place: usize, ranks: v128): void {
  const twice = i16x8.add(ranks, ranks);
  v128.store(place, isFirst ? twice : i16x8.add(twice, v128.load(place)));
}

/** The rank among three thresholds. */
// @ts-ignore: decorator
@inline
function among(x: v128, threshold0: v128, threshold1: v128, threshold2: v128): v128 {
  const few = i32x4.add(f32x4.le(x, threshold0), f32x4.le(x, threshold1));
  return i32x4.add(i32x4.add(i32x4.splat(3), f32x4.le(x, threshold2)), few);
}

// @ts-ignore: decorator
@inline
function narrow(v0: v128, v1: v128, v2: v128, v3: v128): v128 {
  return i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(v0, v1), i16x8.narrow_i32x4_s(v2, v3));
}

// @ts-ignore: decorator
@inline
function look(entries: v128, rank: v128): v128 {
  return i8x16.swizzle(entries, rank);
}

/** Entries of 32, of which the upper half is looked up by the rank less 16. */
// @ts-ignore: decorator
@inline
function lookTwice(entries: usize, rank: v128, upper: v128): v128 {
  return v128.or(
    i8x16.swizzle(v128.load(entries), rank),
    i8x16.swizzle(v128.load(entries, 16), upper),
  );
}

/** From the sixth level to the leaves. */
// @ts-ignore: decorator
@inline
function descendSixth(tree: usize, rank: v128, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  const upper = i8x16.sub(rank, i8x16.splat(16));
  const a = lookTwice(tree + LEVEL_5, rank, upper);
  const b = lookTwice(tree + LEVEL_5 + 32, rank, upper);
  const c = lookTwice(tree + LEVEL_5 + 64, rank, upper);
  const d = lookTwice(tree + LEVEL_5 + 96, rank, upper);
  return descend(rank, a, b, c, d, x0, x1, x2, x3);
}

/** One level down the tree, past thresholds whose bytes these are. */
// @ts-ignore: decorator
@inline
function descend(
  rank: v128,
  a: v128,
  b: v128,
  c: v128,
  d: v128,
  x0: v128,
  x1: v128,
  x2: v128,
  x3: v128,
): v128 {
  const lowHalves0 = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const lowHalves1 = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const highHalves0 = i8x16.shuffle(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const highHalves1 = i8x16.shuffle(c, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  const isAtMost = narrow(
    f32x4.le(x0, i16x8.shuffle(lowHalves0, highHalves0, 0, 8, 1, 9, 2, 10, 3, 11)),
    f32x4.le(x1, i16x8.shuffle(lowHalves0, highHalves0, 4, 12, 5, 13, 6, 14, 7, 15)),
    f32x4.le(x2, i16x8.shuffle(lowHalves1, highHalves1, 0, 8, 1, 9, 2, 10, 3, 11)),
    f32x4.le(x3, i16x8.shuffle(lowHalves1, highHalves1, 4, 12, 5, 13, 6, 14, 7, 15)),
  );
  return i8x16.add(i8x16.add(rank, rank), i8x16.add(i8x16.splat(1), isAtMost));
}
