// The first levels of trees as complete trees, sixteen pixels at a time: all decisions are taken,
// then the way from the root is chosen among them. Decisions compare ranks in bytes, so trees form
// groups whose features have at most 255 thresholds each.
//
// The list that `src/forest/complete_trees.ts` writes has the number of groups, the numbers -2, -4, -8
// and -16 in each byte of a word, since a constant would be made anew whenever it is used, then for each group
// the number of its ranked features, that of its trees, where these are, and the features. A tree
// is its decisions in the order of a heap, a threshold's rank in each byte of a word and where the
// ranks of its feature are in a block; then what its leaves hold, from left to right: the bytes of
// what they add, for each sum the lowest bytes of all leaves first, or the offsets of nodes. Trees
// of two levels come in pairs, the second one's leaves counting on with those of the first.

import { COMPLETE, IS_COUNT, LEVELS, NUM_SUMS, TREE_BYTES } from "./_job";
import { FEATURE, rank, RANKED_BYTES } from "./_ranks";

/** Where the trees of a group are, behind the number of its ranked features. */
export const NUM_TREES_IN_GROUP = 4;
export const TREES_IN_GROUP = 8;
const GROUP_BYTES: usize = 12;

/** Where the groups begin. */
export const GROUPS: usize = 20;

/**
 * Ranks the features of a group, which begin `from` bytes behind the planes or are the rows of a
 * block.
 *
 * @returns Where the next group is.
 */
export function rankGroup(
  list: usize,
  group: usize,
  planes: usize,
  from: usize,
  ranks: usize,
  copy: usize,
  rowBytes: usize,
  bytes: usize,
  block: usize,
): usize {
  let ranked = group + GROUP_BYTES;
  for (let left = load<i32>(group); left > 0; left--) {
    const feature = load<usize>(ranked, FEATURE);
    const xs = block ? block + rowBytes * feature : load<usize>(planes + (feature << 2)) + from;
    rank(true, list, ranked, xs, ranks, copy, bytes);
    ranks += rowBytes >> 2;
    ranked += RANKED_BYTES;
  }
  return ranked;
}

/** Adds what trees that are complete add; the features begin `from` bytes behind the planes. */
export function sumComplete(
  job: usize,
  planes: usize,
  from: usize,
  ranks: usize,
  copy: usize,
  sums: usize,
  rowBytes: usize,
  bytes: usize,
): void {
  const list = load<usize>(job, COMPLETE);
  const numSums = load<i32>(job, NUM_SUMS);
  const treeBytes = load<usize>(job, TREE_BYTES);
  const levels = load<i32>(job, LEVELS);
  let group = list + GROUPS;
  for (let left = load<i32>(list); left > 0; left--) {
    const next = rankGroup(list, group, planes, from, ranks, copy, rowBytes, bytes, 0);
    const trees = list + load<usize>(group, TREES_IN_GROUP);
    const end = trees + load<usize>(group, NUM_TREES_IN_GROUP) * treeBytes;
    const leaves: usize = <usize>8 << max(3, levels);
    for (let k = 0; k < numSums; k++) {
      const to = sums + rowBytes * k;
      const table = leaves + (<usize>k << (levels == 5 ? 7 : 6));
      if (levels == 2) sumTrees(2, list, ranks, trees, end, treeBytes, table, to, bytes);
      else if (levels == 3) sumTrees(3, list, ranks, trees, end, treeBytes, table, to, bytes);
      else if (levels == 4) sumTrees(4, list, ranks, trees, end, treeBytes, table, to, bytes);
      else sumTrees(5, list, ranks, trees, end, treeBytes, table, to, bytes);
    }
    group = next;
  }
  if (load<i32>(job, IS_COUNT)) {
    for (let at: usize = 0; at < rowBytes * numSums; at += 16) {
      v128.store(sums + at, f32x4.convert_i32x4_u(v128.load(sums + at)));
    }
  }
}

