// Filters over direct neighbours. Everything is made of differences between pixels, which are small
// and nearly exact where a plane is smooth, and 0 where it is constant.

/** A third of a turn. */
const TURN: f64 = 2.0943951023931953;

@inline
function at(p: usize): v128 {
  return v128.load(p);
}

@inline
function difference(a: usize, b: usize): v128 {
  return f32x4.sub(v128.load(a), v128.load(b));
}

/** a + 2 b + c */
@inline
function smooth(a: v128, b: v128, c: v128): v128 {
  return f32x4.add(f32x4.add(a, c), f32x4.add(b, b));
}

/** The pixels on either side, each minus the centre. */
@inline
function bend(p: usize, centre: v128, step: usize): v128 {
  return f32x4.add(f32x4.sub(at(p - step), centre), f32x4.sub(at(p + step), centre));
}

/** Minus the sum of the differences of a row of three from the centre. */
@inline
function boxRow(p: usize, centre: v128): v128 {
  return f32x4.add(bend(p, centre, 4), f32x4.sub(at(p), centre));
}

/** The sum of the differences of 3 × 3 pixels of a slice from the centre. */
@inline
function boxSlice(p: usize, centre: v128, stride: usize): v128 {
  return f32x4.add(
    f32x4.add(boxRow(p - stride, centre), boxRow(p + stride, centre)),
    boxRow(p, centre),
  );
}

/** The difference along `along`, smoothed across `across`. */
@inline
function slope(p: usize, along: usize, across: usize): v128 {
  return smooth(
    difference(p - across + along, p - across - along),
    difference(p + along, p - along),
    difference(p + across + along, p + across - along),
  );
}

@inline
function slope3d(p: usize, along: usize, across: usize, beyond: usize): v128 {
  return smooth(
    slope(p - beyond, along, across),
    slope(p, along, across),
    slope(p + beyond, along, across),
  );
}

export function differenceRow(out: usize, p: usize, end: usize, step: usize): void {
  for (; p < end; p += 16, out += 16) v128.store(out, difference(p + step, p - step));
}

export function laplaceBoxRow2d(out: usize, p: usize, end: usize, stride: usize): void {
  for (; p < end; p += 16, out += 16) {
    const centre = at(p);
    const around = f32x4.add(boxRow(p - stride, centre), boxRow(p + stride, centre));
    v128.store(out, f32x4.sub(f32x4.splat(0), f32x4.add(around, bend(p, centre, 4))));
  }
}

export function laplaceBoxRow3d(
  out: usize,
  p: usize,
  end: usize,
  stride: usize,
  slice: usize,
): void {
  for (; p < end; p += 16, out += 16) {
    const centre = at(p);
    const sum = f32x4.add(
      f32x4.add(boxSlice(p - slice, centre, stride), boxSlice(p + slice, centre, stride)),
      boxSlice(p, centre, stride),
    );
    v128.store(out, f32x4.sub(f32x4.splat(0), sum));
  }
}

export function laplaceDiamondRow2d(out: usize, p: usize, end: usize, stride: usize): void {
  for (; p < end; p += 16, out += 16) {
    const centre = at(p);
    const sum = f32x4.add(bend(p, centre, 4), bend(p, centre, stride));
    v128.store(out, f32x4.sub(f32x4.splat(0), sum));
  }
}

export function laplaceDiamondRow3d(
  out: usize,
  p: usize,
  end: usize,
  stride: usize,
  slice: usize,
): void {
  for (; p < end; p += 16, out += 16) {
    const centre = at(p);
    const sum = f32x4.add(
      f32x4.add(bend(p, centre, 4), bend(p, centre, stride)),
      bend(p, centre, slice),
    );
    v128.store(out, f32x4.sub(f32x4.splat(0), sum));
  }
}

