// Sums over objects, a thread for each of their runs. All sums are of whole numbers, in 64 bits or
// more, so they do not depend on the order in which threads add to them. Words begin as 0; a
// minimum is kept as the maximum of the complement.

struct Params {
  num_runs: u32,
  width: u32,
  height: u32,
  // The row with which the pixels begin.
  first_row: u32,
}

// What is known of an object, in pixels; `center` from the first pixel of the box.
struct Frame {
  box_x: u32,
  box_y: u32,
  box_z: u32,
  center_x: f32,
  center_y: f32,
  center_z: f32,
  // Of the intensities, the least.
  low: f32,
  // A power of 2 that makes distances or intensities whole numbers.
  scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
// Object, first x, x behind the last, row.
@group(0) @binding(1) var<storage, read> runs: array<vec4u>;
// 32-bit floats as bits.
@group(0) @binding(2) var<storage, read> pixels: array<u32>;
@group(0) @binding(3) var<storage, read> frames: array<Frame>;
@group(0) @binding(4) var<storage, read_write> sums: array<atomic<u32>>;

const THREADS = 256u;

fn invocation(group: vec3u, groups: vec3u, thread: u32) -> u32 {
  return (group.x + group.y * groups.x) * THREADS + thread;
}

// 64-bit numbers, the lower word first.

fn plus(a: vec2u, b: vec2u) -> vec2u {
  let low = a.x + b.x;
  return vec2u(low, a.y + b.y + select(0u, 1u, low < a.x));
}

fn product(a: u32, b: u32) -> vec2u {
  let a0 = a & 0xffffu;
  let a1 = a >> 16u;
  let b0 = b & 0xffffu;
  let b1 = b >> 16u;
  let middle = plus(vec2u(a0 * b1, 0u), vec2u(a1 * b0, 0u));
  let outer = vec2u(a0 * b0, a1 * b1);
  return plus(outer, vec2u(middle.x << 16u, (middle.y << 16u) | (middle.x >> 16u)));
}

fn multiple(a: vec2u, b: u32) -> vec2u {
  return plus(product(a.x, b), vec2u(0u, a.y * b));
}

fn half(a: vec2u) -> vec2u {
  return vec2u((a.x >> 1u) | (a.y << 31u), a.y >> 1u);
}

// Returns what is carried beyond the two words.
fn add(at: u32, value: vec2u) -> u32 {
  let low = atomicAdd(&sums[at], value.x);
  let high = value.y + select(0u, 1u, low + value.x < low);
  let former = atomicAdd(&sums[at + 1u], high);
  return select(0u, 1u, former + high < former);
}

// first + (first + 1) + … over a run.
fn sum_of_x(first: u32, length: u32) -> vec2u {
  return plus(product(first, length), half(product(length, length - 1u)));
}

// Area; first x, y, z and last x, y, z of the box; sums of x, y, z.
@compute @workgroup_size(THREADS)
fn boxes(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = invocation(group, groups, thread);
  if index >= params.num_runs {
    return;
  }
  let run = runs[index];
  let length = run.z - run.y;
  let y = run.w % params.height;
  let z = run.w / params.height;
  let at = run.x * 13u;
  atomicAdd(&sums[at], length);
  atomicMax(&sums[at + 1u], ~run.y);
  atomicMax(&sums[at + 2u], ~y);
  atomicMax(&sums[at + 3u], ~z);
  atomicMax(&sums[at + 4u], run.z - 1u);
  atomicMax(&sums[at + 5u], y);
  atomicMax(&sums[at + 6u], z);
  add(at + 7u, sum_of_x(run.y, length));
  add(at + 9u, product(y, length));
  add(at + 11u, product(z, length));
}

// Bits of floats as integers in the same order.
fn ordered(bits: u32) -> u32 {
  return bits ^ select(0x80000000u, 0xffffffffu, bits >> 31u == 1u);
}

// The least and the largest intensity.
@compute @workgroup_size(THREADS)
fn ranges(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = invocation(group, groups, thread);
  if index >= params.num_runs {
    return;
  }
  let run = runs[index];
  let row = (run.w - params.first_row) * params.width;
  var least = 0xffffffffu;
  var largest = 0u;
  for (var x = run.y; x < run.z; x++) {
    let value = ordered(pixels[row + x]);
    least = min(least, value);
    largest = max(largest, value);
  }
  atomicMax(&sums[run.x * 2u], ~least);
  atomicMax(&sums[run.x * 2u + 1u], largest);
}

// Sums of xx, yy, zz, xy, xz, yz from the first pixel of the box.
@compute @workgroup_size(THREADS)
fn moments(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = invocation(group, groups, thread);
  if index >= params.num_runs {
    return;
  }
  let run = runs[index];
  let first = run.y - frames[run.x].box_x;
  let length = run.z - run.y;
  let y = run.w % params.height - frames[run.x].box_y;
  let z = run.w / params.height - frames[run.x].box_z;
  var squares = vec2u();
  for (var x = first; x < first + length; x++) {
    squares = plus(squares, product(x, x));
  }
  let sum = sum_of_x(first, length);
  let at = run.x * 12u;
  add(at, squares);
  add(at + 2u, multiple(product(y, y), length));
  add(at + 4u, multiple(product(z, z), length));
  add(at + 6u, multiple(sum, y));
  add(at + 8u, multiple(sum, z));
  add(at + 10u, multiple(product(y, z), length));
}

// Scaled intensities from the least of the object: their sum and their sums times x, y and z from
// the first pixel of the box. With the coarser scale of `center_x`, which leaves 23 bits, their sum
// and the sum of their squares, this one in three words.
@compute @workgroup_size(THREADS)
fn intensities(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = invocation(group, groups, thread);
  if index >= params.num_runs {
    return;
  }
  let run = runs[index];
  let row = (run.w - params.first_row) * params.width;
  let low = frames[run.x].low;
  let scale = frames[run.x].scale;
  let coarse_scale = frames[run.x].center_x;
  var sum = vec2u();
  var sum_x = vec2u();
  var coarse_sum = vec2u();
  var squares = vec2u();
  for (var x = run.y; x < run.z; x++) {
    let above = bitcast<f32>(pixels[row + x]) - low;
    // Beyond 23 bits, half of 1 is lost to rounding, and is not needed any more.
    let value = u32(above * scale + 0.5);
    sum = plus(sum, vec2u(value, 0u));
    sum_x = plus(sum_x, product(value, x - frames[run.x].box_x));
    let coarse = u32(above * coarse_scale + 0.5);
    coarse_sum = plus(coarse_sum, vec2u(coarse, 0u));
    squares = plus(squares, product(coarse, coarse));
  }
  let at = run.x * 13u;
  add(at, sum);
  add(at + 2u, sum_x);
  add(at + 4u, multiple(sum, run.w % params.height - frames[run.x].box_y));
  add(at + 6u, multiple(sum, run.w / params.height - frames[run.x].box_z));
  add(at + 8u, coarse_sum);
  if add(at + 10u, squares) == 1u {
    atomicAdd(&sums[at + 12u], 1u);
  }
}

// The sum of the scaled distances to the center, and the bits of the largest distance.
@compute @workgroup_size(THREADS)
fn distances(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = invocation(group, groups, thread);
  if index >= params.num_runs {
    return;
  }
  let run = runs[index];
  let frame = frames[run.x];
  let dy = f32(run.w % params.height - frame.box_y) - frame.center_y;
  let dz = f32(run.w / params.height - frame.box_z) - frame.center_z;
  let beside = dy * dy + dz * dz;
  var sum = vec2u();
  var largest = 0.0;
  for (var x = run.y; x < run.z; x++) {
    let dx = f32(x - frame.box_x) - frame.center_x;
    let distance = sqrt(dx * dx + beside);
    sum = plus(sum, vec2u(u32(distance * frame.scale + 0.5), 0u));
    largest = max(largest, distance);
  }
  add(run.x * 3u, sum);
  atomicMax(&sums[run.x * 3u + 2u], bitcast<u32>(largest));
}
