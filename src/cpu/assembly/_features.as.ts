// Runs a list of filters over planes in this memory. A command is a row of 32-bit words: what to do,
// how many words it has, and its arguments. Tables are at addresses; planes and scratch memory may
// also be at an odd number, 1 more than their distance from the memory that this run works in, so
// that one list serves whichever thread comes to run it.

import { convolveAcross, convolveRows } from "./_convolve";
import { copyBytes } from "./_memory";
import { mergeRows, rowSums } from "./_ellipsoid";
import { extremumAcross, extremumRows } from "./_extremum";
import { networkMedianRow, rankMedian } from "./_median";
import { combineRow, gammaRow, powerRow } from "./_pointwise";
import {
  differenceRow,
  hessianRow2d,
  hessianRow3d,
  laplaceBoxRow2d,
  laplaceBoxRow3d,
  laplaceDiamondRow2d,
  laplaceDiamondRow3d,
  sobelRow2d,
  sobelRow3d,
} from "./_stencil";
import { predictRow } from "./_forest";
import { variance } from "./_variance";

let at: usize = 0;
let base: usize = 0;

@inline
function word(i: i32): i32 {
  return load<i32>(at + ((<usize> i) << 2));
}

@inline
function place(i: i32): usize {
  const address = <usize> word(i);
  return (address & 1) != 0 ? base + address - 1 : address;
}

@inline
function bytes(i: i32): usize {
  return <usize> word(i);
}

/**
 * Runs the programs of strips until none is left, or as many as a call may; any number of threads
 * may do so at once. `job` holds the next strip, the last one's successor and, from its third word
 * on, the addresses of programs.
 *
 * @returns Whether there may be more to do.
 */
export function runStrips(job: usize, room: usize, most: i32): bool {
  const end = load<i32>(job, 4);
  for (let left = most; left > 0; left--) {
    const strip = atomic.add<i32>(job, 1);
    if (strip >= end) return false;
    runFilters(load<u32>(job + ((<usize>strip) << 2), 8), room);
  }
  return true;
}

/** Runs the commands from `program` up to one that says 0, in the memory from `room` on. */
function runFilters(program: usize, room: usize): void {
  base = room;
  for (at = program; word(0) != 0; at += (<usize> word(1)) << 2) {
    switch (word(0)) {
      case 1:
        extendEdges();
        break;
      case 2:
        copyPlane();
        break;
      case 3:
        convolve();
        break;
      case 4:
        filterNeighbours();
        break;
      case 5:
        combine();
        break;
      case 6:
        raise();
        break;
      case 7:
        takeExtremum();
        break;
      case 8:
        sumRows();
        break;
      case 9:
        mergePlanes();
        break;
      case 10:
        takeSmallMedian();
        break;
      case 11:
        takeLargeMedian();
        break;
      case 12:
        takeVariance();
        break;
      case 13:
        predictStrip();
        break;
      default:
        unreachable();
    }
  }
}

/** Repeats the edge of a plane around it: 2 plane, 5 size, 8 margins left, right, top, … */
function extendEdges(): void {
  const plane = place(2), stride = bytes(3), slice = bytes(4);
  const width = word(5), height = word(6), depth = word(7);
  const left = word(8), right = word(9), top = word(10), bottom = word(11);
  const front = word(12), back = word(13);
  const rowStart = plane - ((<usize> left) << 2);
  const rowBytes = (<usize> (left + width + right)) << 2;
  for (let z = 0; z < depth; z++) {
    const start = plane + <usize> z * slice;
    if (left > 0 || right > 0) {
      for (let y = 0; y < height; y++) {
        const row = start + <usize> y * stride;
        const end = row + ((<usize> width) << 2);
        const first = load<f32>(row), last = load<f32>(end - 4);
        for (let i = 1; i <= left; i++) store<f32>(row - ((<usize> i) << 2), first);
        for (let i = 0; i < right; i++) store<f32>(end + ((<usize> i) << 2), last);
      }
    }
    const firstRow = rowStart + <usize> z * slice;
    const lastRow = firstRow + <usize> (height - 1) * stride;
    for (let i = 1; i <= top; i++) copyBytes(firstRow - <usize> i * stride, firstRow, rowBytes);
    for (let i = 1; i <= bottom; i++) copyBytes(lastRow + <usize> i * stride, lastRow, rowBytes);
  }
  for (let i = 1; i <= front; i++) copySlice(rowStart - <usize> i * slice, rowStart, rowBytes);
  const last = rowStart + <usize> (depth - 1) * slice;
  for (let i = 1; i <= back; i++) copySlice(last + <usize> i * slice, last, rowBytes);
}

