// A forest as tables. What a leaf adds depends only on the few features that are asked on the way
// to it, and of these only on the thresholds that they lie between. So the leaves of many trees are
// one table, indexed by the ranks of its features among their thresholds, and a pixel's votes are
// the sum of one entry of each table.
//
// The list that `src/forest/write_tables.ts` writes has the number of ranked features and that of
// tables; then the ranked features; then for each table the number of its features, where its entries
// are and how many bytes those of one sum take, and for each feature its number, how far a rank
// steps, or where the steps are and before it 0 or, where so few ranks make it possible, minus the
// number of vectors that the lower and then the upper bytes of the steps take. Places count from the
// start of the list.
//
// Ranks and places in tables are 16-bit numbers: twice the rank, and the offset in bytes.

import { clearBytes } from "./_memory";
import { IS_COUNT, NUM_SUMS, TABLES } from "./_job";
import { FEATURE, rank, RANKED_BYTES } from "./_ranks";

/** Tables that are looked up in one pass. */
const TOGETHER = 4;

/** Adds the votes of a block of pixels, whose features begin `from` bytes behind the planes. */
export function sumTables(
  job: usize,
  planes: usize,
  from: usize,
  scratch: usize,
  places: usize,
  sums: usize,
  rowBytes: usize,
  bytes: usize,
): void {
  const list = load<usize>(job, TABLES);
  const numSums = load<i32>(job, NUM_SUMS);
  let at = list + 8;
  for (let i = load<i32>(list); i > 0; i--, at += RANKED_BYTES) {
    const feature = load<usize>(at, FEATURE);
    const xs = load<usize>(planes + (feature << 2)) + from;
    rank(false, list, at, xs, scratch + rowBytes * feature, places, bytes);
  }
  const row = rowBytes >> 1;
  for (let left = load<i32>(list, 4); left > 0;) {
    const tables = at;
    const together = left >= TOGETHER && numSums == 1 ? TOGETHER : 1;
    for (let i = 0; i < together; i++) {
      findPlaces(list, at, scratch, rowBytes, places + row * i, bytes >> 1);
      at += 12 + 12 * load<usize>(at);
    }
    left -= together;
    if (together == TOGETHER) addFour(list, tables, places, row, sums, bytes);
    else {
      const table = list + load<usize>(tables, 4);
      for (let k = 0; k < numSums; k++) {
        addOne(table + load<usize>(tables, 8) * k, places, sums + rowBytes * k, bytes);
      }
    }
  }
  if (load<i32>(job, IS_COUNT)) {
    for (let k = 0; k < numSums; k++) asFloats(sums + rowBytes * k, bytes);
  }
}

/** Where the entry of a table is for each pixel. */
function findPlaces(
  list: usize,
  table: usize,
  scratch: usize,
  rowBytes: usize,
  places: usize,
  bytes: usize,
): void {
  let feature = table + 12;
  let left = load<i32>(table);
  clearBytes(places, bytes);
  while (left > 0) {
    const ranks0 = scratch + rowBytes * load<usize>(feature);
    const stride = load<i32>(feature, 4);
    if (stride <= 0) {
      const steps = list + load<usize>(feature, 8);
      if (stride < 0) {
        if (stride == -1) addSteps(1, places, steps, ranks0, bytes);
        else if (stride == -2) addSteps(2, places, steps, ranks0, bytes);
        else if (stride == -3) addSteps(3, places, steps, ranks0, bytes);
        else addSteps(4, places, steps, ranks0, bytes);
        feature += 12;
        left--;
        continue;
      }
      for (let at: usize = 0; at < bytes; at += 4) {
        addStep(places + at, steps, ranks0 + at);
        addStep(places + at + 2, steps, ranks0 + at + 2);
      }
      feature += 12;
      left--;
      continue;
    }
    // Either all features of a table have strides or none.
    const stride0 = i16x8.splat(load<i16>(feature, 4));
    if (left == 1) {
      for (let at: usize = 0; at < bytes; at += 16) {
        v128.store(places + at, i16x8.add(v128.load(places + at), stepBy(ranks0 + at, stride0)));
      }
      return;
    }
    const ranks1 = scratch + rowBytes * load<usize>(feature, 12);
    const stride1 = i16x8.splat(load<i16>(feature, 16));
    if (left == 2) {
      for (let at: usize = 0; at < bytes; at += 16) {
        const steps = i16x8.add(stepBy(ranks0 + at, stride0), stepBy(ranks1 + at, stride1));
        v128.store(places + at, i16x8.add(v128.load(places + at), steps));
      }
      return;
    }
    const ranks2 = scratch + rowBytes * load<usize>(feature, 24);
    const stride2 = i16x8.splat(load<i16>(feature, 28));
    for (let at: usize = 0; at < bytes; at += 16) {
      const steps = i16x8.add(stepBy(ranks0 + at, stride0), stepBy(ranks1 + at, stride1));
      const more = i16x8.add(steps, stepBy(ranks2 + at, stride2));
      v128.store(places + at, i16x8.add(v128.load(places + at), more));
    }
    feature += 36;
    left -= 3;
  }
}

