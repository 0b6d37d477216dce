// Convolution along one axis with a symmetric kernel: Gaussian blur and the mean of a box.
//
// An invocation computes OUTPUTS neighbouring pixels along the axis, so that a pixel is loaded once
// for all of them while the weights slide by.

struct Geometry {
  // Of the plane written, in pixels.
  size: vec3<u32>,
  // Of the plane read; coordinates are clamped to it.
  source_size: vec3<u32>,
  // Where the first pixel written lies in the plane read.
  shift: vec3<i32>,
  // Half-width of the kernel along the axis, 0 along the others.
  radius: vec3<u32>,
}

const OUTPUTS = 8u;

@group(0) @binding(0) var<uniform> geometry: Geometry;
@group(0) @binding(1) var<storage, read> source: array<f32>;
// Weights of the centre, its neighbours, …, and OUTPUTS zeros behind them.
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let axis = min(geometry.radius, vec3<u32>(1u));
  let groups = (geometry.size + axis * (OUTPUTS - 1u)) / (axis * (OUTPUTS - 1u) + 1u);
  let index = (workgroup.x + workgroup.y * workgroups.x) * 64u + local;
  let group = vec3<u32>(index % groups.x, index / groups.x % groups.y, index / groups.x / groups.y);
  if (group.z >= groups.z) {
    return;
  }
  let first = group * (axis * (OUTPUTS - 1u) + 1u);

  let strides = vec3<u32>(1u, geometry.source_size.x, geometry.source_size.x * geometry.source_size.y);
  let stride = dot(strides, axis);
  let last = i32(dot(geometry.source_size, axis)) - 1;
  let centre = vec3<i32>(first) + geometry.shift;
  let start = dot(centre, vec3<i32>(axis));
  let across = clamp(
    centre,
    vec3<i32>(0),
    vec3<i32>(geometry.source_size) - 1,
  ) * (1 - vec3<i32>(axis));
  let line = dot(vec3<u32>(across), strides);

  let radius = i32(dot(geometry.radius, axis));
  var centres: array<vec4<f32>, 2>;
  for (var i = 0; i < i32(OUTPUTS); i++) {
    centres[i / 4][i % 4] = source[line + u32(clamp(start + i, 0, last)) * stride];
  }
  let low_centre = centres[0];
  let high_centre = centres[1];

  // The weights sum up to 1, so the differences to the centre can be averaged instead: where the
  // plane is smooth they are small, and so is their rounding.
  var low = vec4<f32>(0.0);
  var high = vec4<f32>(0.0);
  var low_weights = vec4<f32>(0.0);
  var high_weights = vec4<f32>(0.0);
  for (var offset = -radius; offset < radius + i32(OUTPUTS); offset++) {
    high_weights = vec4<f32>(low_weights.w, high_weights.xyz);
    low_weights = vec4<f32>(weights[abs(offset)], low_weights.xyz);
    let value = source[line + u32(clamp(start + offset, 0, last)) * stride];
    low += low_weights * (value - low_centre);
    high += high_weights * (value - high_centre);
  }
  low += low_centre;
  high += high_centre;

  let out_strides = vec3<u32>(1u, geometry.size.x, geometry.size.x * geometry.size.y);
  let out_stride = dot(out_strides, axis);
  let out = dot(first, out_strides);
  let count = min(OUTPUTS, dot(geometry.size - first, axis));
  for (var i = 0u; i < count; i++) {
    result[out + i * out_stride] = select(high[i & 3u], low[i & 3u], i < 4u);
  }
}
