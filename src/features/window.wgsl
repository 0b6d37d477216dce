// A statistic over a box or an ellipsoid around every pixel. The window is given row by row, and
// sums are taken row by row too, which keeps the rounding of large windows small.

struct Geometry {
  // Of the plane written, in pixels.
  size: vec3<u32>,
  // Of the plane read; coordinates are clamped to it.
  source_size: vec3<u32>,
  // Where the first pixel written lies in the plane read.
  shift: vec3<i32>,
}

const MEAN = 0u;
const MINIMUM = 1u;
const MAXIMUM = 2u;
const VARIANCE = 3u;
const STANDARD_DEVIATION = 4u;
override STATISTIC: u32;

@group(0) @binding(0) var<uniform> geometry: Geometry;
@group(0) @binding(1) var<storage, read> source: array<f32>;
// The rows of the window: y, z and half-width along x.
@group(0) @binding(2) var<storage, read> rows: array<vec4<i32>>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

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
  let centre = vec3<i32>(position) + geometry.shift;
  switch (STATISTIC) {
    case MINIMUM, MAXIMUM: {
      result[index] = extremum(centre);
    }
    case MEAN: {
      result[index] = mean_deviation(centre, 0.0, false);
    }
    default: {
      let mean = mean_deviation(centre, 0.0, false);
      let variance = mean_deviation(centre, mean, true);
      result[index] = select(variance, sqrt(variance), STATISTIC == STANDARD_DEVIATION);
    }
  }
}

// Where the line of the plane begins that a row of the window lies in.
fn line_start(centre: vec3<i32>, row: vec4<i32>) -> u32 {
  let last = vec2<i32>(geometry.source_size.yz) - 1;
  let line = vec2<u32>(clamp(centre.yz + row.xy, vec2<i32>(0), last));
  return (line.y * geometry.source_size.y + line.x) * geometry.source_size.x;
}

// The mean of what the window holds, or of the squares of its distances from `origin`.
fn mean_deviation(centre: vec3<i32>, origin: f32, squared: bool) -> f32 {
  let last = i32(geometry.source_size.x) - 1;
  var total = 0.0;
  var count = 0;
  for (var i = 0u; i < arrayLength(&rows); i++) {
    let row = rows[i];
    let start = line_start(centre, row);
    var sum = 0.0;
    for (var x = -row.z; x <= row.z; x++) {
      let value = source[start + u32(clamp(centre.x + x, 0, last))] - origin;
      sum += select(value, value * value, squared);
    }
    total += sum;
    count += 2 * row.z + 1;
  }
  return total / f32(count);
}

fn extremum(centre: vec3<i32>) -> f32 {
  let last = i32(geometry.source_size.x) - 1;
  var best = source[line_start(centre, vec4<i32>(0)) + u32(clamp(centre.x, 0, last))];
  for (var i = 0u; i < arrayLength(&rows); i++) {
    let row = rows[i];
    let start = line_start(centre, row);
    let high = start + u32(clamp(centre.x + row.z, 0, last));
    for (var at = start + u32(clamp(centre.x - row.z, 0, last)); at <= high; at++) {
      let value = source[at];
      if (select((value < best), (value > best), STATISTIC == MAXIMUM)) {
        best = value;
      }
    }
  }
  return best;
}
