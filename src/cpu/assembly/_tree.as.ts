// A tree, grown as scikit-learn's depth-first builder does: from the same random numbers, in the
// same order of nodes and features.

import {
  beginSplit,
  bestFeature,
  bestRankRight,
  rankLeft,
  tryFeature,
} from "./_split";
import {
  bestKeys,
  bestLeft,
  CLASS_SHIFT,
  classes,
  constants,
  COUNTS,
  FEATURE,
  maxDepth,
  nodeBytes,
  nodesOf,
  numbers,
  numClasses,
  numFeatures,
  numSamples,
  order,
  pending,
  PENDING_BYTES,
  RIGHT,
  rows,
  state,
  THRESHOLD,
  totals,
  trees,
  twister,
  valueOf,
  weighted,
  weightMask,
  weights,
  words,
} from "./_training_job";
import { clearBytes } from "./_memory";
import { seedTwister, temper, temperAll, twist, TWISTER_WORDS } from "./_twister";

// What a thread remembers between two calls:
const TREE = 0; // one more than the tree that it grows, 0 where there is none
const NUM_NODES = 4;
const NUM_PENDING = 8;
const RANDOM = 12;

// A node that waits:
const START = 0;
const END = 4;
const DEPTH = 8;
const PARENT = 12; // -1 at the root
const IS_LEFT = 16;
const NUM_CONSTANTS = 20;

/** The difference between 1 and the next larger 64-bit float. */
const EPSILON: f64 = 2.220446049250313e-16;

export function hasTree(): bool {
  return load<i32>(state, TREE) != 0;
}

/** Draws the samples of a tree; its root waits to be grown. */
export function beginTree(tree: i32, seed: u32): void {
  const size = drawSamples(seed);
  for (let i = 0; i < numFeatures; i++) store<i32>(order + (<usize>i << 2), i);
  store<i32>(state, tree + 1, TREE);
  store<i32>(state, 0, NUM_NODES);
  store<i32>(state, 0, NUM_PENDING);
  push(0, size, 0, -1, false, 0);
}

/**
 * The bootstrap: as many draws with replacement as there are samples. The generator of the nodes is
 * seeded by the first number of the same stream.
 *
 * @returns How many samples were drawn at least once.
 */
function drawSamples(seed: u32): i32 {
  const largest = numSamples - 1;
  const mask = weightMask();
  clearBytes(weights, <usize>(mask + 1) << 1);
  seedTwister(twister, seed);
  twist(twister);
  let first = 0;
  while ((temper(load<u32>(twister + (<usize>first << 2))) & 0x7fffffff) == 0x7fffffff) first++;
  store<u32>(state, temper(load<u32>(twister + (<usize>first << 2))) & 0x7fffffff, RANDOM);
  let numDrawn = 0;
  while (numDrawn < numSamples) {
    temperAll(numbers, twister, mask);
    const end = numbers + (TWISTER_WORDS << 2);
    for (let at = numbers; at < end && numDrawn < numSamples; at += 4) {
      const row = load<i32>(at);
      const weight = weights + (<usize>row << 1);
      store<u16>(weight, load<u16>(weight) + 1);
      // Numbers beyond the last sample do not count.
      numDrawn += <i32>(row <= largest);
    }
    twist(twister);
  }
  for (let c = 0; c < numClasses; c++) store<u32>(totals + (<usize>c << 2), 0);
  let size: usize = 0;
  for (let row = 0; row < numSamples; row++) {
    const weight = <u32>load<u16>(weights + (<usize>row << 1));
    const index = <u32>load<u8>(classes + row);
    store<i32>(rows + (size << 2), row);
    store<u32>(weighted + (size << 2), (index << CLASS_SHIFT) | weight);
    const total = totals + (<usize>index << 2);
    store<u32>(total, load<u32>(total) + weight);
    size += <usize>(weight != 0);
  }
  return <i32>size;
}