// @ts-ignore: decorator
@inline
function sumTrees(
  levels: i32,
  list: usize,
  ranks: usize,
  trees: usize,
  end: usize,
  treeBytes: usize,
  leaves: usize,
  sums: usize,
  bytes: usize,
): void {
  const zero = i8x16.splat(0);
  const s2 = v128.load32_splat(list, 4), s4 = v128.load32_splat(list, 8);
  const s8 = v128.load32_splat(list, 12), s16 = v128.load32_splat(list, 16);
  for (let at: usize = 0; at < bytes; at += 64) {
    const x = ranks + (at >> 2);
    // The upper halves of what is added, then the two lower bytes, eight pixels a vector.
    let halves0 = zero, halves1 = zero, seconds0 = zero, seconds1 = zero;
    let firsts0 = zero, firsts1 = zero;
    for (let tree = trees; tree < end; tree += treeBytes) {
      const leaf = findLeaf(levels, x, tree, s2, s4, s8, s16);
      const table = tree + leaves;
      const first = look(levels, leaf, s16, table);
      const second = look(levels, leaf, s16, table + (levels == 5 ? 32 : 16));
      const third = look(levels, leaf, s16, table + (levels == 5 ? 64 : 32));
      const fourth = look(levels, leaf, s16, table + (levels == 5 ? 96 : 48));
      firsts0 = i16x8.add(firsts0, i16x8.extend_low_i8x16_u(first));
      firsts1 = i16x8.add(firsts1, i16x8.extend_high_i8x16_u(first));
      seconds0 = i16x8.add(seconds0, i16x8.extend_low_i8x16_u(second));
      seconds1 = i16x8.add(seconds1, i16x8.extend_high_i8x16_u(second));
      halves0 = i16x8.add(
        halves0,
        i8x16.shuffle(third, fourth, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23),
      );
      halves1 = i16x8.add(
        halves1,
        i8x16.shuffle(third, fourth, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
      );
    }
    const to = sums + at;
    add(to, wholeLow(firsts0, seconds0, halves0));
    add(to + 16, wholeHigh(firsts0, seconds0, halves0));
    add(to + 32, wholeLow(firsts1, seconds1, halves1));
    add(to + 48, wholeHigh(firsts1, seconds1, halves1));
  }
}

// @ts-ignore: decorator
@inline
function wholeLow(firsts: v128, seconds: v128, halves: v128): v128 {
  const low = i32x4.add(
    i32x4.extend_low_i16x8_u(firsts),
    i32x4.shl(i32x4.extend_low_i16x8_u(seconds), 8),
  );
  return i32x4.add(low, i32x4.shl(i32x4.extend_low_i16x8_u(halves), 16));
}

// @ts-ignore: decorator
@inline
function wholeHigh(firsts: v128, seconds: v128, halves: v128): v128 {
  const low = i32x4.add(
    i32x4.extend_high_i16x8_u(firsts),
    i32x4.shl(i32x4.extend_high_i16x8_u(seconds), 8),
  );
  return i32x4.add(low, i32x4.shl(i32x4.extend_high_i16x8_u(halves), 16));
}

// @ts-ignore: decorator
@inline
function add(sums: usize, votes: v128): void {
  v128.store(sums, i32x4.add(v128.load(sums), votes));
}

/** Entries of a table of 16 bytes, or of 32 for five levels. */
// @ts-ignore: decorator
@inline
function look(levels: i32, leaf: v128, s16: v128, table: usize): v128 {
  const entry = i8x16.swizzle(v128.load(table), leaf);
  if (levels < 5) return entry;
  const upper = i8x16.add(leaf, s16);
  return v128.or(entry, i8x16.swizzle(v128.load(table, 16), upper));
}

/** The number of the leaf that each of sixteen pixels reaches. */
// @ts-ignore: decorator
@inline
export function findLeaf(
  levels: i32,
  x: usize,
  tree: usize,
  s2: v128,
  s4: v128,
  s8: v128,
  s16: v128,
): v128 {
  const zero = i8x16.splat(0);
  if (levels == 2) {
    const first = v128.bitselect(
      i8x16.add(v128.and(goesRight(x, tree, 2), s4), s8),
      v128.and(goesRight(x, tree, 1), s4),
      goesRight(x, tree, 0),
    );
    return i8x16.sub(zero, i8x16.add(first, two(x, tree + 24, 0, s2)));
  }
  if (levels == 3) return i8x16.sub(zero, three(x, tree, 0, s2, s4));
  if (levels == 4) return i8x16.sub(zero, four(x, tree, 0, s2, s4, s8));
  const left = four(x, tree, 1, s2, s4, s8);
  return i8x16.sub(
    zero,
    choose(goesRight(x, tree, 0), left, four(x, tree, 2, s2, s4, s8), s16),
  );
}

// Below node `n` of the heap, the number of the leaf with its sign reversed:

// @ts-ignore: decorator
@inline
function two(x: usize, tree: usize, n: usize, s2: v128): v128 {
  const left = goesRight(x, tree, 2 * n + 1);
  return choose(goesRight(x, tree, n), left, goesRight(x, tree, 2 * n + 2), s2);
}

// @ts-ignore: decorator
@inline
function three(x: usize, tree: usize, n: usize, s2: v128, s4: v128): v128 {
  const left = two(x, tree, 2 * n + 1, s2);
  return choose(goesRight(x, tree, n), left, two(x, tree, 2 * n + 2, s2), s4);
}

// @ts-ignore: decorator
@inline
function four(x: usize, tree: usize, n: usize, s2: v128, s4: v128, s8: v128): v128 {
  const left = three(x, tree, 2 * n + 1, s2, s4);
  return choose(goesRight(x, tree, n), left, three(x, tree, 2 * n + 2, s2, s4), s8);
}

// @ts-ignore: decorator
@inline
function choose(isRight: v128, left: v128, right: v128, step: v128): v128 {
  return v128.bitselect(i8x16.add(right, step), left, isRight);
}

/** All bits where the rank is larger than the threshold's, which is -1 as a number. */
// @ts-ignore: decorator
@inline
function goesRight(x: usize, tree: usize, n: usize): v128 {
  const node = tree + (n << 3);
  return i8x16.gt_s(v128.load(x + load<usize>(node, 4)), v128.load32_splat(node));
}
