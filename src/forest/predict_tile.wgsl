// Features and votes of a tile, a workgroup each: tile.wgsl computes the features that the forest
// asks about in workgroup memory, votes.wgsl walks the forest on them.

struct Parameters {
  votes: Votes,
  tile: Tile,
  // Instructions, and behind them the weights of convolutions.
  program: array<vec4<u32>, 1024>,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
// Four pixels a word; 0 before this kernel runs, because words reach into the next tile.
@group(0) @binding(6) var<storage, read_write> classes: array<atomic<u32>>;

var<private> own_value: u32;

fn feature_bits(feature: u32, pixel: u32) -> i32 {
  return i32(memory[feature * WIDTH * HEIGHT + own_value]);
}

@compute @workgroup_size(WIDTH, HEIGHT)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) num_workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let tile = parameters.tile;
  let tiles_per_row = (tile.core_size.x + WIDTH - 1u) / WIDTH;
  let index = workgroup.x + workgroup.y * num_workgroups.x;
  let corner = vec2<u32>(
    index % tiles_per_row * WIDTH,
    tile.first_row + index / tiles_per_row * HEIGHT,
  );
  run_program(tile.core_start + vec2<i32>(corner), thread);

  let position = corner + vec2<u32>(thread % WIDTH, thread / WIDTH);
  var class_number = 0u;
  own_value = thread;
  if all(position < tile.core_size) {
    class_number = classify(position.y * tile.core_size.x + position.x);
  }
  workgroupBarrier();
  memory[thread] = class_number;
  workgroupBarrier();
  if (parameters.votes.outputs & 1u) != 0u {
    write_classes(corner, thread);
  }
}

// Gathers the classes in words: each row of the tile fills some and shares those at its ends.
fn write_classes(corner: vec2<u32>, thread: u32) {
  let core = parameters.tile.core_size;
  let words_per_row = WIDTH / 4u + 1u;
  let row = thread / words_per_row;
  if row >= HEIGHT || corner.y + row >= core.y {
    return;
  }
  let start = (corner.y + row) * core.x + corner.x;
  let length = min(WIDTH, core.x - corner.x);
  let word = start / 4u + thread % words_per_row;
  var value = 0u;
  var count = 0u;
  for (var lane = 0u; lane < 4u; lane++) {
    let pixel = 4u * word + lane;
    if pixel >= start && pixel < start + length {
      value |= memory[row * WIDTH + pixel - start] << (8u * lane);
      count++;
    }
  }
  if count == 4u {
    atomicStore(&classes[word], value);
  } else if count > 0u {
    atomicOr(&classes[word], value);
  }
}
