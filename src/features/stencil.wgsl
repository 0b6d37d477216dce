// Filters over the 3 x 3 (x 3) neighbours of every pixel, from their mathematical definitions.

struct Geometry {
  // Of the plane written, in pixels.
  size: vec3<u32>,
  // Of the plane read; coordinates are clamped to it.
  source_size: vec3<u32>,
  // Where the first pixel written lies in the plane read.
  shift: vec3<i32>,
}

const LAPLACE_BOX = 0u;
const LAPLACE_DIAMOND = 1u;
const SOBEL = 2u;
const GRADIENT_X = 3u;
const GRADIENT_Y = 4u;
const GRADIENT_Z = 5u;
const SMALL_HESSIAN_EIGENVALUE = 6u;
const LARGE_HESSIAN_EIGENVALUE = 7u;
override STENCIL: u32;
override VOLUME: bool;

@group(0) @binding(0) var<uniform> geometry: Geometry;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;

var<private> centre: vec3<i32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let size = geometry.size;
  let index = (workgroup.x + workgroup.y * workgroups.x) * 64u + local;
  let position = vec3<u32>(index % size.x, index / size.x % size.y, index / size.x / size.y);
  if (position.z >= size.z) {
    return;
  }
  centre = vec3<i32>(position) + geometry.shift;
  var value: f32;
  switch (STENCIL) {
    case LAPLACE_BOX: {
      value = laplace_box();
    }
    case LAPLACE_DIAMOND: {
      value = laplace_diamond();
    }
    case SOBEL: {
      value = sobel();
    }
    case GRADIENT_X: {
      value = at(1, 0, 0) - at(-1, 0, 0);
    }
    case GRADIENT_Y: {
      value = at(0, 1, 0) - at(0, -1, 0);
    }
    case GRADIENT_Z: {
      value = at(0, 0, 1) - at(0, 0, -1);
    }
    default: {
      if (VOLUME) {
        value = hessian_eigenvalue_3d();
      } else {
        value = hessian_eigenvalue_2d();
      }
    }
  }
  result[index] = value;
}

fn at(x: i32, y: i32, z: i32) -> f32 {
  let last = vec3<i32>(geometry.source_size) - 1;
  let position = vec3<u32>(clamp(centre + vec3<i32>(x, y, z), vec3<i32>(0), last));
  return source[(position.z * geometry.source_size.y + position.y) * geometry.source_size.x + position.x];
}

fn laplace_box() -> f32 {
  let depth = select(0, 1, VOLUME);
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

fn laplace_diamond() -> f32 {
  let middle = at(0, 0, 0);
  var sum = (middle - at(-1, 0, 0)) + (middle - at(1, 0, 0)) +
    (middle - at(0, -1, 0)) + (middle - at(0, 1, 0));
  if (VOLUME) {
    sum += (middle - at(0, 0, -1)) + (middle - at(0, 0, 1));
  }
  return sum;
}

// The length of the gradient, each component smoothed by (1, 2, 1) along the other axes.
fn sobel() -> f32 {
  let depth = select(0, 1, VOLUME);
  var gradient = vec3<f32>(0.0);
  for (var z = -depth; z <= depth; z++) {
    for (var y = -1; y <= 1; y++) {
      for (var x = -1; x <= 1; x++) {
        let offset = vec3<f32>(vec3<i32>(x, y, z));
        let smoothing = 2.0 - abs(offset);
        let across = vec3<f32>(
          smoothing.y * select(1.0, smoothing.z, VOLUME),
          smoothing.x * select(1.0, smoothing.z, VOLUME),
          smoothing.x * smoothing.y,
        );
        gradient += offset * across * at(x, y, z);
      }
    }
  }
  return sqrt(dot(gradient, gradient));
}

fn hessian_eigenvalue_2d() -> f32 {
  let middle = 2.0 * at(0, 0, 0);
  let xx = at(-1, 0, 0) - middle + at(1, 0, 0);
  let yy = at(0, -1, 0) - middle + at(0, 1, 0);
  let xy = (at(-1, -1, 0) + at(1, 1, 0) - at(-1, 1, 0) - at(1, -1, 0)) * 0.25;
  let trace = xx + yy;
  let root = sqrt(4.0 * xy * xy + (xx - yy) * (xx - yy));
  return 0.5 * select(trace - root, trace + root, STENCIL == LARGE_HESSIAN_EIGENVALUE);
}

// Cyclic Jacobi rotations: unlike the roots of the characteristic polynomial they stay accurate in
// 32 bits where eigenvalues nearly agree.
fn hessian_eigenvalue_3d() -> f32 {
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
  if (STENCIL == LARGE_HESSIAN_EIGENVALUE) {
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
