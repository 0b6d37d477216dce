// The filters of one tile in workgroup memory: instruction after instruction, each of which computes
// a plane of the tile and the halo that later ones need, none of them in the memory of the device.
//
// The kernel that this is part of declares `parameters`, whose member `tile` is a Tile and whose
// member `program` holds the instructions, four vectors each:
//   0: operation, argument, radius, where the plane goes as a feature (or NOWHERE)
//   1: where the plane goes with its halo (or NOWHERE)
//   2: the plane read; for LOAD the first value in the buffer
//   3: the second plane read; for LOAD the region of the plane in the image; for CONVOLVE the first
//      weight; for POWER its numbers
// A plane in workgroup memory is described by its first value, the values from row to row and its
// halo along x and y.

struct Tile {
  // Of the image, in pixels; coordinates are clamped to it.
  image: vec2<i32>,
  // Where the pixels of the result begin in the image, and how many they are.
  core_start: vec2<i32>,
  core_size: vec2<u32>,
  // The first row of the result that this dispatch computes.
  first_row: u32,
  num_instructions: u32,
}

override WIDTH: u32;
override HEIGHT: u32;
// Values that the workgroup's memory has.
override MEMORY: u32;

const LOAD = 0u;
const CONVOLVE = 1u;
const EXTREMUM = 2u;
const STENCIL = 3u;
const COPY = 4u;
const SUBTRACT = 5u;
const DIVIDE = 6u;
const POWER = 7u;

const NOWHERE = 0xffffffffu;
// Pixels along its axis that one invocation of the convolution computes.
const OUTPUTS = 4;

// The tile's channels, and planes that other kernels have computed.
@group(0) @binding(1) var<storage, read> channels: array<u32>;
@group(0) @binding(8) var<storage, read> planes: array<u32>;

// As bits: compilers may assume that there are no floats but finite ones.
var<workgroup> memory: array<u32, MEMORY>;

// The first pixel of the tile, in the image.
var<private> origin: vec2<i32>;
// What `at` looks around of.
var<private> source: vec4<u32>;
var<private> centre: vec2<i32>;

fn run_program(start: vec2<i32>, thread: u32) {
  origin = start;
  for (var i = 0u; i < parameters.tile.num_instructions; i++) {
    let head = parameters.program[4u * i];
    let result = parameters.program[4u * i + 1u];
    let first = parameters.program[4u * i + 2u];
    let second = parameters.program[4u * i + 3u];
    if head.x == CONVOLVE {
      convolve(head, result, first, second.x, thread);
    } else {
      filter_plane(head, result, first, second, thread);
    }
    workgroupBarrier();
  }
}

fn filter_plane(
  head: vec4<u32>,
  result: vec4<u32>,
  first: vec4<u32>,
  second: vec4<u32>,
  thread: u32,
) {
  let size = vec2<u32>(WIDTH, HEIGHT) + 2u * result.zw;
  for (var item = thread; item < size.x * size.y; item += WIDTH * HEIGHT) {
    let position = origin - vec2<i32>(result.zw) + vec2<i32>(vec2<u32>(item % size.x, item / size.x));
    if all(position >= vec2<i32>(0)) && all(position < parameters.tile.image) {
      store(head, result, position, filtered(head, first, second, position));
    }
  }
}

fn filtered(
  head: vec4<u32>,
  first: vec4<u32>,
  second: vec4<u32>,
  position: vec2<i32>,
) -> u32 {
  switch (head.x) {
    case LOAD: {
      return load(head.y, first.x, second, position);
    }
    case EXTREMUM: {
      return extremum(head, first, position);
    }
    case STENCIL: {
      source = first;
      centre = position;
      return bitcast<u32>(stencil_value(head.y, false));
    }
    case SUBTRACT: {
      return bitcast<u32>(value_at(first, position) - value_at(second, position));
    }
    case DIVIDE: {
      return divide(value_at(first, position), value_at(second, position));
    }
    case POWER: {
      let numbers = bitcast<vec4<f32>>(second);
      return raise(value_at(first, position), numbers.xy, numbers.zw, head.y);
    }
    default: {
      return memory[place(first, position)];
    }
  }
}

// From the memory of the device; the plane's region is its corner and its size.
fn load(from_planes: u32, start: u32, region: vec4<u32>, position: vec2<i32>) -> u32 {
  let size = vec2<i32>(region.zw);
  let inside = vec2<u32>(clamp(position - vec2<i32>(region.xy), vec2<i32>(0), size - 1));
  let index = start + inside.y * region.z + inside.x;
  if from_planes == 1u {
    return planes[index];
  }
  return channels[index];
}

