// Forest inference on ranges of pixels, in blocks whose features and votes stay in the cache.
//
// A job is a list of 32-bit words, all addresses in bytes:
const PLANES = 0; // address of the addresses of the feature planes
const NUM_FEATURES = 4;
const BLOCK = 8; // pixels in a block, a multiple of 16
const NUM_TREES = 12;
const TOPS = 16; // the first levels of every tree, as complete trees
const TOP_BYTES = 20; // of one tree
const TOP_DEPTH = 24; // 2 or 3
const NODES = 28; // the other levels; 0 where the first are all
const LEVELS = 32; // how many other levels each tree has
const LEAVES = 36; // what leaves add, where nodes do not hold it
const NUM_SUMS = 40;
const NUM_CLASSES = 44;
const IS_COUNT = 48; // votes are 32-bit floats rather than integers
const WHOLE = 52; // the second sum is this minus the first, where NUM_SUMS < NUM_CLASSES
const MARGIN = 56; // sums that are as close as this do not decide
const NUMBERS = 60; // class numbers, bytes
const CLASSES = 64; // bytes, one a pixel; this and the next are 0 unless asked for
const UNDECIDED = 68; // bits, one a pixel
const PROBABILITIES = 72; // address of the addresses of the planes
const UNCERTAINTY = 76;
const TOTAL = 80; // the sum of all votes as a 64-bit float; 0 where pixels differ
const NEXT = 88; // the next pixel that no thread works on
const LENGTH = 92; // the number of pixels
//
// The first levels of a tree are its decisions in the order of a heap, a threshold and the offset
// of its feature in the block each; then for every sum the leaves in pairs, each the right one and
// the bits in which the left one differs. With nodes, the leaves are offsets of nodes.
//
// A node is a threshold, the offset of its feature, the address of its children and what it adds
// or, with several sums, where that begins. Leaves ask a feature that is 0 and lead to themselves.

/** The bytes of scratch memory that `predict` needs. */
export function scratchBytes(job: usize): i32 {
  const rows = load<i32>(job, NUM_FEATURES) + 2 + max(2, load<i32>(job, NUM_CLASSES));
  return rows * load<i32>(job, BLOCK) * 4;
}

/** Pixels that a thread takes at once. */
const SHARE = 4096;

/** Predicts all pixels of a job, together with other threads that do the same. */
export function predict(job: usize, scratch: usize): void {
  const length = load<i32>(job, LENGTH);
  while (true) {
    const start = atomic.add<i32>(job, SHARE, NEXT);
    if (start >= length) break;
    predictRange(job, start, min(start + SHARE, length), scratch);
  }
}

/** Predicts the pixels from `start`, a multiple of 32, to `end`. */
function predictRange(job: usize, start: i32, end: i32, scratch: usize): void {
  const block = load<i32>(job, BLOCK);
  const rowBytes = <usize>block << 2;
  const numFeatures = load<i32>(job, NUM_FEATURES);
  const planes = load<usize>(job, PLANES);
  const numClasses = load<i32>(job, NUM_CLASSES);
  const zeros = scratch + rowBytes * numFeatures;
  const places = zeros + rowBytes;
  const sums = places + rowBytes;
  clear(zeros, rowBytes);
  for (let first = start; first < end; first += block) {
    const length = min(block, end - first);
    const bytes = (<usize>length << 2) + 31 & ~31;
    for (let f = 0; f < numFeatures; f++) {
      copy(scratch + rowBytes * f, load<usize>(planes + (<usize>f << 2)) + (<usize>first << 2), bytes);
    }
    clear(sums, rowBytes * numClasses);
    if (load<usize>(job, NODES)) walkAll(job, scratch, places, sums, rowBytes, bytes);
    else sumTops(job, scratch, sums, rowBytes, bytes);
    const needsBoth = load<usize>(job, PROBABILITIES) | load<usize>(job, UNCERTAINTY);
    if (load<i32>(job, NUM_SUMS) < numClasses && needsBoth) {
      const whole = i32x4.splat(load<i32>(job, WHOLE));
      for (let at: usize = 0; at < bytes; at += 16) {
        v128.store(sums + rowBytes + at, i32x4.sub(whole, v128.load(sums + at)));
      }
    }
    finish(job, sums, rowBytes, first, length);
  }
}

