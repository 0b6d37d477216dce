// Convolution along one axis with symmetric weights: Gaussian blur and the mean of a box.
//
// The weights sum up to 1, so that differences from the centre are averaged: a constant stays what
// it is, to the bit, and where the plane is smooth rounding is small.

/** Up to this radius the rows that a strip of columns reads fit into the caches as they lie. */
const PACKED_RADIUS: i32 = 24;
/**
 * Columns across the rows that are convolved together: so many that the processor sees what it will
 * need next, and so few that the rows around them stay in the cache.
 */
const STRIP: i32 = 1024;
/** Pixels of a row that are convolved together with those of three other rows. */
const PART: i32 = 512;
/** Up to this radius transposing rows takes longer than it saves. */
const PLAIN_RADIUS: i32 = 3;
/** Bytes of the sixteen pixels of a row that are computed at a time. */
const BLOCK: usize = 64;
/** Bytes of the four pixels that make up a vector. */
const VECTOR: usize = 16;

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

/** Four vectors that are `step` bytes apart, as are their neighbours; three weights at a time. */
@inline
function convolveFour(
  isTransposed: bool,
  to: usize,
  toStep: usize,
  from: usize,
  step: usize,
  radius: i32,
  weights: usize,
): void {
  const third = from + (step << 1), last = third + step;
  const centre0 = v128.load(from), centre1 = v128.load(from + step);
  const centre2 = v128.load(third), centre3 = v128.load(last);
  const twice0 = f32x4.add(centre0, centre0), twice1 = f32x4.add(centre1, centre1);
  const twice2 = f32x4.add(centre2, centre2), twice3 = f32x4.add(centre3, centre3);
  let sum0 = f32x4.splat(0), sum1 = f32x4.splat(0);
  let sum2 = f32x4.splat(0), sum3 = f32x4.splat(0);
  // The neighbours of the first, second and third on the left, of the second to fourth on the right.
  let left0 = centre0, left1 = centre1, left2 = centre2;
  let right1 = centre1, right2 = centre2, right3 = centre3;
  let l = from, r = last, at = weights;
  const end = weights + ((<usize> radius) << 2);
  for (; at + 8 < end; at += 12) {
    let weight = v128.load32_splat(at);
    l -= step;
    r += step;
    const l1 = v128.load(l), r1 = v128.load(r);
    sum0 = add(sum0, weight, l1, right1, twice0);
    sum1 = add(sum1, weight, left0, right2, twice1);
    sum2 = add(sum2, weight, left1, right3, twice2);
    sum3 = add(sum3, weight, left2, r1, twice3);
    weight = v128.load32_splat(at, 4);
    l -= step;
    r += step;
    const l2 = v128.load(l), r2 = v128.load(r);
    sum0 = add(sum0, weight, l2, right2, twice0);
    sum1 = add(sum1, weight, l1, right3, twice1);
    sum2 = add(sum2, weight, left0, r1, twice2);
    sum3 = add(sum3, weight, left1, r2, twice3);
    weight = v128.load32_splat(at, 8);
    l -= step;
    r += step;
    const l3 = v128.load(l), r3 = v128.load(r);
    sum0 = add(sum0, weight, l3, right3, twice0);
    sum1 = add(sum1, weight, l2, r1, twice1);
    sum2 = add(sum2, weight, l1, r2, twice2);
    sum3 = add(sum3, weight, left0, r3, twice3);
    left0 = l3;
    left1 = l2;
    left2 = l1;
    right1 = r1;
    right2 = r2;
    right3 = r3;
  }
  for (; at < end; at += 4) {
    const weight = v128.load32_splat(at);
    l -= step;
    r += step;
    const l1 = v128.load(l), r1 = v128.load(r);
    sum0 = add(sum0, weight, l1, right1, twice0);
    sum1 = add(sum1, weight, left0, right2, twice1);
    sum2 = add(sum2, weight, left1, right3, twice2);
    sum3 = add(sum3, weight, left2, r1, twice3);
    left2 = left1;
    left1 = left0;
    left0 = l1;
    right1 = right2;
    right2 = right3;
    right3 = r1;
  }
  sum0 = f32x4.add(sum0, centre0);
  sum1 = f32x4.add(sum1, centre1);
  sum2 = f32x4.add(sum2, centre2);
  sum3 = f32x4.add(sum3, centre3);
  if (isTransposed) storeColumns(to, toStep, sum0, sum1, sum2, sum3);
  else {
    v128.store(to, sum0);
    v128.store(to + toStep, sum1);
    v128.store(to + (toStep << 1), sum2);
    v128.store(to + (toStep << 1) + toStep, sum3);
  }
}