function push(
  start: i32,
  end: i32,
  depth: i32,
  parent: i32,
  isLeft: bool,
  numConstants: i32,
): void {
  const count = load<i32>(state, NUM_PENDING);
  const at = pending + <usize>count * PENDING_BYTES;
  store<i32>(at, start, START);
  store<i32>(at, end, END);
  store<i32>(at, depth, DEPTH);
  store<i32>(at, parent, PARENT);
  store<i32>(at, isLeft, IS_LEFT);
  store<i32>(at, numConstants, NUM_CONSTANTS);
  store<i32>(state, count + 1, NUM_PENDING);
}

/** Grows the node that waits first; returns how many values it looked at. */
export function growNode(): f64 {
  const tree = load<i32>(state, TREE) - 1;
  const count = load<i32>(state, NUM_PENDING) - 1;
  if (count < 0) {
    store<i32>(trees + (<usize>tree << 2), load<i32>(state, NUM_NODES));
    store<i32>(state, 0, TREE);
    return 1;
  }
  store<i32>(state, count, NUM_PENDING);
  const entry = pending + <usize>count * PENDING_BYTES;
  const start = load<i32>(entry, START);
  const end = load<i32>(entry, END);
  const depth = load<i32>(entry, DEPTH);
  const nodes = nodesOf(tree);
  const index = load<i32>(state, NUM_NODES);
  store<i32>(state, index + 1, NUM_NODES);
  const node = nodes + <usize>index * nodeBytes;
  countNode(node, nodes, load<i32>(entry, PARENT), load<i32>(entry, IS_LEFT) != 0, index);
  store<i32>(node, -1, FEATURE);
  store<i32>(node, 0, RIGHT);
  store<f64>(node, 0, THRESHOLD);
  const size = end - start;
  const impurity = gini(totals);
  if (depth >= maxDepth || size < 2 || impurity <= EPSILON) return 16;
  const numTried = load<i32>(entry, NUM_CONSTANTS);
  const numConstants = chooseSplit(start, size, numTried);
  const looked = <f64>size * <f64>visited;
  if (bestFeature < 0 || decrease(impurity) + EPSILON < 0) return looked;
  store<i32>(node, bestFeature, FEATURE);
  store<f64>(node, threshold(rankLeft(size)), THRESHOLD);
  const middle = depth + 1 < maxDepth ? partition(start, end) : start;
  push(middle, end, depth + 1, index, false, numConstants);
  push(start, middle, depth + 1, index, true, numConstants);
  return looked + size;
}

/** Writes the class weights of a node and keeps them in `totals`. */
function countNode(node: usize, nodes: usize, parent: i32, isLeft: bool, index: i32): void {
  const bytes = <usize>numClasses << 2;
  if (parent >= 0) {
    const above = nodes + <usize>parent * nodeBytes;
    if (isLeft) {
      for (let at: usize = 0; at < bytes; at += 4) {
        store<u32>(totals + at, load<u32>(bestLeft + at));
      }
    } else {
      // The left child came right behind its parent.
      store<i32>(above, index, RIGHT);
      for (let at: usize = 0; at < bytes; at += 4) {
        const left = load<u32>(above + nodeBytes + at, COUNTS);
        store<u32>(totals + at, load<u32>(above + at, COUNTS) - left);
      }
    }
  }
  for (let at: usize = 0; at < bytes; at += 4) {
    store<u32>(node + at, load<u32>(totals + at), COUNTS);
  }
}

function weightOf(counts: usize): f64 {
  let weight: f64 = 0;
  for (let at: usize = 0; at < <usize>numClasses << 2; at += 4) {
    weight += <f64>load<u32>(counts + at);
  }
  return weight;
}

function gini(counts: usize): f64 {
  const weight = weightOf(counts);
  let squares: f64 = 0;
  for (let at: usize = 0; at < <usize>numClasses << 2; at += 4) {
    const count = <f64>load<u32>(counts + at);
    squares += count * count;
  }
  return 1 - squares / (weight * weight);
}

