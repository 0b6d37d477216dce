// A statistic over a box or an ellipsoid around every pixel, given as the half-width of each of its
// rows. Sums are taken row by row, which keeps the rounding of large windows small.

struct Geometry {
  // Of the plane written, in pixels.
  size: vec3<u32>,
  // Of the plane read; coordinates are clamped to it.
  source_size: vec3<u32>,
  // Where the first pixel written lies in the plane read.
  shift: vec3<i32>,
  // Half-widths of the window.
  radius: vec3<u32>,
}

const MEAN = 0u;
const MINIMUM = 1u;
const MAXIMUM = 2u;
const VARIANCE = 3u;
const STANDARD_DEVIATION = 4u;
override STATISTIC: u32;

@group(0) @binding(0) var<uniform> geometry: Geometry;
@group(0) @binding(1) var<storage, read> source: array<f32>;
// Half-widths of the rows (y fastest, then z); -1 where a row has no pixel in the window.
@group(0) @binding(2) var<storage, read> rows: array<i32>;
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

fn row_start(centre: vec3<i32>, y: i32, z: i32) -> u32 {
  let last = vec2<i32>(geometry.source_size.yz) - 1;
  let row = vec2<u32>(clamp(centre.yz + vec2<i32>(y, z), vec2<i32>(0), last));
  return (row.y * geometry.source_size.y + row.x) * geometry.source_size.x;
}

// The mean of what the window holds, or of the squares of its distances from `origin`.
fn mean_deviation(centre: vec3<i32>, origin: f32, squared: bool) -> f32 {
  let radius = vec3<i32>(geometry.radius);
  let last = i32(geometry.source_size.x) - 1;
  var row = 0u;
  var total = 0.0;
  var count = 0;
  for (var z = -radius.z; z <= radius.z; z++) {
    for (var y = -radius.y; y <= radius.y; y++) {
      let width = rows[row];
      row++;
      let start = row_start(centre, y, z);
      var sum = 0.0;
      for (var x = -width; x <= width; x++) {
        let value = source[start + u32(clamp(centre.x + x, 0, last))] - origin;
        sum += select(value, value * value, squared);
      }
      total += sum;
      count += max(0, 2 * width + 1);
    }
  }
  return total / f32(count);
}

fn extremum(centre: vec3<i32>) -> f32 {
  let radius = vec3<i32>(geometry.radius);
  let last = i32(geometry.source_size.x) - 1;
  var row = 0u;
  var best = source[row_start(centre, 0, 0) + u32(clamp(centre.x, 0, last))];
  for (var z = -radius.z; z <= radius.z; z++) {
    for (var y = -radius.y; y <= radius.y; y++) {
      let width = rows[row];
      row++;
      if (width < 0) {
        continue;
      }
      let start = row_start(centre, y, z);
      let high = start + u32(clamp(centre.x + width, 0, last));
      for (var i = start + u32(clamp(centre.x - width, 0, last)); i <= high; i++) {
        let value = source[i];
        if (select((value < best), (value > best), STATISTIC == MAXIMUM)) {
          best = value;
        }
      }
    }
  }
  return best;
}