function copySlice(to: usize, from: usize, rowBytes: usize): void {
  const stride = bytes(3);
  for (let y = -word(10); y < word(6) + word(11); y++) {
    copyBytes(to + <usize> y * stride, from + <usize> y * stride, rowBytes);
  }
}

/** 2 result, 5 source, 8 size. Nothing behind a row's end is written: the next strip lies there. */
function copyPlane(): void {
  const rowBytes = (<usize> word(8)) << 2;
  for (let z = 0; z < word(10); z++) {
    for (let y = 0; y < word(9); y++) {
      const to = row(2, y, z), from = row(5, y, z);
      const whole = rowBytes & ~15;
      copyBytes(to, from, whole);
      for (let x = whole; x < rowBytes; x += 4) store<f32>(to + x, load<f32>(from + x));
    }
  }
}

/** The address of a row of a plane that is described from a word on. */
@inline
function row(i: i32, y: i32, z: i32): usize {
  return place(i) + <usize> y * bytes(i + 1) + <usize> z * bytes(i + 2);
}

/** 2 result, 5 source, 8 size, 11 axis, 12 radius, 13 weights, 14 scratch. */
function convolve(): void {
  const axis = word(11);
  if (axis == 0) {
    convolveRows(
      place(2), bytes(3), bytes(4), place(5), bytes(6), bytes(7),
      word(8), word(9), word(10), word(12), bytes(13), place(14),
    );
  } else if (axis == 1) {
    convolveAcross(
      place(2), bytes(3), bytes(4), place(5), bytes(6), bytes(7),
      word(8), word(9), word(10), word(12), bytes(13), place(14),
    );
  } else {
    convolveAcross(
      place(2), bytes(4), bytes(3), place(5), bytes(7), bytes(6),
      word(8), word(10), word(9), word(12), bytes(13), place(14),
    );
  }
}

/** 2 result, 5 source, 8 size, 11 which one. */
function filterNeighbours(): void {
  const stride = bytes(6), slice = bytes(7), rowBytes = (<usize> word(8)) << 2;
  for (let z = 0; z < word(10); z++) {
    for (let y = 0; y < word(9); y++) {
      const out = row(2, y, z), p = row(5, y, z), end = p + rowBytes;
      switch (word(11)) {
        case 0:
          laplaceBoxRow2d(out, p, end, stride);
          break;
        case 1:
          laplaceBoxRow3d(out, p, end, stride, slice);
          break;
        case 2:
          laplaceDiamondRow2d(out, p, end, stride);
          break;
        case 3:
          laplaceDiamondRow3d(out, p, end, stride, slice);
          break;
        case 4:
          sobelRow2d(out, p, end, stride);
          break;
        case 5:
          sobelRow3d(out, p, end, stride, slice);
          break;
        case 6:
          hessianRow2d(out, p, end, stride, false);
          break;
        case 7:
          hessianRow3d(out, p, end, stride, slice, false);
          break;
        case 8:
          hessianRow2d(out, p, end, stride, true);
          break;
        case 9:
          hessianRow3d(out, p, end, stride, slice, true);
          break;
        case 10:
          differenceRow(out, p, end, 4);
          break;
        case 11:
          differenceRow(out, p, end, stride);
          break;
        case 12:
          differenceRow(out, p, end, slice);
          break;
        default:
          unreachable();
      }
    }
  }
}

/** 2 result, 5 first, 8 second, 11 size, 14 whether to divide. */
function combine(): void {
  const rowBytes = (<usize> word(11)) << 2;
  for (let z = 0; z < word(13); z++) {
    for (let y = 0; y < word(12); y++) {
      const a = row(5, y, z);
      combineRow(row(2, y, z), a, row(8, y, z), a + rowBytes, word(14) != 0);
    }
  }
}

/** 2 result, 5 source, 8 size, 11 whether it is gamma, 12 exponent and maximum as doubles. */
function raise(): void {
  const rowBytes = (<usize> word(8)) << 2;
  const exponent = load<f64>(bytes(12)), maximum = load<f64>(bytes(12), 8);
  for (let z = 0; z < word(10); z++) {
    for (let y = 0; y < word(9); y++) {
      const p = row(5, y, z);
      if (word(11) != 0) gammaRow(row(2, y, z), p, p + rowBytes, exponent, maximum);
      else powerRow(row(2, y, z), p, p + rowBytes, exponent);
    }
  }
}

