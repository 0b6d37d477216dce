// Filters over the 3 x 3 (x 3) neighbours of every pixel of a plane; stencils.wgsl has them.

struct Geometry {
  // Of the plane written, in pixels.
  size: vec3<u32>,
  // Of the plane read; coordinates are clamped to it.
  source_size: vec3<u32>,
  // Where the first pixel written lies in the plane read.
  shift: vec3<i32>,
}

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
  result[index] = stencil_value(STENCIL, VOLUME);
}

fn at(x: i32, y: i32, z: i32) -> f32 {
  let last = vec3<i32>(geometry.source_size) - 1;
  let position = vec3<u32>(clamp(centre + vec3<i32>(x, y, z), vec3<i32>(0), last));
  return source[(position.z * geometry.source_size.y + position.y) * geometry.source_size.x + position.x];
}
