// Connected components by union-find over runs, the stretches of a row in which pixels are of one
// class. Rows follow one another in raster order; threads take strips of them.
//
// A job is a list of 32-bit words, all addresses in bytes:
const NEXT = 0; // the next strip that no thread works on
const NUM_STRIPS = 4;
const STRIP_ROWS = 8;
const NUM_ROWS = 12;
const WIDTH = 16;
const CLASSES = 20; // of the rows from FIRST_ROW on, a byte a pixel
const FIRST_ROW = 24;
const CLASS = 28;
const BITS = 32; // which pixels are of the class, 64-bit words, every row from a word on
const FIRST_RUNS = 36; // the number of runs of every row; later the first run of every row
const STARTS = 40; // the column of the first pixel of every run
const ENDS = 44; // the column behind its last pixel
const PARENTS = 48; // an earlier run of its set, or the run itself
const HEIGHT = 52; // rows of a slice
const REACH = 56; // how far along x pixels of two rows touch: 0, or 1 where corners count
const NUM_NEIGHBOURS = 60;
const NEIGHBOURS = 64; // for each earlier row that touches: its distance in slices and in rows

// @ts-ignore: decorator
@inline
function bytesOfBits(width: i32): usize {
  return <usize>(width + 63 >> 6) << 3;
}

/** Finds which pixels are of the class and counts the runs of rows, strip by strip. */
export function countRuns(job: usize): void {
  const width = load<i32>(job, WIDTH);
  const rowBytes = bytesOfBits(width);
  const stripRows = load<i32>(job, STRIP_ROWS);
  const numRows = load<i32>(job, NUM_ROWS);
  const firstRow = load<i32>(job, FIRST_ROW);
  while (true) {
    const strip = atomic.add<i32>(job, 1, NEXT);
    if (strip >= load<i32>(job, NUM_STRIPS)) break;
    const end = min(numRows, (strip + 1) * stripRows);
    for (let row = strip * stripRows; row < end; row++) {
      const runs = countRow(
        load<usize>(job, CLASSES) + <usize>row * width,
        width,
        load<i32>(job, CLASS),
        load<usize>(job, BITS) + <usize>(firstRow + row) * rowBytes,
      );
      store<i32>(load<usize>(job, FIRST_RUNS) + (<usize>(firstRow + row) << 2), runs);
    }
  }
}

// @ts-ignore: decorator
@inline
function bitsOf(classes: usize, wanted: v128): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(v128.load(classes), wanted));
}

function countRow(classes: usize, width: i32, wanted: i32, bits: usize): i32 {
  const pattern = i8x16.splat(<i8>wanted);
  let runs = 0;
  let last: u64 = 0;
  for (let x = 0; x < width; x += 64, classes += 64, bits += 8) {
    let word = bitsOf(classes, pattern) | bitsOf(classes + 16, pattern) << 16 |
      bitsOf(classes + 32, pattern) << 32 | bitsOf(classes + 48, pattern) << 48;
    // What is read behind the row belongs to the next.
    if (width - x < 64) word &= ((<u64>1) << (width - x)) - 1;
    store<u64>(bits, word);
    runs += <i32>popcnt(word & ~(word << 1 | last));
    last = word >> 63;
  }
  return runs;
}

/** Finds the runs of strips, each a set of its own, and joins those that touch within a strip. */
export function connectStrips(job: usize): void {
  const stripRows = load<i32>(job, STRIP_ROWS);
  const numRows = load<i32>(job, NUM_ROWS);
  while (true) {
    const strip = atomic.add<i32>(job, 1, NEXT);
    if (strip >= load<i32>(job, NUM_STRIPS)) break;
    const first = strip * stripRows;
    const end = min(numRows, first + stripRows);
    for (let row = first; row < end; row++) {
      findRuns(job, row);
      connectRow(job, row, first, row);
    }
  }
}

/** Joins runs that touch across the seams of strips. */
export function connectSeams(job: usize): void {
  const stripRows = load<i32>(job, STRIP_ROWS);
  const numRows = load<i32>(job, NUM_ROWS);
  // In volumes a row touches those of the slice before.
  const reach = load<i32>(job, NUM_NEIGHBOURS) > 1 ? load<i32>(job, HEIGHT) + 1 : 1;
  for (let first = stripRows; first < numRows; first += stripRows) {
    const end = min(first + min(reach, stripRows), numRows);
    for (let row = first; row < end; row++) connectRow(job, row, 0, first);
  }
}