function copy(to: usize, from: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 32) {
    v128.store(to + at, v128.load(from + at));
    v128.store(to + at, v128.load(from + at, 16), 16);
  }
}

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

function sumTops(job: usize, xs: usize, sums: usize, rowBytes: usize, bytes: usize): void {
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

function walkAll(
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

function finish(job: usize, sums: usize, rowBytes: usize, first: i32, length: i32): void {
  const numClasses = load<i32>(job, NUM_CLASSES);
  const isCount = load<i32>(job, IS_COUNT) != 0;
  const classes = load<usize>(job, CLASSES);
  if (classes) {
    if (load<i32>(job, NUM_SUMS) == 1 && numClasses == 2) {
      decideTwo(job, sums, classes + first, first, length);
    } else if (isCount) decide<f32>(job, sums, rowBytes, numClasses, classes + first, first, length);
    else decide<u32>(job, sums, rowBytes, numClasses, classes + first, first, length);
  }
  const planes = load<usize>(job, PROBABILITIES);
  const whole = load<f64>(job, TOTAL);
  if (planes) {
    if (isCount) share<f32>(sums, rowBytes, numClasses, planes, whole, first, length);
    else share<u32>(sums, rowBytes, numClasses, planes, whole, first, length);
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

/** As `decide` for two classes of which one sum is known; bytes up to a multiple of 32. */
function decideTwo(job: usize, sums: usize, classes: usize, first: i32, length: i32): void {
  const numbers = load<usize>(job, NUMBERS);
  const number0 = v128.load8_splat(numbers);
  const number1 = v128.load8_splat(numbers, 1);
  const whole = i32x4.splat(load<i32>(job, WHOLE));
  const margin = i32x4.splat(load<i32>(job, MARGIN));
  let undecided = load<usize>(job, UNDECIDED) + ((<usize>first >> 5) << 2);
  for (let i = 0; i < length; i += 32) {
    let bits: u32 = 0;
    for (let half = 0; half < 32; half += 16) {
      const from = sums + (<usize>(i + half) << 2);
      const seconds = i8x16.narrow_i16x8_s(
        i16x8.narrow_i32x4_s(isSecond(from, whole), isSecond(from + 16, whole)),
        i16x8.narrow_i32x4_s(isSecond(from + 32, whole), isSecond(from + 48, whole)),
      );
      v128.store(classes + i + half, v128.bitselect(number1, number0, seconds));
      bits |= (closeBits(from, whole, margin) | closeBits(from + 16, whole, margin) << 4 |
        closeBits(from + 32, whole, margin) << 8 | closeBits(from + 48, whole, margin) << 12) <<
        half;
    }
    if (length - i < 32) bits &= ((<u32>1) << (length - i)) - 1;
    store<u32>(undecided, bits);
    undecided += 4;
  }
}

/** The class of the first largest sum; a bit where it is not ahead by more than the margin. */
function decide<T>(
  job: usize,
  sums: usize,
  rowBytes: usize,
  numClasses: i32,
  classes: usize,
  first: i32,
  length: i32,
): void {
  const numbers = load<usize>(job, NUMBERS);
  const margin = load<u32>(job, MARGIN);
  const undecided = load<usize>(job, UNDECIDED) + ((<usize>first >> 5) << 2);
  let bits: u32 = 0;
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
    store<u8>(classes + i, load<u8>(numbers + best));
    if (isInteger<T>()) {
      bits |= <u32>(largest - second <= margin) << (i & 31);
      if ((i & 31) == 31 || i == length - 1) {
        store<u32>(undecided + ((<usize>i >> 5) << 2), bits);
        bits = 0;
      }
    }
  }
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
  planes: usize,
  whole: f64,
  first: i32,
  length: i32,
): void {
  for (let i = 0; i < length; i++) {
    const at = sums + (<usize>i << 2);
    const total = whole > 0 ? whole : totalOf<T>(at, rowBytes, numClasses);
    for (let k = 0; k < numClasses; k++) {
      const plane = load<usize>(planes + (<usize>k << 2)) + (<usize>(first + i) << 2);
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

function clear(to: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) v128.store(to + at, i32x4.splat(0));
}