/** 2 result, 5 source, 8 size, 11 axis, 12 radius, 13 whether the largest, 14 scratch. */
function takeExtremum(): void {
  const axis = word(11);
  const largest = word(13) != 0;
  if (axis == 0) {
    extremumRows(
      place(2), bytes(3), bytes(4), place(5), bytes(6), bytes(7),
      word(8), word(9), word(10), word(12), largest, place(14),
    );
  } else if (axis == 1) {
    extremumAcross(
      place(2), bytes(3), bytes(4), place(5), bytes(6), bytes(7),
      word(8), word(9), word(10), word(12), largest, place(14),
    );
  } else {
    extremumAcross(
      place(2), bytes(4), bytes(3), place(5), bytes(7), bytes(6),
      word(8), word(10), word(9), word(12), largest, place(14),
    );
  }
}

/** 2 result, 5 source, 8 size, 11 radius. */
function sumRows(): void {
  const rowBytes = (<usize> word(8)) << 2;
  for (let z = 0; z < word(10); z++) {
    for (let y = 0; y < word(9); y++) {
      const p = row(5, y, z);
      rowSums(row(2, y, z), p, p + rowBytes, word(11));
    }
  }
}

/**
 * 2 result, 5 size, 8 statistic, 9 number of pixels, 10 scratch, 11 number of rows, then each of
 * these as a plane: place, stride, slice.
 */
function mergePlanes(): void {
  const table = place(10);
  const count = word(11);
  for (let z = 0; z < word(7); z++) {
    for (let y = 0; y < word(6); y++) {
      for (let i = 0; i < count; i++) {
        store<u32>(table + ((<usize> i) << 2), <u32> row(12 + 3 * i, y, z));
      }
      mergeRows(row(2, y, z), (<usize> word(5)) << 2, table, count, word(8), <f64> word(9));
    }
  }
}

/**
 * 2 result, 5 source, 8 size, 11 network, 12 its end, 13 place of the median, 14 scratch, 15 number
 * of pixels in the window, then their offsets.
 */
function takeSmallMedian(): void {
  const rowBytes = (<usize> word(8)) << 2;
  for (let z = 0; z < word(10); z++) {
    for (let y = 0; y < word(9); y++) {
      const p = row(5, y, z);
      networkMedianRow(
        row(2, y, z), p, p + rowBytes, at + 64, word(15), bytes(11), bytes(12), bytes(13),
        place(14),
      );
    }
  }
}

/**
 * 2 result, 5 source, 8 size, 11 margins, 14 rank of the median, 15 size of a block, 18 scratch, 19
 * rows, 20 number of rows.
 */
function takeLargeMedian(): void {
  const width = word(8), height = word(9), depth = word(10);
  const blockWidth = word(15), blockHeight = word(16), blockDepth = word(17);
  for (let z = 0; z < depth; z += blockDepth) {
    for (let y = 0; y < height; y += blockHeight) {
      for (let x = 0; x < width; x += blockWidth) {
        rankMedian(
          row(2, y, z) + ((<usize> x) << 2), bytes(3), bytes(4),
          row(5, y, z) + ((<usize> x) << 2), bytes(6), bytes(7),
          min(blockWidth, width - x), min(blockHeight, height - y), min(blockDepth, depth - z),
          word(11), word(12), word(13), word(14), bytes(19), word(20), place(18),
        );
      }
    }
  }
}

/** 2 result, 5 source, 8 size, 11 margins y and z, 13 pixels, 14 root, 15 groups, 16 scratch. */
function takeVariance(): void {
  variance(
    place(2), bytes(3), bytes(4), place(5), bytes(6), bytes(7),
    word(8), word(9), word(10), word(11), word(12), <f64> word(13), word(14) != 0, bytes(15),
    place(16),
  );
}

/**
 * 2 size, 5 the first pixel's number in the job, 6 from a slice's to the next, 7 job, 8 scratch, 9
 * number of features, then each of these as a plane: place, stride, slice.
 */
function predictStrip(): void {
  const width = word(2);
  const planes = place(8);
  const numFeatures = word(9);
  const scratch = planes + ((((<usize> numFeatures) << 2) + 63) & ~63);
  for (let z = 0; z < word(4); z++) {
    for (let y = 0; y < word(3); y++) {
      for (let f = 0; f < numFeatures; f++) {
        store<u32>(planes + ((<usize> f) << 2), <u32> row(10 + 3 * f, y, z));
      }
      predictRow(bytes(7), planes, 0, word(5) + z * word(6) + y * width, width, scratch);
    }
  }
}
