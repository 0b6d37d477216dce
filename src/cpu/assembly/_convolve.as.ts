// Convolution along one axis with symmetric weights: Gaussian blur and the mean of a box.
//
// The weights sum up to 1, so that differences from the centre are averaged: a constant stays what
// it is, to the bit, and where the plane is smooth rounding is small.

/** Up to this radius the rows that a strip of columns reads fit into the caches as they lie. */
const PACKED_RADIUS: i32 = 24;
/** Columns across the rows that are convolved together, so that their rows stay in the cache. */
const STRIP: i32 = 64;
/** Bytes of the sixteen pixels that are computed at a time. */
const BLOCK: usize = 64;

/** A sum, and the weighted differences of the pixels on either side from the centre. */
@inline
function add(sum: v128, weight: v128, left: v128, right: v128, twice: v128): v128 {
  return f32x4.add(sum, f32x4.mul(weight, f32x4.sub(f32x4.add(left, right), twice)));
}

/** Sixteen pixels whose neighbours are `step` bytes apart; two weights at a time. */
@inline
function convolveBlock(to: usize, from: usize, step: usize, radius: i32, weights: usize): void {
  const centre0 = v128.load(from), centre1 = v128.load(from, 16);
  const centre2 = v128.load(from, 32), centre3 = v128.load(from, 48);
  const twice0 = f32x4.add(centre0, centre0), twice1 = f32x4.add(centre1, centre1);
  const twice2 = f32x4.add(centre2, centre2), twice3 = f32x4.add(centre3, centre3);
  let sum0 = f32x4.splat(0), sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0), sum3 = f32x4.splat(0);
  let l = from, r = from, at = weights;
  const steps = step << 1;
  const end = weights + ((<usize> (radius & ~1)) << 2);
  while (at < end) {
    const left = l - step, right = r + step;
    l -= steps;
    r += steps;
    let weight = v128.load32_splat(at);
    sum0 = add(sum0, weight, v128.load(left), v128.load(right), twice0);
    sum1 = add(sum1, weight, v128.load(left, 16), v128.load(right, 16), twice1);
    sum2 = add(sum2, weight, v128.load(left, 32), v128.load(right, 32), twice2);
    sum3 = add(sum3, weight, v128.load(left, 48), v128.load(right, 48), twice3);
    weight = v128.load32_splat(at, 4);
    sum0 = add(sum0, weight, v128.load(l), v128.load(r), twice0);
    sum1 = add(sum1, weight, v128.load(l, 16), v128.load(r, 16), twice1);
    sum2 = add(sum2, weight, v128.load(l, 32), v128.load(r, 32), twice2);
    sum3 = add(sum3, weight, v128.load(l, 48), v128.load(r, 48), twice3);
    at += 8;
  }
  if ((radius & 1) != 0) {
    l -= step;
    r += step;
    const weight = v128.load32_splat(at);
    sum0 = add(sum0, weight, v128.load(l), v128.load(r), twice0);
    sum1 = add(sum1, weight, v128.load(l, 16), v128.load(r, 16), twice1);
    sum2 = add(sum2, weight, v128.load(l, 32), v128.load(r, 32), twice2);
    sum3 = add(sum3, weight, v128.load(l, 48), v128.load(r, 48), twice3);
  }
  v128.store(to, f32x4.add(sum0, centre0));
  v128.store(to, f32x4.add(sum1, centre1), 16);
  v128.store(to, f32x4.add(sum2, centre2), 32);
  v128.store(to, f32x4.add(sum3, centre3), 48);
}

/** Along the rows. */
export function convolveRows(
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
  weights: usize,
): void {
  const rowBytes = (<usize> width) << 2;
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const out = to + <usize> z * toSlice + <usize> y * toStride;
      const at = from + <usize> z * fromSlice + <usize> y * fromStride;
      for (let x: usize = 0; x < rowBytes; x += BLOCK) {
        convolveBlock(out + x, at + x, 4, radius, weights);
      }
    }
  }
}

/**
 * Across the rows: `length` pixels that are `fromStride` bytes apart, for every column, on `others`
 * planes of lines.
 */
export function convolveAcross(
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
  weights: usize,
  scratch: usize,
): void {
  for (let other = 0; other < others; other++) {
    const out = to + <usize> other * toOther;
    const at = from + <usize> other * fromOther;
    if (radius > PACKED_RADIUS) {
      convolvePacked(out, toStride, at, fromStride, width, length, radius, weights, scratch);
      continue;
    }
    for (let x = 0; x < width; x += STRIP) {
      const end = (<usize> min(width, x + STRIP)) << 2;
      for (let i = 0; i < length; i++) {
        const row = <usize> i;
        for (let c = (<usize> x) << 2; c < end; c += BLOCK) {
          convolveBlock(out + row * toStride + c, at + row * fromStride + c, fromStride, radius, weights);
        }
      }
    }
  }
}

/** Sixteen columns at a time, copied so that a wide kernel reads one stretch of memory. */
function convolvePacked(
  to: usize,
  toStride: usize,
  from: usize,
  fromStride: usize,
  width: i32,
  length: i32,
  radius: i32,
  weights: usize,
  scratch: usize,
): void {
  const rows = length + 2 * radius;
  const first = from - <usize> radius * fromStride;
  const centre = scratch + <usize> radius * BLOCK;
  const end = (<usize> width) << 2;
  for (let c: usize = 0; c < end; c += BLOCK) {
    for (let i = 0; i < rows; i++) {
      const source = first + <usize> i * fromStride + c;
      const copy = scratch + <usize> i * BLOCK;
      v128.store(copy, v128.load(source));
      v128.store(copy, v128.load(source, 16), 16);
      v128.store(copy, v128.load(source, 32), 32);
      v128.store(copy, v128.load(source, 48), 48);
    }
    for (let i = 0; i < length; i++) {
      convolveBlock(to + <usize> i * toStride + c, centre + <usize> i * BLOCK, BLOCK, radius, weights);
    }
  }
}
