// Minimum and maximum along one axis.
//
// Narrow windows are compared pixel by pixel. Wide ones by doubling: the minimum of two windows side
// by side is that of a window twice as wide, so a window takes as many passes as its width has bits.

import { copyBytes } from "./_memory";

/** Up to this radius comparing every pixel is faster. */
const NARROW: i32 = 2;

@inline
function extremum(a: v128, b: v128, largest: bool): v128 {
  return largest ? f32x4.max(a, b) : f32x4.min(a, b);
}

/** Along the rows. */
export function extremumRows(
  to: usize,
  toStride: usize,
  toSlice: usize,
  from: usize,
  fromStride: usize,
  fromSlice: usize,
  width: i32,
  height: i32,
  depth: i32,
  radius: i32,
  largest: bool,
  scratch: usize,
): void {
  const rowBytes = (<usize> width) << 2;
  const margin = (<usize> radius) << 2;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const out = to + <usize> z * toSlice + <usize> y * toStride;
      const at = from + <usize> z * fromSlice + <usize> y * fromStride;
      if (radius <= NARROW) {
        narrowLine(out, at, rowBytes, 4, radius, largest);
      } else {
        copyBytes(scratch, at - margin, rowBytes + 2 * margin);
        wideLine(scratch, rowBytes, 4, radius, largest);
        const second = scratch + <usize> (2 * radius + 1 - widthOfPasses(radius)) * 4;
        for (let x: usize = 0; x < rowBytes; x += 16) {
          v128.store(out + x, extremum(v128.load(scratch + x), v128.load(second + x), largest));
        }
      }
    }
  }
}

/** Across the rows: see `convolveAcross`. */
export function extremumAcross(
  to: usize,
  toStride: usize,
  toOther: usize,
  from: usize,
  fromStride: usize,
  fromOther: usize,
  width: i32,
  length: i32,
  others: i32,
  radius: i32,
  largest: bool,
  scratch: usize,
): void {
  const rowBytes = (<usize> width) << 2;
  for (let other = 0; other < others; other++) {
    const out = to + <usize> other * toOther;
    const at = from + <usize> other * fromOther;
    if (radius <= NARROW) {
      for (let i = 0; i < length; i++) {
        const row = <usize> i;
        narrowLine(out + row * toStride, at + row * fromStride, rowBytes, fromStride, radius, largest);
      }
      continue;
    }
    const first = at - <usize> radius * fromStride;
    const second = scratch + <usize> (2 * radius + 1 - widthOfPasses(radius)) * 64;
    for (let c: usize = 0; c < rowBytes; c += 64) {
      for (let i = 0; i < length + 2 * radius; i++) {
        copyBlock(scratch + <usize> i * 64, first + <usize> i * fromStride + c);
      }
      wideLine(scratch, <usize> length * 64, 64, radius, largest);
      for (let i = 0; i < length; i++) {
        const p = <usize> i * 64;
        const result = out + <usize> i * toStride + c;
        for (let b: usize = 0; b < 64; b += 16) {
          v128.store(
            result + b,
            extremum(v128.load(scratch + p + b), v128.load(second + p + b), largest),
          );
        }
      }
    }
  }
}

@inline
function copyBlock(to: usize, from: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
  v128.store(to, v128.load(from, 48), 48);
}

/** The widest power of two that a window holds. */
function widthOfPasses(radius: i32): i32 {
  return 1 << (31 - clz(2 * radius + 1));
}

function narrowLine(
  out: usize,
  from: usize,
  bytes: usize,
  step: usize,
  radius: i32,
  largest: bool,
): void {
  for (let x: usize = 0; x < bytes; x += 16) {
    const p = from + x;
    let value = v128.load(p);
    let left = p, right = p;
    for (let k = 0; k < radius; k++) {
      left -= step;
      right += step;
      value = extremum(value, extremum(v128.load(left), v128.load(right), largest), largest);
    }
    v128.store(out + x, value);
  }
}

/** Leaves the extrema of `widthOfPasses` pixels from each on in place. */
function wideLine(line: usize, bytes: usize, step: usize, radius: i32, largest: bool): void {
  const width = 2 * radius + 1;
  let end = bytes + <usize> (2 * radius) * step;
  for (let size = 1; 2 * size <= width; size *= 2) {
    const offset = <usize> size * step;
    end -= offset;
    for (let x: usize = 0; x < end; x += 16) {
      const p = line + x;
      v128.store(p, extremum(v128.load(p), v128.load(p + offset), largest));
    }
  }
}