// @ts-ignore: decorator
@inline
function stepBy(ranks: usize, stride: v128): v128 {
  return i16x8.mul(v128.load(ranks), stride);
}

/** Looks the steps of sixteen ranks up in as many vectors as they take. */
// @ts-ignore: decorator
@inline
function addSteps(numVectors: i32, places: usize, steps: usize, ranks: usize, bytes: usize): void {
  const uppers = steps + (<usize>numVectors << 4);
  const low0 = v128.load(steps), high0 = v128.load(uppers);
  const low1 = numVectors > 1 ? v128.load(steps, 16) : low0;
  const high1 = numVectors > 1 ? v128.load(uppers, 16) : low0;
  const low2 = numVectors > 2 ? v128.load(steps, 32) : low0;
  const high2 = numVectors > 2 ? v128.load(uppers, 32) : low0;
  const low3 = numVectors > 3 ? v128.load(steps, 48) : low0;
  const high3 = numVectors > 3 ? v128.load(uppers, 48) : low0;
  const sixteen = i8x16.splat(16);
  for (let at: usize = 0; at < bytes; at += 32) {
    const first = i16x8.shr_u(v128.load(ranks + at), 1);
    let rank = i8x16.narrow_i16x8_u(first, i16x8.shr_u(v128.load(ranks + at, 16), 1));
    let low = i8x16.swizzle(low0, rank), high = i8x16.swizzle(high0, rank);
    if (numVectors > 1) {
      rank = i8x16.sub(rank, sixteen);
      low = v128.or(low, i8x16.swizzle(low1, rank));
      high = v128.or(high, i8x16.swizzle(high1, rank));
    }
    if (numVectors > 2) {
      rank = i8x16.sub(rank, sixteen);
      low = v128.or(low, i8x16.swizzle(low2, rank));
      high = v128.or(high, i8x16.swizzle(high2, rank));
    }
    if (numVectors > 3) {
      rank = i8x16.sub(rank, sixteen);
      low = v128.or(low, i8x16.swizzle(low3, rank));
      high = v128.or(high, i8x16.swizzle(high3, rank));
    }
    const to = places + at;
    const steps0 = i8x16.shuffle(
      low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23,
    );
    const steps1 = i8x16.shuffle(
      low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31,
    );
    v128.store(to, i16x8.add(v128.load(to), steps0));
    v128.store(to, i16x8.add(v128.load(to, 16), steps1), 16);
  }
}

// @ts-ignore: decorator
@inline
function addStep(place: usize, steps: usize, rank: usize): void {
  const step = load<u16>(steps + <usize>load<u16>(rank));
  store<u16>(place, <u16>(load<u16>(place) + step));
}

// @ts-ignore: decorator
@inline
function entry(table: usize, place: usize): u32 {
  return load<u32>(table + <usize>load<u16>(place));
}

function addFour(
  list: usize,
  tables: usize,
  places: usize,
  row: usize,
  sums: usize,
  bytes: usize,
): void {
  const table0 = list + load<usize>(tables, 4);
  tables += 12 + 12 * load<usize>(tables);
  const table1 = list + load<usize>(tables, 4);
  tables += 12 + 12 * load<usize>(tables);
  const table2 = list + load<usize>(tables, 4);
  tables += 12 + 12 * load<usize>(tables);
  const table3 = list + load<usize>(tables, 4);
  const places1 = places + row, places2 = places1 + row, places3 = places2 + row;
  for (let at: usize = 0; at < bytes; at += 4) {
    const half = at >> 1;
    const votes = entry(table0, places + half) + entry(table1, places1 + half) +
      entry(table2, places2 + half) + entry(table3, places3 + half);
    store<u32>(sums + at, load<u32>(sums + at) + votes);
  }
}

function addOne(table: usize, places: usize, sums: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 8) {
    const place = places + (at >> 1);
    store<u32>(sums + at, load<u32>(sums + at) + entry(table, place));
    store<u32>(sums + at, load<u32>(sums + at, 4) + entry(table, place + 2), 4);
  }
}

function asFloats(sums: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(sums + at, f32x4.convert_i32x4_u(v128.load(sums + at)));
  }
}
