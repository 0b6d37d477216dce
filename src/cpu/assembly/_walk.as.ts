// Trees as they are. The first levels of a tree are its decisions in the order of a heap, a threshold
// and the offset of its feature in the block each; then for every sum the leaves in pairs, each the
// right one and the bits in which the left one differs. With nodes, the leaves are offsets of nodes.
//
// A node is a threshold, the offset of its feature, the address of its children and what it adds
// or, with several sums, where that begins. Leaves ask a feature that is 0 and lead to themselves.

import {
  IS_COUNT,
  LEAVES,
  LEVELS,
  NODES,
  NUM_SUMS,
  NUM_TREES,
  TOP_BYTES,
  TOP_DEPTH,
  TOPS,
} from "./_job";

// @ts-ignore: decorator
@inline
function goesLeft(xs: usize, at: usize, node: usize): v128 {
  return f32x4.le(v128.load(xs + load<usize>(node, 4) + at), v128.load32_splat(node));
}

// @ts-ignore: decorator
@inline
function choose(isLeft: v128, left: v128, right: v128): v128 {
  return v128.xor(right, v128.and(isLeft, v128.xor(left, right)));
}

// @ts-ignore: decorator
@inline
function chooseLeaf(isLeft: v128, leaves: usize): v128 {
  return v128.xor(v128.load32_splat(leaves), v128.and(isLeft, v128.load32_splat(leaves, 4)));
}

// @ts-ignore: decorator
@inline
function top3(xs: usize, at: usize, top: usize, leaves: usize): v128 {
  const left = choose(
    goesLeft(xs, at, top + 8),
    chooseLeaf(goesLeft(xs, at, top + 24), leaves),
    chooseLeaf(goesLeft(xs, at, top + 32), leaves + 8),
  );
  const right = choose(
    goesLeft(xs, at, top + 16),
    chooseLeaf(goesLeft(xs, at, top + 40), leaves + 16),
    chooseLeaf(goesLeft(xs, at, top + 48), leaves + 24),
  );
  return choose(goesLeft(xs, at, top), left, right);
}

// @ts-ignore: decorator
@inline
function add(isCount: bool, sums: usize, votes: v128): void {
  const old = v128.load(sums);
  v128.store(sums, isCount ? f32x4.add(old, votes) : i32x4.add(old, votes));
}

/** Adds what complete trees of two or three levels vote. */
export function sumTops(job: usize, xs: usize, sums: usize, rowBytes: usize, bytes: usize): void {
  const numTrees = load<i32>(job, NUM_TREES);
  const numSums = load<i32>(job, NUM_SUMS);
  const topBytes = load<usize>(job, TOP_BYTES);
  const isCount = load<i32>(job, IS_COUNT) != 0;
  const isThree = load<i32>(job, TOP_DEPTH) == 3;
  let top = load<usize>(job, TOPS);
  for (let tree = 0; tree < numTrees; tree++, top += topBytes) {
    for (let k = 0; k < numSums; k++) {
      const to = sums + rowBytes * k;
      if (isThree) {
        const leaves = top + 56 + (<usize>k << 5);
        if (isCount) sumThree(true, xs, top, leaves, to, bytes);
        else sumThree(false, xs, top, leaves, to, bytes);
      } else {
        const leaves = top + 24 + (<usize>k << 4);
        if (isCount) sumTwo(true, xs, top, leaves, to, bytes);
        else sumTwo(false, xs, top, leaves, to, bytes);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function sumThree(isCount: bool, xs: usize, top: usize, leaves: usize, to: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) add(isCount, to + at, top3(xs, at, top, leaves));
}

// @ts-ignore: decorator
@inline
function sumTwo(isCount: bool, xs: usize, top: usize, leaves: usize, to: usize, bytes: usize): void {
  const threshold0 = v128.load32_splat(top);
  const threshold1 = v128.load32_splat(top, 8);
  const threshold2 = v128.load32_splat(top, 16);
  const leaf1 = v128.load32_splat(leaves);
  const change1 = v128.load32_splat(leaves, 4);
  const leaf3 = v128.load32_splat(leaves, 8);
  const change3 = v128.load32_splat(leaves, 12);
  const x0 = xs + load<usize>(top, 4);
  const x1 = xs + load<usize>(top, 12);
  const x2 = xs + load<usize>(top, 20);
  for (let at: usize = 0; at < bytes; at += 32) {
    const left = v128.xor(leaf1, v128.and(f32x4.le(v128.load(x1 + at), threshold1), change1));
    const right = v128.xor(leaf3, v128.and(f32x4.le(v128.load(x2 + at), threshold2), change3));
    add(isCount, to + at, choose(f32x4.le(v128.load(x0 + at), threshold0), left, right));
    const left2 = v128.xor(leaf1, v128.and(f32x4.le(v128.load(x1 + at, 16), threshold1), change1));
    const right2 = v128.xor(leaf3, v128.and(f32x4.le(v128.load(x2 + at, 16), threshold2), change3));
    add(isCount, to + at + 16, choose(f32x4.le(v128.load(x0 + at, 16), threshold0), left2, right2));
  }
}

/** Adds what trees of any depth vote: the first levels at once, the others node by node. */
export function walkAll(
  job: usize,
  xs: usize,
  places: usize,
  sums: usize,
  rowBytes: usize,
  bytes: usize,
): void {
  const numTrees = load<i32>(job, NUM_TREES);
  const numSums = load<i32>(job, NUM_SUMS);
  const topBytes = load<usize>(job, TOP_BYTES);
  const isCount = load<i32>(job, IS_COUNT) != 0;
  const levels = load<usize>(job, LEVELS);
  const nodes = i32x4.splat(load<i32>(job, NODES));
  const leaves = load<usize>(job, LEAVES);
  let top = load<usize>(job, TOPS);
  for (let tree = 0; tree < numTrees; tree++, top += topBytes) {
    for (let at: usize = 0; at < bytes; at += 16) {
      v128.store(places + at, i32x4.add(nodes, top3(xs, at, top, top + 56)));
    }
    walk(xs, places, bytes, load<i32>(levels + (<usize>tree << 2)));
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

/** Replaces the nodes at `places` by what the leaves below them hold. */
function walk(xs: usize, places: usize, bytes: usize, levels: i32): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const x = xs + at;
    let a = load<usize>(places + at);
    let b = load<usize>(places + at, 4);
    let c = load<usize>(places + at, 8);
    let d = load<usize>(places + at, 12);
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

