// Trees as they are, below their first levels, which complete trees stand for. A node is a threshold,
// the offset of its feature in the block, the address of its children and what it adds or, with
// several sums, where that begins. Leaves ask a feature that is 0 and lead to themselves.

import { findLeaf, GROUPS, NUM_TREES_IN_GROUP, rankGroup, TREES_IN_GROUP } from "./_complete";
import { firstLook, nextLook, restoreSums, takeDecided } from "./_decided";
import {
  BELOW,
  COMPLETE,
  IS_COUNT,
  LEAVES,
  LEVELS,
  NODES,
  NUM_SUMS,
  TREE_BYTES,
} from "./_job";

/**
 * Adds what trees of any depth vote: the first levels at once, the others node by node.
 *
 * @param xs The features of the block, which begin `from` bytes behind the planes.
 * @param kept Rows for the sums of pixels that are decided before all trees have voted.
 */
export function walkAll(
  job: usize,
  planes: usize,
  from: usize,
  xs: usize,
  ranks: usize,
  places: usize,
  sums: usize,
  kept: usize,
  rowBytes: usize,
  bytes: usize,
): void {
  const list = load<usize>(job, COMPLETE);
  const numSums = load<i32>(job, NUM_SUMS);
  const treeBytes = load<usize>(job, TREE_BYTES);
  const isCount = load<i32>(job, IS_COUNT) != 0;
  const levels = load<i32>(job, LEVELS);
  const leaves = load<usize>(job, LEAVES);
  const first = places + rowBytes;
  let below = load<usize>(job, BELOW);
  let group = list + GROUPS;
  let number = 0;
  let look = firstLook(job);
  let length = <i32>(bytes >> 2);
  let isWhole = true;
  for (let left = load<i32>(list); left > 0; left--) {
    const next = rankGroup(list, group, planes, from, ranks, places, rowBytes, bytes, isWhole ? 0 : xs);
    let tree = list + load<usize>(group, TREES_IN_GROUP);
    for (let i = load<i32>(group, NUM_TREES_IN_GROUP); i > 0; i--, tree += treeBytes) {
      if (look > 0 && number >= look) {
        const before = length;
        length = takeDecided(
          job, number, xs, ranks, load<i32>(group), sums, kept, rowBytes, length, isWhole,
        );
        if (length < before) isWhole = false;
        bytes = (<usize>length << 2) + 63 & ~63;
        look = nextLook(job, number);
      }
      number++;
      if (levels == 3) findLeaves(3, list, ranks, tree, first, bytes);
      else if (levels == 4) findLeaves(4, list, ranks, tree, first, bytes);
      else findLeaves(5, list, ranks, tree, first, bytes);
      const exits = tree + (<usize>8 << levels);
      walk(xs, load<usize>(job, NODES), exits, first, places, bytes, load<i32>(below));
      below += 4;
      if (numSums == 1) {
        for (let at: usize = 0; at < bytes; at += 16) {
          if (isCount) add(true, sums + at, v128.load(places + at));
          else add(false, sums + at, v128.load(places + at));
        }
      } else {
        for (let k = 0; k < numSums; k++) {
          addLeaves(isCount, leaves + (<usize>k << 2), places, sums + rowBytes * k, bytes);
        }
      }
    }
    group = next;
  }
  if (!isWhole) restoreSums(job, sums, kept, rowBytes, length);
}

// @ts-ignore: decorator
@inline
function findLeaves(
  levels: i32,
  list: usize,
  ranks: usize,
  tree: usize,
  to: usize,
  bytes: usize,
): void {
  const s2 = v128.load32_splat(list, 4), s4 = v128.load32_splat(list, 8);
  const s8 = v128.load32_splat(list, 12), s16 = v128.load32_splat(list, 16);
  const end = bytes >> 2;
  for (let at: usize = 0; at < end; at += 16) {
    v128.store(to + at, findLeaf(levels, ranks + at, tree, s2, s4, s8, s16));
  }
}

// @ts-ignore: decorator
@inline
function add(isCount: bool, sums: usize, votes: v128): void {
  const old = v128.load(sums);
  v128.store(sums, isCount ? f32x4.add(old, votes) : i32x4.add(old, votes));
}

function addLeaves(isCount: bool, leaves: usize, places: usize, sums: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 4) {
    const leaf = leaves + load<usize>(places + at);
    if (isCount) store<f32>(sums + at, load<f32>(sums + at) + load<f32>(leaf));
    else store<i32>(sums + at, load<i32>(sums + at) + load<i32>(leaf));
  }
}

// @ts-ignore: decorator
@inline
function step(x: usize, node: usize): usize {
  const isRight = !(load<f32>(x + load<usize>(node, 4)) <= load<f32>(node));
  return load<usize>(node, 8) + (<usize>isRight << 4);
}

// @ts-ignore: decorator
@inline
function exit(nodes: usize, exits: usize, leaf: usize): usize {
  return nodes + load<usize>(exits + (leaf << 2));
}

/** Writes to `places` what the leaves below the first levels hold, of which `first` has the leaf. */
function walk(
  xs: usize,
  nodes: usize,
  exits: usize,
  first: usize,
  places: usize,
  bytes: usize,
  levels: i32,
): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = xs + at;
    const leaf = first + (at >> 2);
    let a = exit(nodes, exits, <usize>load<u8>(leaf));
    let b = exit(nodes, exits, <usize>load<u8>(leaf, 1));
    let c = exit(nodes, exits, <usize>load<u8>(leaf, 2));
    let d = exit(nodes, exits, <usize>load<u8>(leaf, 3));
    for (let level = levels; level > 0; level--) {
      a = step(x, a);
      b = step(x + 4, b);
      c = step(x + 8, c);
      d = step(x + 12, d);
    }
    store<i32>(places + at, load<i32>(a, 12));
    store<i32>(places + at, load<i32>(b, 12), 4);
    store<i32>(places + at, load<i32>(c, 12), 8);
    store<i32>(places + at, load<i32>(d, 12), 12);
  }
}
