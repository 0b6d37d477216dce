// Connected components by lock-free union-find (Komura 2015; Playne and Hawick 2018), from the sets
// that component_tiles.wgsl found within tiles.
//
// Rows are cut into words of 32 pixels, one bit each. A node of the forest is a run within a word,
// named by half the index of its first pixel, as two runs never begin side by side. So nodes ascend
// in raster order, a set's root is its first run, and the rank of the root is the object's number.

struct Params {
  width: u32,
  height: u32,
  depth: u32,
  words_per_row: u32,
  positive_class: u32,
  // Bits of a label in the result: 32, or 16, two labels to a word.
  label_bits: u32,
}

// Whether pixels that touch by a corner belong together.
override corners: bool = false;

@group(0) @binding(0) var<uniform> params: Params;
// One word of pixels in each u32, the leftmost pixel in the lowest bit.
@group(0) @binding(1) var<storage, read_write> bits: array<u32>;
// 16 nodes for every word; the roots within tiles on entry.
@group(0) @binding(2) var<storage, read_write> parents: array<atomic<u32>>;
// Which of a word's 16 nodes are roots, one bit each.
@group(0) @binding(3) var<storage, read_write> roots: array<u32>;
// The number of roots in a word; after the scan, in all words before it.
@group(0) @binding(4) var<storage, read_write> offsets: array<u32>;
@group(0) @binding(5) var<storage, read_write> labels: array<u32>;

const THREADS = 256u;
// As in component_tiles.wgsl.
const TILE_WORDS = 4u;
const TILE_ROWS = 32u;

fn invocation(group: vec3u, groups: vec3u, thread: u32) -> u32 {
  return (group.x + group.y * groups.x) * THREADS + thread;
}

fn num_words() -> u32 {
  return params.words_per_row * params.height * params.depth;
}

// The node of the run that covers a set bit of a word.
fn node_at(word: u32, pixels: u32, bit: u32) -> u32 {
  let gaps_before = ~pixels & ((1u << bit) - 1u);
  let start = firstLeadingBit(gaps_before) + 1u;
  return word * 16u + start / 2u;
}

fn node_of_start(word: u32, start: u32) -> u32 {
  return word * 16u + start / 2u;
}

fn run_starts(pixels: u32) -> u32 {
  return pixels & ~(pixels << 1u);
}

