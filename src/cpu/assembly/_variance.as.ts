// The variance of all values over a window: that of each of its rows first, which many windows
// share, then merged pairwise (Chan, Golub and LeVeque 1979). Nothing large cancels, so a constant
// has variance 0 exactly.

import { clearBytes } from "./_memory";

/** Two neighbouring pixels in 64 bits. */
@inline
function pair(p: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(p));
}

/**
 * `groups` holds, for each width of the window's rows, the half-width, the number of rows and their
 * places as pairs y, z; a half-width of -1 ends it. `scratch` has room for the moments of every
 * window and of every row with its margin, four doubles a pixel.
 */
export function variance(
  to: usize,
  toStride: usize,
  toSlice: usize,
  from: usize,
  fromStride: usize,
  fromSlice: usize,
  width: i32,
  height: i32,
  depth: i32,
  marginY: i32,
  marginZ: i32,
  size: f64,
  squareRoot: bool,
  groups: usize,
  scratch: usize,
): void {
  // Means, then squares behind them; an even number of doubles a row.
  const rowBytes = <usize> ((width + 1) & ~1) << 3;
  const paddedHeight = height + 2 * marginY;
  const windows = scratch;
  const windowsBytes = <usize> (height * depth) * rowBytes;
  const rows = windows + 2 * windowsBytes;
  const rowsBytes = <usize> (paddedHeight * (depth + 2 * marginZ)) * rowBytes;
  clearBytes(windows, 2 * windowsBytes);
  let merged: f64 = 0;
  for (let group = groups; load<i32>(group) >= 0;) {
    const halfWidth = load<i32>(group), count = load<i32>(group, 4);
    const length = <f64> (2 * halfWidth + 1);
    for (let z = -marginZ; z < depth + marginZ; z++) {
      for (let y = -marginY; y < height + marginY; y++) {
        const row = (z + marginZ) * paddedHeight + y + marginY;
        const p = from + <usize> z * fromSlice + <usize> y * fromStride;
        rowMoments(rows + <usize> row * rowBytes, rowsBytes, p, rowBytes >> 1, halfWidth);
      }
    }
    const places = group + 8;
    for (let z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        const window = windows + <usize> (z * height + y) * rowBytes;
        for (let i = 0; i < count; i++) {
          const place = places + ((<usize> i) << 3);
          const row = (z + marginZ + load<i32>(place, 4)) * paddedHeight + y + marginY +
            load<i32>(place);
          const before = merged + <f64> i * length;
          const share = length / (before + length);
          mergeMoments(
            window,
            windowsBytes,
            rows + <usize> row * rowBytes,
            rowsBytes,
            rowBytes,
            share,
            before * share,
          );
        }
      }
    }
    merged += <f64> count * length;
    group = places + ((<usize> count) << 3);
  }
  const share = f64x2.splat(size);
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const squares = windows + windowsBytes + <usize> (z * height + y) * rowBytes;
      const out = to + <usize> z * toSlice + <usize> y * toStride;
      for (let x: usize = 0; x < rowBytes; x += 16) {
        const value = f64x2.div(v128.load(squares + x), share);
        const result = squareRoot ? f64x2.sqrt(value) : value;
        v128.store64_lane(out + (x >> 1), f32x4.demote_f64x2_zero(result), 0);
      }
    }
  }
}

function rowMoments(
  to: usize,
  squaresAt: usize,
  from: usize,
  bytes: usize,
  halfWidth: i32,
): void {
  const margin = (<usize> halfWidth) << 2;
  const length = f64x2.splat(<f64> (2 * halfWidth + 1));
  const end = from + bytes;
  for (; from < end; from += 8, to += 16) {
    const last = from + margin;
    let sum = f64x2.splat(0);
    for (let p = from - margin; p <= last; p += 4) sum = f64x2.add(sum, pair(p));
    const middle = f64x2.div(sum, length);
    let squares = f64x2.splat(0);
    for (let p = from - margin; p <= last; p += 4) {
      const distance = f64x2.sub(pair(p), middle);
      squares = f64x2.add(squares, f64x2.mul(distance, distance));
    }
    v128.store(to, middle);
    v128.store(to + squaresAt, squares);
  }
}

function mergeMoments(
  window: usize,
  windowSquaresAt: usize,
  row: usize,
  rowSquaresAt: usize,
  bytes: usize,
  share: f64,
  weight: f64,
): void {
  const shares = f64x2.splat(share), weights = f64x2.splat(weight);
  for (let x: usize = 0; x < bytes; x += 16) {
    const mean = v128.load(window + x);
    const distance = f64x2.sub(v128.load(row + x), mean);
    const squares = window + windowSquaresAt + x;
    v128.store(window + x, f64x2.add(mean, f64x2.mul(distance, shares)));
    const spread = f64x2.mul(f64x2.mul(distance, distance), weights);
    v128.store(
      squares,
      f64x2.add(v128.load(squares), f64x2.add(v128.load(row + rowSquaresAt + x), spread)),
    );
  }
}
