// What training works on: a job that all threads share, and a piece of scratch memory for each.
// `enter` must come first in every exported function; what it sets holds until the function ends.

import { COUNTER_BYTES } from "./_sort";
import { TWISTER_WORDS } from "./_twister";

// A job is a list of 32-bit words, all addresses in bytes:
const SAMPLES = 0; // samples × features as 32-bit floats; a ranked feature's column holds its
// distinct values instead, ascending
const RANKS = 4; // features × samples
const FEATURES = 8; // for every feature the number of distinct values and whether some are crowded
const CLASSES = 12; // class indices, bytes
const NUM_SAMPLES = 16; // less than 2 ** 24
const NUM_FEATURES = 20;
const NUM_CLASSES = 24; // at most 255
const MAX_DEPTH = 28;
const GAP = 32; // values at most this apart are not split, a 32-bit float
const NUM_TREES = 36;
const TREES = 40; // the seed of every tree, and when it is done its number of nodes
const NODES = 44; // the nodes of the first tree
const TREE_BYTES = 48; // how far the nodes of the next tree are
export const NEXT_FEATURE = 52; // the next one that no thread works on
export const NEXT_TREE = 56; // the next one that no thread works on
export const NUM_DONE = 60; // trees that are done
export const IS_CANCELLED = 64;
export const HAS_WRONG = 68; // whether a sample is not finite
//
// A node, behind which its left child follows:
export const FEATURE = 0; // -1 at a leaf
export const RIGHT = 4; // the number of the right child
export const THRESHOLD = 8; // a 64-bit float
export const COUNTS = 16; // the weight of every class

/** A sample's class lies above its bootstrap weight in one word. */
export const CLASS_SHIFT = 24;
export const WEIGHT_MASK = (1 << CLASS_SHIFT) - 1;

/** Ranks are told apart by so many buckets at most. */
const MAX_BUCKETS = 4096;

/** Fewer where there are many classes, so that the counts of all buckets stay in the cache. */
const MAX_CELLS = 2 * MAX_BUCKETS;

/** The bytes of what a thread remembers between two calls. */
const STATE_BYTES = 64;

/** The bytes of a node that waits: its samples, depth, parent, side and constant features. */
export const PENDING_BYTES = 24;

export let numSamples: i32 = 0;
export let numFeatures: i32 = 0;
export let numClasses: i32 = 0;
export let maxDepth: i32 = 0;
export let numTrees: i32 = 0;
export let nodeBytes: usize = 0;
export let gap: f32 = 0;

export let samples: usize = 0;
export let classes: usize = 0;
export let trees: usize = 0;

export let state: usize = 0;
export let twister: usize = 0;
/** Numbers of the twister. */
export let numbers: usize = 0;
/** The features in the order that draws have left them in. */
export let order: usize = 0;
/** The features that are constant in the ancestors of a node. */
export let constants: usize = 0;
/** The weight of every class in a node, in its left child, and left of a cut. */
export let totals: usize = 0;
export let bestLeft: usize = 0;
export let lefts: usize = 0;
export let pending: usize = 0;
/** How often each sample was drawn, 16 bits. */
export let weights: usize = 0;
/** The samples of the nodes, and their classes and weights. */
export let rows: usize = 0;
export let weighted: usize = 0;
/** Room for as many 64-bit words as there are samples, twice. */
export let words: usize = 0;
export let spare: usize = 0;
/** The ranks of a node's samples, and those of its best feature. */
export let keys: usize = 0;
export let bestKeys: usize = 0;
/** The weight of every class in every bucket, bounds and marks of the buckets. */
export let cells: usize = 0;
export let bounds: usize = 0;
export let marks: usize = 0;
export let counters: usize = 0;

let ranks: usize = 0;
let features: usize = 0;
let nodes: usize = 0;
let treeBytes: usize = 0;
let end: usize = 0;

/** Sets all of the above. */
export function enter(job: usize, scratch: usize): void {
  numSamples = load<i32>(job, NUM_SAMPLES);
  numFeatures = load<i32>(job, NUM_FEATURES);
  numClasses = load<i32>(job, NUM_CLASSES);
  maxDepth = load<i32>(job, MAX_DEPTH);
  numTrees = load<i32>(job, NUM_TREES);
  nodeBytes = (<usize>COUNTS + (<usize>numClasses << 2) + 7) & ~7;
  gap = load<f32>(job, GAP);
  samples = load<usize>(job, SAMPLES);
  ranks = load<usize>(job, RANKS);
  features = load<usize>(job, FEATURES);
  classes = load<usize>(job, CLASSES);
  trees = load<usize>(job, TREES);
  nodes = load<usize>(job, NODES);
  treeBytes = load<usize>(job, TREE_BYTES);

  end = scratch;
  state = take(STATE_BYTES);
  twister = take(TWISTER_WORDS << 2);
  numbers = take(TWISTER_WORDS << 2);
  order = take(<usize>numFeatures << 2);
  constants = take(<usize>numFeatures << 2);
  totals = take(<usize>numClasses << 2);
  bestLeft = take(<usize>numClasses << 2);
  lefts = take(<usize>numClasses << 2);
  pending = take(<usize>(min(maxDepth, numSamples) + 2) * PENDING_BYTES);
  weights = take(<usize>(weightMask() + 1) << 1);
  rows = take(<usize>numSamples << 2);
  weighted = take(<usize>numSamples << 2);
  words = take(<usize>numSamples << 3);
  spare = take(<usize>numSamples << 3);
  keys = take(<usize>numSamples << 2);
  bestKeys = take(<usize>numSamples << 2);
  cells = take((<usize>(mostBuckets() + 1) * numClasses) << 2);
  bounds = take(MAX_BUCKETS << 3);
  marks = take(MAX_BUCKETS);
  counters = take(COUNTER_BYTES);
}

/** The bytes of scratch memory that each thread needs. */
export function scratchSize(job: usize): usize {
  enter(job, 0);
  return end;
}

function take(bytes: usize): usize {
  const start = end;
  end = (end + bytes + 15) & ~15;
  return start;
}

/** The bits that the number of a sample can have. */
export function weightMask(): i32 {
  return numSamples < 2 ? 0 : -1 >>> clz<i32>(numSamples - 1);
}

/** As many buckets as a feature is cut into at most. */
export function mostBuckets(): i32 {
  return max(64, MAX_CELLS / max(2, numClasses));
}

/** The ranks of all samples in a feature. */
export function ranksOf(feature: i32): usize {
  return ranks + ((<usize>feature * numSamples) << 2);
}

/** The value of a feature that has a rank. */
export function valueOf(feature: i32, rank: u32): f32 {
  return load<f32>(samples + ((<usize>rank * numFeatures + feature) << 2));
}

export function isCrowded(feature: i32): bool {
  return load<i32>(features + (<usize>feature << 3), 4) != 0;
}

export function describeFeature(feature: i32, numDistinct: i32, isCrowded: bool): void {
  store<i32>(features + (<usize>feature << 3), numDistinct);
  store<i32>(features + (<usize>feature << 3), isCrowded, 4);
}

export function nodesOf(tree: i32): usize {
  return nodes + <usize>tree * treeBytes;
}

/** The words of the best feature so far become those of the next, and the other way round. */
export function keepKeys(): void {
  const kept = keys;
  keys = bestKeys;
  bestKeys = kept;
}
