// The median of a box or an ellipsoid around every pixel: of n values the (n / 2)th, counted from 0.
//
// Exact and without an array per invocation. Floats are compared as integers of the same order. An
// interval whose ends are values of the window and that holds the median is halved again and again,
// each half shrunk to values of the window, until one value is left.

struct Geometry {
  // Of the plane written, in pixels.
  size: vec3<u32>,
  // Of the plane read; coordinates are clamped to it.
  source_size: vec3<u32>,
  // Where the first pixel written lies in the plane read.
  shift: vec3<i32>,
}

@group(0) @binding(0) var<uniform> geometry: Geometry;
@group(0) @binding(1) var<storage, read> source: array<u32>;
// The rows of the window: y, z and half-width along x.
@group(0) @binding(2) var<storage, read> rows: array<vec4<i32>>;
@group(0) @binding(3) var<storage, read_write> result: array<u32>;

struct Partition {
  // How many values are at most the pivot, the largest of those, and the smallest of the others.
  count: u32,
  below: u32,
  above: u32,
  // How many values there are, and the smallest of them all.
  total: u32,
  smallest: u32,
}

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
  let whole = divide_window(centre, 0xffffffffu);
  let rank = whole.total / 2u;
  var low = whole.smallest;
  var high = whole.below;
  // Every round halves the interval of 32-bit integers, so 32 rounds always suffice.
  for (var round = 0; round < 32 && low < high; round++) {
    let split = divide_window(centre, low + (high - low) / 2u);
    if (rank < split.count) {
      high = split.below;
    } else {
      low = split.above;
    }
  }
  result[index] = select(~low, low & 0x7fffffffu, (low >> 31u) == 1u);
}

fn divide_window(centre: vec3<i32>, pivot: u32) -> Partition {
  let last = vec3<i32>(geometry.source_size) - 1;
  var parts = Partition(0u, 0u, 0xffffffffu, 0u, 0xffffffffu);
  for (var i = 0u; i < arrayLength(&rows); i++) {
    let row = rows[i];
    let line = vec2<u32>(clamp(centre.yz + row.xy, vec2<i32>(0), last.yz));
    let start = (line.y * geometry.source_size.y + line.x) * geometry.source_size.x;
    for (var x = -row.z; x <= row.z; x++) {
      let bits = source[start + u32(clamp(centre.x + x, 0, last.x))];
      let key = select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
      let within = key <= pivot;
      parts.count += u32(within);
      parts.below = max(parts.below, select(0u, key, within));
      parts.above = min(parts.above, select(key, 0xffffffffu, within));
      parts.smallest = min(parts.smallest, key);
    }
    parts.total += 2u * u32(row.z) + 1u;
  }
  return parts;
}