/** The weighted decrease in impurity, which rounding can make negative. */
function decrease(impurity: f64): f64 {
  const weight = weightOf(totals);
  const left = weightOf(bestLeft);
  const impurityLeft = gini(bestLeft);
  for (let at: usize = 0; at < <usize>numClasses << 2; at += 4) {
    store<u32>(totals + at, load<u32>(totals + at) - load<u32>(bestLeft + at));
  }
  const right = weightOf(totals);
  const impurityRight = gini(totals);
  return (weight / numSamples) *
    (impurity - (right / weight) * impurityRight - (left / weight) * impurityLeft);
}

/** How many features the last node looked at. */
let visited: i32 = 0;

/**
 * Draws features without replacement, constant ones for free, and keeps the best split.
 *
 * `order` holds, from the front: constants known from the ancestors, constants found here, features
 * not yet drawn, features drawn. Its order outlives the node except for the front.
 *
 * @returns How many features are constant for the children.
 */
function chooseSplit(start: i32, size: i32, numConstants: i32): i32 {
  const enough = max(1, <i32>Math.sqrt(<f64>numFeatures));
  let undrawn = numFeatures;
  let numVisited = 0;
  let numFound = 0;
  let numDrawn = 0;
  visited = 0;
  beginSplit();
  while (
    undrawn > numConstants + numFound &&
    (numVisited < enough || numVisited <= numFound + numDrawn)
  ) {
    numVisited++;
    let at = randomBetween(numDrawn, undrawn - numFound);
    if (at < numConstants) {
      swap(numDrawn++, at);
      continue;
    }
    at += numFound;
    visited++;
    if (tryFeature(load<i32>(order + (<usize>at << 2)), start, size)) swap(--undrawn, at);
    else swap(numConstants + numFound++, at);
  }
  for (let at: usize = 0; at < <usize>numConstants << 2; at += 4) {
    store<i32>(order + at, load<i32>(constants + at));
  }
  const numAll = numConstants + numFound;
  for (let at = <usize>numConstants << 2; at < <usize>numAll << 2; at += 4) {
    store<i32>(constants + at, load<i32>(order + at));
  }
  return numAll;
}

function swap(i: i32, j: i32): void {
  const first = order + (<usize>i << 2);
  const second = order + (<usize>j << 2);
  const value = load<i32>(first);
  store<i32>(first, load<i32>(second));
  store<i32>(second, value);
}

/** scikit-learn's `rand_r`: a xorshift generator cut to 31 bits. */
function randomBetween(low: i32, high: i32): i32 {
  let word = load<u32>(state, RANDOM);
  if (word == 0) word = 1;
  word ^= word << 13;
  word ^= word >>> 17;
  word ^= word << 5;
  store<u32>(state, word, RANDOM);
  return low + <i32>((word & 0x7fffffff) % <u32>(high - low));
}

/** Half way between the neighbours of the cut; the lower one where that cannot be told apart. */
function threshold(rankLeft: u32): f64 {
  const low = <f64>valueOf(bestFeature, rankLeft);
  const high = <f64>valueOf(bestFeature, bestRankRight);
  const middle = low / 2 + high / 2;
  return middle == high || !isFinite(middle) ? low : middle;
}

/** Moves the samples of the left child in front, keeping the order for the sake of the cache. */
function partition(start: i32, end: i32): i32 {
  const size = <usize>(end - start) << 2;
  const from = rows + (<usize>start << 2);
  const weightedFrom = weighted + (<usize>start << 2);
  const ranks = bestKeys;
  const limit = bestRankRight;
  const others = words;
  let left: usize = 0;
  let right: usize = 0;
  for (let at: usize = 0; at < size; at += 4) {
    const row = load<u32>(from + at);
    const word = load<u32>(weightedFrom + at);
    const isLeft = <usize>(load<u32>(ranks + at) < limit) << 2;
    store<u32>(from + left, row);
    store<u32>(weightedFrom + left, word);
    store<u64>(others + (right << 1), (<u64>word << 32) | row);
    left += isLeft;
    right += 4 - isLeft;
  }
  for (let at: usize = 0; at < right; at += 4) {
    const pair = load<u64>(others + (at << 1));
    store<u32>(from + left + at, <u32>pair);
    store<u32>(weightedFrom + left + at, <u32>(pair >>> 32));
  }
  return start + <i32>(left >>> 2);
}