// The root of a node, halving the path to it. Parents only ever fall, so nothing is lost to a race.
fn find(start: u32) -> u32 {
  var node = start;
  var parent = atomicLoad(&parents[node]);
  while parent != node {
    let grandparent = atomicLoad(&parents[parent]);
    if grandparent != parent {
      atomicMin(&parents[node], grandparent);
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
    let former = atomicMin(&parents[high], low);
    if former == high {
      return;
    }
    // Another thread was faster: what it attached here has to be joined as well.
    high = find(former);
    low = find(low);
  }
}

// Joins the runs of a word with those of the word at the same column of an earlier row.
fn join_words(word: u32, other: u32) {
  let a = bits[word];
  let b = bits[other];
  // The pixels left of the words, in bit 0.
  let has_left = word % params.words_per_row > 0u;
  let a_left = select(0u, bits[max(word, 1u) - 1u] >> 31u, has_left);
  let b_left = select(0u, bits[max(other, 1u) - 1u] >> 31u, has_left);

  // One join for each stretch along which two runs touch.
  let both = a & b;
  var faces = both & ~((both << 1u) | (a_left & b_left));
  while faces != 0u {
    let bit = firstTrailingBit(faces);
    join(node_at(word, a, bit), node_at(other, b, bit));
    faces &= faces - 1u;
  }
  if corners {
    join_corners(word, other, 0xffffffffu);
  }
}

// Joins runs that touch those of the other word by a corner of one of the `considered` pixels.
fn join_corners(word: u32, other: u32, considered: u32) {
  let column = word % params.words_per_row;
  let has_left = column > 0u;
  let has_right = column + 1u < params.words_per_row;
  let a = bits[word];
  let b = bits[other];
  let a_left = select(0u, bits[max(word, 1u) - 1u] >> 31u, has_left);
  let b_left = select(0u, bits[max(other, 1u) - 1u] >> 31u, has_left);
  let a_right = select(0u, bits[word + 1u] << 31u, has_right);
  let b_right = select(0u, bits[other + 1u] << 31u, has_right);
  // Corners matter only where no face joins the same two runs.
  let alone = a & ~b & considered;
  var to_left = alone & ((b << 1u) | b_left) & ~((a << 1u) | a_left);
  while to_left != 0u {
    let bit = firstTrailingBit(to_left);
    if bit > 0u {
      join(node_at(word, a, bit), node_at(other, b, bit - 1u));
    } else {
      join(node_at(word, a, 0u), node_at(other - 1u, bits[other - 1u], 31u));
    }
    to_left &= to_left - 1u;
  }
  var to_right = alone & ((b >> 1u) | b_right) & ~((a >> 1u) | a_right);
  while to_right != 0u {
    let bit = firstTrailingBit(to_right);
    if bit < 31u {
      join(node_at(word, a, bit), node_at(other, b, bit + 1u));
    } else {
      join(node_at(word, a, 31u), node_at(other + 1u, bits[other + 1u], 0u));
    }
    to_right &= to_right - 1u;
  }
}

// Joins what the tiles could not: runs in different tiles, and in different planes.
@compute @workgroup_size(THREADS)
fn merge_tiles(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let word = invocation(group, groups, thread);
  if word >= num_words() {
    return;
  }
  let pixels = bits[word];
  if pixels == 0u {
    return;
  }
  let column = word % params.words_per_row;
  let row = word / params.words_per_row;
  let y = row % params.height;
  let is_first_column = column % TILE_WORDS == 0u;
  let is_last_column = column % TILE_WORDS == TILE_WORDS - 1u;
  if is_first_column && column > 0u && (pixels & 1u) != 0u {
    let left = bits[word - 1u];
    if left >> 31u == 1u {
      join(node_of_start(word, 0u), node_at(word - 1u, left, 31u));
    }
  }
  if y > 0u {
    let above = word - params.words_per_row;
    if y % TILE_ROWS == 0u {
      join_words(word, above);
    } else if corners && (is_first_column || is_last_column) {
      let edges = select(0u, 1u, is_first_column) | select(0u, 0x80000000u, is_last_column);
      join_corners(word, above, edges);
    }
  }
  if row < params.height {
    return;
  }
  let before = word - params.words_per_row * params.height;
  join_words(word, before);
  if corners && y > 0u {
    join_words(word, before - params.words_per_row);
  }
  if corners && y + 1u < params.height {
    join_words(word, before + params.words_per_row);
  }
}

// Points every node at its root, and notes and counts the roots.
@compute @workgroup_size(THREADS)
fn flatten(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let word = invocation(group, groups, thread);
  if word >= num_words() {
    return;
  }
  var starts = run_starts(bits[word]);
  var found = 0u;
  while starts != 0u {
    let node = node_of_start(word, firstTrailingBit(starts));
    let root = find(node);
    if root == node {
      found |= 1u << (node % 16u);
    } else {
      atomicMin(&parents[node], root);
    }
    starts &= starts - 1u;
  }
  roots[word] = found;
  offsets[word] = countOneBits(found);
}

fn label_of(pixel: u32) -> u32 {
  let x = pixel % params.width;
  let word = pixel / params.width * params.words_per_row + x / 32u;
  let pixels = bits[word];
  if ((pixels >> (x % 32u)) & 1u) == 0u {
    return 0u;
  }
  let root = atomicLoad(&parents[node_at(word, pixels, x % 32u)]);
  let earlier = roots[root / 16u] & ((1u << (root % 16u)) - 1u);
  return offsets[root / 16u] + countOneBits(earlier) + 1u;
}

@compute @workgroup_size(THREADS)
fn relabel(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = invocation(group, groups, thread);
  let num_pixels = params.width * params.height * params.depth;
  let bits = params.label_bits;
  let first = place * (32u / bits);
  if first >= num_pixels {
    return;
  }
  // Labels of more bits lose some; the number of objects tells.
  let mask = 0xffffffffu >> (32u - bits);
  var word = 0u;
  for (var shift = 0u; shift < 32u; shift += bits) {
    let pixel = first + shift / bits;
    if pixel < num_pixels {
      word |= (label_of(pixel) & mask) << shift;
    }
  }
  labels[place] = word;
}
