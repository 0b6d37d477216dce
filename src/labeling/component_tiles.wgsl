// The connected components within each tile of 128 × 32 pixels, by union-find in workgroup memory:
// most joins never reach the memory of the device. components.wgsl joins the tiles.
//
// Words, runs and nodes are those of components.wgsl; within a tile they are numbered on their own,
// in raster order too, so a set's smallest node is its first run.

struct Params {
  width: u32,
  height: u32,
  depth: u32,
  words_per_row: u32,
  positive_class: u32,
}

// Whether pixels that touch by a corner belong together.
override corners: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
// Four classes in each u32.
@group(0) @binding(1) var<storage, read> classes: array<u32>;
// One word of pixels in each u32, the leftmost pixel in the lowest bit.
@group(0) @binding(2) var<storage, read_write> bits: array<u32>;
// 16 nodes for every word.
@group(0) @binding(3) var<storage, read_write> parents: array<u32>;

const TILE_WORDS = 4u;
const TILE_ROWS = 32u;
const THREADS = 128u;

var<workgroup> tile_bits: array<u32, THREADS>;
var<workgroup> tile_parents: array<atomic<u32>, 2048>;

fn node_at(word: u32, pixels: u32, bit: u32) -> u32 {
  let gaps_before = ~pixels & ((1u << bit) - 1u);
  let start = firstLeadingBit(gaps_before) + 1u;
  return word * 16u + start / 2u;
}

// The root of a node, halving the path to it. Parents only ever fall, so nothing is lost to a race.
fn find(start: u32) -> u32 {
  var node = start;
  var parent = atomicLoad(&tile_parents[node]);
  while parent != node {
    let grandparent = atomicLoad(&tile_parents[parent]);
    if grandparent != parent {
      atomicMin(&tile_parents[node], grandparent);
    }
    node = parent;
    parent = grandparent;
  }
  return node;
}

fn join(a: u32, b: u32) {
  var high = find(a);
  var low = find(b);
  while high != low {
    if high < low {
      let swap = high;
      high = low;
      low = swap;
    }
    let former = atomicMin(&tile_parents[high], low);
    if former == high {
      return;
    }
    // Another thread was faster: what it attached here has to be joined as well.
    high = find(former);
    low = find(low);
  }
}

// Which of the 32 pixels of a word are of the class.
fn pack(word: u32) -> u32 {
  let column = word % params.words_per_row * 32u;
  let first = word / params.words_per_row * params.width + column;
  let shift = first % 4u * 8u;
  let pattern = params.positive_class * 0x01010101u;
  var pixels = 0u;
  var low = classes[first / 4u];
  for (var k = 0u; k < 8u; k++) {
    let high = classes[min(first / 4u + k + 1u, arrayLength(&classes) - 1u)];
    let four = select((low >> shift) | (high << (32u - shift)), low, shift == 0u);
    let different = four ^ pattern;
    let low_bits = (different & 0x7f7f7f7fu) + 0x7f7f7f7fu;
    let equal = ~(low_bits | different | 0x7f7f7f7fu) >> 7u;
    pixels |= ((equal * 0x10204080u) >> 28u) << (4u * k);
    low = high;
  }
  let rest = params.width - column;
  if rest < 32u {
    pixels &= (1u << rest) - 1u;
  }
  return pixels;
}

// Joins the runs of a word with those of the word above, as far as both lie in the tile.
fn join_above(word: u32) {
  let other = word - TILE_WORDS;
  let a = tile_bits[word];
  let b = tile_bits[other];
  let column = word % TILE_WORDS;
  let has_left = column > 0u;
  let a_left = select(0u, tile_bits[max(word, 1u) - 1u] >> 31u, has_left);
  let b_left = select(0u, tile_bits[max(other, 1u) - 1u] >> 31u, has_left);
  // One join for each stretch along which two runs touch.
  let both = a & b;
  var faces = both & ~((both << 1u) | (a_left & b_left));
  while faces != 0u {
    let bit = firstTrailingBit(faces);
    join(node_at(word, a, bit), node_at(other, b, bit));
    faces &= faces - 1u;
  }
  if !corners {
    return;
  }
  let has_right = column + 1u < TILE_WORDS;
  let a_right = select(0u, tile_bits[min(word + 1u, THREADS - 1u)] << 31u, has_right);
  let b_right = select(0u, tile_bits[other + 1u] << 31u, has_right);
  // Corners matter only where no face joins the same two runs.
  let alone = a & ~b;
  var to_left = alone & ((b << 1u) | b_left) & ~((a << 1u) | a_left);
  while to_left != 0u {
    let bit = firstTrailingBit(to_left);
    if bit > 0u {
      join(node_at(word, a, bit), node_at(other, b, bit - 1u));
    } else {
      join(node_at(word, a, 0u), node_at(other - 1u, tile_bits[other - 1u], 31u));
    }
    to_left &= to_left - 1u;
  }
  var to_right = alone & ((b >> 1u) | b_right) & ~((a >> 1u) | a_right);
  while to_right != 0u {
    let bit = firstTrailingBit(to_right);
    if bit < 31u {
      join(node_at(word, a, bit), node_at(other, b, bit + 1u));
    } else {
      join(node_at(word, a, 31u), node_at(other + 1u, tile_bits[other + 1u], 0u));
    }
    to_right &= to_right - 1u;
  }
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tile = group.x + group.y * groups.x;
  let tiles_per_row = (params.words_per_row + TILE_WORDS - 1u) / TILE_WORDS;
  let tiles_per_plane = tiles_per_row * ((params.height + TILE_ROWS - 1u) / TILE_ROWS);
  let first_column = tile % tiles_per_row * TILE_WORDS;
  let first_y = tile % tiles_per_plane / tiles_per_row * TILE_ROWS;
  let z = tile / tiles_per_plane;
  let first_word = (z * params.height + first_y) * params.words_per_row + first_column;
  let word = first_word + thread / TILE_WORDS * params.words_per_row + thread % TILE_WORDS;
  let is_inside = first_column + thread % TILE_WORDS < params.words_per_row &&
    first_y + thread / TILE_WORDS < params.height && z < params.depth;

  var pixels = 0u;
  if is_inside {
    pixels = pack(word);
    bits[word] = pixels;
  }
  tile_bits[thread] = pixels;
  workgroupBarrier();

  // Every run becomes a node, linked to the left where the run goes on across the words.
  let all_starts = pixels & ~(pixels << 1u);
  var starts = all_starts;
  if (pixels & 1u) != 0u && thread % TILE_WORDS > 0u {
    let left = tile_bits[thread - 1u];
    if left >> 31u == 1u {
      atomicStore(&tile_parents[thread * 16u], node_at(thread - 1u, left, 31u));
      starts &= ~1u;
    }
  }
  while starts != 0u {
    let node = thread * 16u + firstTrailingBit(starts) / 2u;
    atomicStore(&tile_parents[node], node);
    starts &= starts - 1u;
  }
  workgroupBarrier();

  if thread >= TILE_WORDS && pixels != 0u {
    join_above(thread);
  }
  workgroupBarrier();

  starts = all_starts;
  while starts != 0u {
    let start = firstTrailingBit(starts);
    let root = find(thread * 16u + start / 2u);
    let root_word = first_word + root / 16u / TILE_WORDS * params.words_per_row +
      root / 16u % TILE_WORDS;
    parents[word * 16u + start / 2u] = root_word * 16u + root % 16u;
    starts &= starts - 1u;
  }
}