/** Stores four vectors as the columns of four rows, `step` bytes apart. */
@inline
function storeColumns(to: usize, step: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab0 = i32x4.shuffle(a, b, 0, 4, 1, 5), ab1 = i32x4.shuffle(a, b, 2, 6, 3, 7);
  const cd0 = i32x4.shuffle(c, d, 0, 4, 1, 5), cd1 = i32x4.shuffle(c, d, 2, 6, 3, 7);
  v128.store(to, i64x2.shuffle(ab0, cd0, 0, 2));
  v128.store(to + step, i64x2.shuffle(ab0, cd0, 1, 3));
  v128.store(to + (step << 1), i64x2.shuffle(ab1, cd1, 0, 2));
  v128.store(to + (step << 1) + step, i64x2.shuffle(ab1, cd1, 1, 3));
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
  scratch: usize,
): void {
  const rowBytes = (<usize> width) << 2;
  for (let z = 0; z < depth; z++) {
    const out = to + <usize> z * toSlice;
    const at = from + <usize> z * fromSlice;
    if (radius > PLAIN_RADIUS && height >= 4) {
      for (let y = 0; y < height; y += 4) {
        // The last four rows may be some that are done already: they come out the same.
        const row = <usize> min(y, height - 4);
        convolveTransposed(
          out + row * toStride, toStride, at + row * fromStride, fromStride, width, radius, weights,
          scratch,
        );
      }
      continue;
    }
    for (let y: usize = 0; y < <usize> height; y++) {
      for (let x: usize = 0; x < rowBytes; x += BLOCK) {
        convolveBlock(out + y * toStride + x, at + y * fromStride + x, 4, radius, weights);
      }
    }
  }
}

/** Four rows along themselves, by their columns. */
function convolveTransposed(
  to: usize,
  toStride: usize,
  from: usize,
  fromStride: usize,
  width: i32,
  radius: i32,
  weights: usize,
  scratch: usize,
): void {
  const centre = scratch + <usize> radius * VECTOR;
  for (let x = 0; x < width; x += PART) {
    const count = min(PART, width - x);
    const end = scratch + <usize> (count + 2 * radius) * VECTOR;
    let row = from + ((<usize> (x - radius)) << 2);
    for (let columns = scratch; columns < end; columns += BLOCK) {
      const second = row + fromStride, third = second + fromStride;
      storeColumns(
        columns, VECTOR, v128.load(row), v128.load(second), v128.load(third),
        v128.load(third + fromStride),
      );
      row += VECTOR;
    }
    for (let i = 0; i < count; i += 4) {
      convolveFour(
        true, to + ((<usize> (x + i)) << 2), toStride, centre + <usize> i * VECTOR, VECTOR, radius,
        weights,
      );
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
      const columns = min(width - x, STRIP);
      const byte = (<usize> x) << 2;
      convolveColumns(
        out + byte, toStride, at + byte, fromStride, columns, length, radius, weights,
      );
    }
  }
}

/** Across the rows, four of them at a time where there are as many. */
@inline
function convolveColumns(
  to: usize,
  toStride: usize,
  from: usize,
  fromStride: usize,
  width: i32,
  length: i32,
  radius: i32,
  weights: usize,
): void {
  const end = (<usize> width) << 2;
  if (length < 4) {
    for (let i: usize = 0; i < <usize> length; i++) {
      for (let c: usize = 0; c < end; c += BLOCK) {
        convolveBlock(to + i * toStride + c, from + i * fromStride + c, fromStride, radius, weights);
      }
    }
    return;
  }
  for (let i = 0; i < length; i += 4) {
    const row = <usize> min(i, length - 4);
    const out = to + row * toStride, at = from + row * fromStride;
    for (let c: usize = 0; c < end; c += VECTOR) {
      convolveFour(false, out + c, toStride, at + c, fromStride, radius, weights);
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
  for (let x = 0; x < width; x += 16) {
    const byte = (<usize> x) << 2;
    for (let i = 0; i < rows; i++) {
      const source = first + <usize> i * fromStride + byte;
      const copy = scratch + <usize> i * BLOCK;
      v128.store(copy, v128.load(source));
      v128.store(copy, v128.load(source, 16), 16);
      v128.store(copy, v128.load(source, 32), 32);
      v128.store(copy, v128.load(source, 48), 48);
    }
    convolveColumns(to + byte, toStride, centre, BLOCK, 16, length, radius, weights);
  }
}
