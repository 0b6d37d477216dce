// Minimum or maximum along one axis: three of these make the extremum of a box.

struct Geometry {
  // Of the plane written, in pixels.
  size: vec3<u32>,
  // Of the plane read; coordinates are clamped to it.
  source_size: vec3<u32>,
  // Where the first pixel written lies in the plane read.
  shift: vec3<i32>,
  // Half-width of the window along the axis, 0 along the others.
  radius: vec3<u32>,
}

override MAXIMUM: bool;

@group(0) @binding(0) var<uniform> geometry: Geometry;
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;

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
  let axis = min(geometry.radius, vec3<u32>(1u));
  let strides = vec3<u32>(1u, geometry.source_size.x, geometry.source_size.x * geometry.source_size.y);
  let stride = dot(strides, axis);
  let last = vec3<i32>(geometry.source_size) - 1;
  let centre = vec3<i32>(position) + geometry.shift;
  let radius = vec3<i32>(geometry.radius);
  let low = dot(strides, vec3<u32>(clamp(centre - radius, vec3<i32>(0), last)));
  let high = dot(strides, vec3<u32>(clamp(centre + radius, vec3<i32>(0), last)));
  var extremum = source[low];
  for (var i = low + stride; i <= high; i += stride) {
    let value = source[i];
    if (select((value < extremum), (value > extremum), MAXIMUM)) {
      extremum = value;
    }
  }
  result[index] = extremum;
}