export function sobelRow2d(out: usize, p: usize, end: usize, stride: usize): void {
  for (; p < end; p += 16, out += 16) {
    const x = slope(p, 4, stride);
    const y = slope(p, stride, 4);
    v128.store(out, f32x4.sqrt(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y))));
  }
}

export function sobelRow3d(out: usize, p: usize, end: usize, stride: usize, slice: usize): void {
  for (; p < end; p += 16, out += 16) {
    const x = slope3d(p, 4, stride, slice);
    const y = slope3d(p, stride, 4, slice);
    const z = slope3d(p, slice, 4, stride);
    const square = f32x4.add(f32x4.add(f32x4.mul(x, x), f32x4.mul(y, y)), f32x4.mul(z, z));
    v128.store(out, f32x4.sqrt(square));
  }
}

/**
 * An eigenvalue of the Hessian matrix of a plane. Second derivatives are the differences [1 -2 1];
 * mixed ones a quarter of the corners' difference.
 */
export function hessianRow2d(
  out: usize,
  p: usize,
  end: usize,
  stride: usize,
  largest: bool,
): void {
  for (; p < end; p += 16, out += 16) {
    const centre = at(p);
    const xx = bend(p, centre, 4);
    const yy = bend(p, centre, stride);
    const corners = f32x4.sub(
      difference(p + stride + 4, p + stride - 4),
      difference(p - stride + 4, p - stride - 4),
    );
    // Twice the mixed derivative.
    const mixed = f32x4.mul(corners, f32x4.splat(0.5));
    const apart = f32x4.sub(xx, yy);
    const root = f32x4.sqrt(f32x4.add(f32x4.mul(mixed, mixed), f32x4.mul(apart, apart)));
    const trace = f32x4.add(xx, yy);
    const twice = largest ? f32x4.add(trace, root) : f32x4.sub(trace, root);
    v128.store(out, f32x4.mul(twice, f32x4.splat(0.5)));
  }
}

@inline
function pixel(p: usize): f64 {
  return <f64> load<f32>(p);
}

@inline
function mixedDerivative(p: usize, a: usize, b: usize): f64 {
  return (pixel(p - a - b) + pixel(p + a + b) - pixel(p - a + b) - pixel(p + a - b)) * 0.25;
}

/** The largest or smallest eigenvalue of the Hessian matrix of a volume. */
export function hessianRow3d(
  out: usize,
  p: usize,
  end: usize,
  stride: usize,
  slice: usize,
  largest: bool,
): void {
  for (; p < end; p += 4, out += 4) {
    const middle = 2 * pixel(p);
    const value = eigenvalue(
      pixel(p - 4) - middle + pixel(p + 4),
      pixel(p - stride) - middle + pixel(p + stride),
      pixel(p - slice) - middle + pixel(p + slice),
      mixedDerivative(p, 4, stride),
      mixedDerivative(p, 4, slice),
      mixedDerivative(p, stride, slice),
      largest,
    );
    store<f32>(out, <f32> value);
  }
}

/**
 * An extreme eigenvalue of a symmetric 3 × 3 matrix by the trigonometric solution of its
 * characteristic equation (Smith 1961).
 */
function eigenvalue(
  xx: f64,
  yy: f64,
  zz: f64,
  xy: f64,
  xz: f64,
  yz: f64,
  largest: bool,
): f64 {
  const mean = (xx + yy + zz) / 3;
  const a = xx - mean, b = yy - mean, c = zz - mean;
  const offDiagonal = xy * xy + xz * xz + yz * yz;
  const spread = sqrt<f64>((a * a + b * b + c * c + 2 * offDiagonal) / 6);
  if (spread == 0) return mean;
  const determinant = a * (b * c - yz * yz) - xy * (xy * c - yz * xz) + xz * (xy * yz - b * xz);
  const cosine = determinant / (2 * spread * spread * spread);
  const angle = JSMath.acos(min<f64>(1, max<f64>(-1, cosine))) / 3;
  return mean + 2 * spread * JSMath.cos(largest ? angle : angle + TURN);
}