// The argument's low bit is the axis, the next one is set for the maximum.
fn extremum(head: vec4<u32>, first: vec4<u32>, position: vec2<i32>) -> u32 {
  let reach = vec2<i32>(select(vec2<u32>(head.z, 0u), vec2<u32>(0u, head.z), (head.y & 1u) == 1u));
  let last = parameters.tile.image - 1;
  let low = place(first, clamp(position - reach, vec2<i32>(0), last));
  let high = place(first, clamp(position + reach, vec2<i32>(0), last));
  let stride = select(1u, first.y, (head.y & 1u) == 1u);
  var best = bitcast<f32>(memory[low]);
  for (var i = low + stride; i <= high; i += stride) {
    let value = bitcast<f32>(memory[i]);
    if select((value < best), (value > best), (head.y & 2u) == 2u) {
      best = value;
    }
  }
  return bitcast<u32>(best);
}

// As convolve.wgsl does, with the same additions in the same order for every pixel.
fn convolve(
  head: vec4<u32>,
  result: vec4<u32>,
  first: vec4<u32>,
  weights: u32,
  thread: u32,
) {
  let is_vertical = head.y == 1u;
  let axis = select(vec2<i32>(1, 0), vec2<i32>(0, 1), is_vertical);
  let size = vec2<i32>(vec2<u32>(WIDTH, HEIGHT) + 2u * result.zw);
  let groups = vec2<u32>((size + axis * (OUTPUTS - 1)) / (axis * (OUTPUTS - 1) + 1));
  let corner = origin - vec2<i32>(result.zw);
  let source_corner = origin - vec2<i32>(first.zw);
  let stride = select(1u, first.y, is_vertical);
  let radius = i32(head.z);
  // Neither beyond the image nor beyond what the plane read has.
  let source_size = vec2<i32>(vec2<u32>(WIDTH, HEIGHT) + 2u * first.zw);
  let ends = min(parameters.tile.image, source_corner + source_size) - 1;
  let last = select(ends.x, ends.y, is_vertical);
  let source_start = select(source_corner.x, source_corner.y, is_vertical);
  for (var item = thread; item < groups.x * groups.y; item += WIDTH * HEIGHT) {
    // Neighbouring threads take neighbours across the axis: no two of them meet in a bank.
    var group = vec2<u32>(item / groups.y, item % groups.y);
    if is_vertical {
      group = vec2<u32>(item % groups.x, item / groups.x);
    }
    let start = corner + vec2<i32>(group) * (axis * (OUTPUTS - 1) + 1);
    let across = select(start.y, start.x, is_vertical);
    if across < 0 || across >= select(parameters.tile.image.y, parameters.tile.image.x, is_vertical) {
      continue;
    }
    let line = first.x + select(
      u32(across - source_corner.y) * first.y,
      u32(across - source_corner.x),
      is_vertical,
    );
    let along = select(start.x, start.y, is_vertical);
    let centres = vec4<f32>(
      bitcast<f32>(memory[line + u32(clamp(along, 0, last) - source_start) * stride]),
      bitcast<f32>(memory[line + u32(clamp(along + 1, 0, last) - source_start) * stride]),
      bitcast<f32>(memory[line + u32(clamp(along + 2, 0, last) - source_start) * stride]),
      bitcast<f32>(memory[line + u32(clamp(along + 3, 0, last) - source_start) * stride]),
    );
    var sums = vec4<f32>(0.0);
    var sliding = vec4<f32>(0.0);
    for (var offset = -radius; offset < radius + OUTPUTS; offset++) {
      sliding = vec4<f32>(weight(weights + u32(abs(offset))), sliding.xyz);
      let at = line + u32(clamp(along + offset, 0, last) - source_start) * stride;
      sums += sliding * (bitcast<f32>(memory[at]) - centres);
    }
    sums += centres;
    for (var i = 0; i < OUTPUTS; i++) {
      let position = start + i * axis;
      let is_inside = all(position >= vec2<i32>(0)) && all(position < parameters.tile.image);
      if is_inside && all(position - corner < size) {
        store(head, result, position, bitcast<u32>(sums[i]));
      }
    }
  }
}

fn weight(i: u32) -> f32 {
  return bitcast<f32>(parameters.program[i / 4u][i % 4u]);
}

fn store(head: vec4<u32>, result: vec4<u32>, position: vec2<i32>, value: u32) {
  if result.x != NOWHERE {
    memory[place(result, position)] = value;
  }
  let inside = position - origin;
  let is_inside = all(inside >= vec2<i32>(0)) && all(inside < vec2<i32>(vec2<u32>(WIDTH, HEIGHT)));
  if head.w != NOWHERE && is_inside {
    memory[head.w + u32(inside.y) * WIDTH + u32(inside.x)] = value;
  }
}

// Where a pixel of the image lies in a plane.
fn place(plane: vec4<u32>, position: vec2<i32>) -> u32 {
  let inside = vec2<u32>(position - origin + vec2<i32>(plane.zw));
  return plane.x + inside.y * plane.y + inside.x;
}

fn value_at(plane: vec4<u32>, position: vec2<i32>) -> f32 {
  return bitcast<f32>(memory[place(plane, position)]);
}

fn at(x: i32, y: i32, z: i32) -> f32 {
  return value_at(source, clamp(centre + vec2<i32>(x, y), vec2<i32>(0), parameters.tile.image - 1));
}
