// Operations on single pixels, as arithmetic.wgsl has them, and the cropping of a plane.

struct Geometry {
  // Of the plane written, in pixels.
  size: vec3<u32>,
  // Of the plane read; coordinates are clamped to it.
  source_size: vec3<u32>,
  // Where the first pixel written lies in the plane read.
  shift: vec3<i32>,
  radius: vec3<u32>,
  // Of the exponent: 0 when it is no whole number, 1 when it is even, 2 when it is odd.
  parity: u32,
  // The exponent in two parts, and the factors before and after the power.
  exponent: vec2<f32>,
  factors: vec2<f32>,
  // Size and shift of the second plane read.
  second_size: vec3<u32>,
  second_shift: vec3<i32>,
}

const CROP = 0u;
const SUBTRACT = 1u;
const DIVIDE = 2u;
const POWER = 3u;
override OPERATION: u32;

@group(0) @binding(0) var<uniform> geometry: Geometry;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read> second: array<f32>;
// As bits: compilers may assume that there are no floats but finite ones.
@group(0) @binding(3) var<storage, read_write> result: array<u32>;

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
  let value = source[place(position, geometry.shift, geometry.source_size)];
  switch (OPERATION) {
    case SUBTRACT: {
      let other = second[place(position, geometry.second_shift, geometry.second_size)];
      result[index] = bitcast<u32>(value - other);
    }
    case DIVIDE: {
      let other = second[place(position, geometry.second_shift, geometry.second_size)];
      result[index] = divide(value, other);
    }
    case POWER: {
      result[index] = raise(value, geometry.exponent, geometry.factors, geometry.parity);
    }
    default: {
      result[index] = bitcast<u32>(value);
    }
  }
}

fn place(position: vec3<u32>, shift: vec3<i32>, size: vec3<u32>) -> u32 {
  let p = vec3<u32>(vec3<i32>(position) + shift);
  return (p.z * size.y + p.y) * size.x + p.x;
}