function findRuns(job: usize, row: i32): void {
  const rowBytes = bytesOfBits(load<i32>(job, WIDTH));
  const first = <usize>load<i32>(load<usize>(job, FIRST_RUNS) + (<usize>row << 2));
  const bits = load<usize>(job, BITS) + <usize>row * rowBytes;
  let start = load<usize>(job, STARTS) + (first << 2);
  let end = load<usize>(job, ENDS) + (first << 2);
  let parent = load<usize>(job, PARENTS) + (first << 2);
  let run = <i32>first;
  let last: u64 = 0;
  for (let at: usize = 0; at < rowBytes; at += 8) {
    const word = load<u64>(bits + at);
    const x = <i32>at << 3;
    // Bits where runs begin, and bits behind their ends.
    let changes = word ^ (word << 1 | last);
    let isInside = last != 0;
    for (; changes != 0; changes &= changes - 1) {
      const column = x + <i32>ctz(changes);
      if (isInside) {
        store<i32>(end, column);
        end += 4;
      } else {
        store<i32>(start, column);
        store<i32>(parent, run++);
        start += 4;
        parent += 4;
      }
      isInside = !isInside;
    }
    last = word >> 63;
  }
  if (last != 0) store<i32>(end, load<i32>(job, WIDTH));
}

/** Joins the runs of a row with those of earlier rows from `low` to `high` that they touch. */
function connectRow(job: usize, row: i32, low: i32, high: i32): void {
  const height = load<i32>(job, HEIGHT);
  const numNeighbours = load<i32>(job, NUM_NEIGHBOURS);
  const y = row % height;
  for (let i: usize = 0; i < <usize>numNeighbours; i++) {
    const dz = load<i32>(job + (i << 3), NEIGHBOURS);
    const dy = load<i32>(job + (i << 3), NEIGHBOURS + 4);
    if (y + dy < 0 || y + dy >= height) continue;
    const earlier = row + dz * height + dy;
    if (earlier >= low && earlier < high) connectRows(job, earlier, row);
  }
}

/** Walks along two rows at once, joining runs that touch. */
function connectRows(job: usize, earlier: i32, later: i32): void {
  const firstRuns = load<usize>(job, FIRST_RUNS);
  const starts = load<usize>(job, STARTS);
  const ends = load<usize>(job, ENDS);
  const parents = load<usize>(job, PARENTS);
  const reach = load<i32>(job, REACH);
  const before = firstRuns + (<usize>earlier << 2);
  const behind = firstRuns + (<usize>later << 2);
  let a = load<usize>(before) << 2;
  let b = load<usize>(behind) << 2;
  const lastA = load<usize>(before, 4) << 2;
  const lastB = load<usize>(behind, 4) << 2;
  if (a >= lastA || b >= lastB) return;
  while (true) {
    const endA = load<i32>(ends + a);
    const endB = load<i32>(ends + b);
    if (endA + reach > load<i32>(starts + b) && endB + reach > load<i32>(starts + a)) {
      unite(parents, a >> 2, b >> 2);
    }
    if (endA < endB) {
      a += 4;
      if (a >= lastA) break;
    } else {
      b += 4;
      if (b >= lastB) break;
    }
  }
}

/** Joins two sets; the smaller root becomes the root of both. */
function unite(parents: usize, a: usize, b: usize): void {
  const rootA = find(parents, a);
  const rootB = find(parents, b);
  if (rootA < rootB) store<usize>(parents + (rootB << 2), rootA);
  else store<usize>(parents + (rootA << 2), rootB);
}

/** The root of a set, halving the path to it. */
function find(parents: usize, member: usize): usize {
  let parent = load<usize>(parents + (member << 2));
  while (parent != member) {
    const grandparent = load<usize>(parents + (parent << 2));
    store<usize>(parents + (member << 2), grandparent);
    member = grandparent;
    parent = load<usize>(parents + (member << 2));
  }
  return member;
}

/**
 * Replaces parents by the number of their set, from 1 in the order of the roots, and returns how
 * many sets there are. A parent comes before its children, so one pass is enough.
 */
export function numberSets(parents: usize, length: i32): i32 {
  let count = 0;
  const end = parents + (<usize>length << 2);
  for (let at = parents, run = 0; at < end; at += 4, run++) {
    const parent = load<i32>(at);
    store<i32>(at, parent == run ? ++count : load<i32>(parents + (<usize>parent << 2)));
  }
  return count;
}
