// Filters over the 3 x 3 (x 3) neighbours of a pixel, from their mathematical definitions.
//
// The kernel that this is part of declares `at(x, y, z)`, the value at an offset from the pixel.

const LAPLACE_BOX = 0u;
const LAPLACE_DIAMOND = 1u;
const SOBEL = 2u;
const GRADIENT_X = 3u;
const GRADIENT_Y = 4u;
const GRADIENT_Z = 5u;
const SMALL_HESSIAN_EIGENVALUE = 6u;
const LARGE_HESSIAN_EIGENVALUE = 7u;
fn stencil_value(stencil: u32, volume: bool) -> f32 {
  switch (stencil) {
    case LAPLACE_BOX: {
      return laplace_box(volume);
    }
    case LAPLACE_DIAMOND: {
      return laplace_diamond(volume);
    }
    case SOBEL: {
      return sobel(volume);
    }
    case GRADIENT_X: {
      return at(1, 0, 0) - at(-1, 0, 0);
    }
    case GRADIENT_Y: {
      return at(0, 1, 0) - at(0, -1, 0);
    }
    case GRADIENT_Z: {
      return at(0, 0, 1) - at(0, 0, -1);
    }
    default: {
      if (volume) {
        return hessian_eigenvalue_3d(stencil);
      }
      return hessian_eigenvalue_2d(stencil);
    }
  }
}

fn laplace_box(volume: bool) -> f32 {
  let depth = select(0, 1, volume);
  // Differences first: the centre need not cancel against the sum of all its neighbours.
  let middle = at(0, 0, 0);
  var sum = 0.0;
  for (var z = -depth; z <= depth; z++) {
    for (var y = -1; y <= 1; y++) {
      for (var x = -1; x <= 1; x++) {
        sum += middle - at(x, y, z);
      }
    }
  }
  return sum;
}

fn laplace_diamond(volume: bool) -> f32 {
  let middle = at(0, 0, 0);
  var sum = (middle - at(-1, 0, 0)) + (middle - at(1, 0, 0)) +
    (middle - at(0, -1, 0)) + (middle - at(0, 1, 0));
  if (volume) {
    sum += (middle - at(0, 0, -1)) + (middle - at(0, 0, 1));
  }
  return sum;
}

// The length of the gradient, each component smoothed by (1, 2, 1) along the other axes.
fn sobel(volume: bool) -> f32 {
  let depth = select(0, 1, volume);
  var gradient = vec3<f32>(0.0);
  for (var z = -depth; z <= depth; z++) {
    for (var y = -1; y <= 1; y++) {
      for (var x = -1; x <= 1; x++) {
        let offset = vec3<f32>(vec3<i32>(x, y, z));
        let smoothing = 2.0 - abs(offset);
        let across = vec3<f32>(
          smoothing.y * select(1.0, smoothing.z, volume),
          smoothing.x * select(1.0, smoothing.z, volume),
          smoothing.x * smoothing.y,
        );
        gradient += offset * across * at(x, y, z);
      }
    }
  }
  return sqrt(dot(gradient, gradient));
}

fn hessian_eigenvalue_2d(stencil: u32) -> f32 {
  let middle = 2.0 * at(0, 0, 0);
  let xx = at(-1, 0, 0) - middle + at(1, 0, 0);
  let yy = at(0, -1, 0) - middle + at(0, 1, 0);
  let xy = (at(-1, -1, 0) + at(1, 1, 0) - at(-1, 1, 0) - at(1, -1, 0)) * 0.25;
  let trace = xx + yy;
  let root = sqrt(4.0 * xy * xy + (xx - yy) * (xx - yy));
  return 0.5 * select(trace - root, trace + root, stencil == LARGE_HESSIAN_EIGENVALUE);
}

// Cyclic Jacobi rotations: unlike the roots of the characteristic polynomial they stay accurate in
// 32 bits where eigenvalues nearly agree.
fn hessian_eigenvalue_3d(stencil: u32) -> f32 {
  let middle = 2.0 * at(0, 0, 0);
  var diagonal = vec3<f32>(
    at(-1, 0, 0) - middle + at(1, 0, 0),
    at(0, -1, 0) - middle + at(0, 1, 0),
    at(0, 0, -1) - middle + at(0, 0, 1),
  );
  var xy = (at(-1, -1, 0) + at(1, 1, 0) - at(-1, 1, 0) - at(1, -1, 0)) * 0.25;
  var xz = (at(-1, 0, -1) + at(1, 0, 1) - at(-1, 0, 1) - at(1, 0, -1)) * 0.25;
  var yz = (at(0, -1, -1) + at(0, 1, 1) - at(0, -1, 1) - at(0, 1, -1)) * 0.25;
  for (var sweep = 0; sweep < 6; sweep++) {
    let first = rotation(diagonal.x, diagonal.y, xy);
    diagonal += vec3<f32>(-first.z, first.z, 0.0);
    xy = 0.0;
    let turned_xz = first.x * xz - first.y * yz;
    yz = first.y * xz + first.x * yz;
    xz = turned_xz;

    let second = rotation(diagonal.x, diagonal.z, xz);
    diagonal += vec3<f32>(-second.z, 0.0, second.z);
    xz = 0.0;
    xy = -second.y * yz;
    yz = second.x * yz;

    let third = rotation(diagonal.y, diagonal.z, yz);
    diagonal += vec3<f32>(0.0, -third.z, third.z);
    yz = 0.0;
    xz = third.y * xy;
    xy = third.x * xy;
  }
  if (stencil == LARGE_HESSIAN_EIGENVALUE) {
    return max(diagonal.x, max(diagonal.y, diagonal.z));
  }
  return min(diagonal.x, min(diagonal.y, diagonal.z));
}

// Cosine and sine of the rotation that makes the off-diagonal element `b` of ((a, b), (b, c)) zero,
// and what it moves from `a` to `c`.
fn rotation(a: f32, c: f32, b: f32) -> vec3<f32> {
  if (b == 0.0) {
    return vec3<f32>(1.0, 0.0, 0.0);
  }
  let ratio = (c - a) / (2.0 * b);
  // Beyond 1e18, whose square still is a float, the rotation no longer matters.
  let steepness = min(abs(ratio), 1e18);
  let magnitude = 1.0 / (steepness + sqrt(steepness * steepness + 1.0));
  let tangent = select(magnitude, -magnitude, ratio < 0.0);
  let cosine = 1.0 / sqrt(tangent * tangent + 1.0);
  return vec3<f32>(cosine, tangent * cosine, tangent * b);
}
