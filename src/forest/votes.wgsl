// The votes of a forest for one pixel: every invocation walks it through all trees. The forest is
// data, so one pipeline serves all forests.
//
// The kernel that this is part of declares `parameters`, whose member `votes` is a Votes, and
// `feature_bits(feature, pixel)`, the bits of a feature's value as an integer: comparing those is
// exact for denormal numbers too.

struct Votes {
  num_trees: u32,
  num_classes: u32,
  // Low bits of a node's second word, which hold its feature; all set at a leaf.
  feature_mask: u32,
  feature_bits: u32,
  // Sums of fractions that are closer than this are added again in 64-bit floats.
  margin: u32,
  // 1: classes, 2: the sums of all classes, 4: the largest sums.
  outputs: u32,
  // Values from one plane of sums to the next.
  sum_stride: u32,
  // The pixel whose sums come first.
  first_pixel: u32,
}

// Whether leaves hold counts (32-bit floats) rather than fixed-point fractions.
override votes_are_counts: bool = false;

// The threshold as ordered bits; feature and left child, counted from the tree's root, or at a
// leaf its number, counted from the tree's first leaf.
@group(0) @binding(2) var<storage, read> nodes: array<vec2<u32>>;
// The root and the first leaf of every tree, two words each, and behind them the class numbers.
@group(0) @binding(3) var<storage, read> trees: array<u32>;
// What leaves add to the classes, four classes a vector.
@group(0) @binding(4) var<storage, read> leaves: array<vec4<u32>>;
// The fractions as 64-bit floats, low word first.
@group(0) @binding(5) var<storage, read> fractions: array<vec2<u32>>;
@group(0) @binding(7) var<storage, read_write> sums: array<u32>;

const INFINITY = 0x7f800000i;

// An integer that orders as the float with these bits does; NaN is larger than infinity.
fn ordered_bits(bits: i32) -> i32 {
  let magnitude = bits & 0x7fffffffi;
  if magnitude > INFINITY {
    return 0x7fffffffi;
  }
  return select(magnitude, -magnitude, bits < 0i);
}

// The leaf of a tree that a pixel falls into.
fn find_leaf(tree: u32, pixel: u32) -> u32 {
  let root = trees[2u * tree];
  var node = nodes[root];
  loop {
    let feature = node.y & parameters.votes.feature_mask;
    if feature == parameters.votes.feature_mask {
      break;
    }
    let value = ordered_bits(feature_bits(feature, pixel));
    let step = select(0u, 1u, value > bitcast<i32>(node.x));
    node = nodes[root + (node.y >> parameters.votes.feature_bits) + step];
  }
  return trees[2u * tree + 1u] + (node.y >> parameters.votes.feature_bits);
}

fn sum_fractions(pixel: u32, chunk: u32, num_chunks: u32) -> vec4<u32> {
  var sum = vec4<u32>();
  for (var tree = 0u; tree < parameters.votes.num_trees; tree++) {
    sum += leaves[find_leaf(tree, pixel) * num_chunks + chunk];
  }
  return sum;
}

// Adds in the order of the trees; the bits of the sums order as the sums, none being negative.
fn sum_counts(pixel: u32, chunk: u32, num_chunks: u32) -> vec4<u32> {
  var sum = vec4<f32>();
  for (var tree = 0u; tree < parameters.votes.num_trees; tree++) {
    sum += bitcast<vec4<f32>>(leaves[find_leaf(tree, pixel) * num_chunks + chunk]);
  }
  return bitcast<vec4<u32>>(sum);
}

// a + b of 64-bit floats that are not negative, rounded to nearest, ties to even.
fn add_doubles(a: vec2<u32>, b: vec2<u32>) -> vec2<u32> {
  let a_is_larger = a.y > b.y || (a.y == b.y && a.x >= b.x);
  let large = select(b, a, a_is_larger);
  let small = select(a, b, a_is_larger);
  if (small.x | small.y) == 0u {
    return large;
  }
  var exponent = large.y >> 20u;
  let distance = exponent - (small.y >> 20u);
  // Mantissas with the hidden bit and three bits more: guard, round and sticky.
  let large_high = (large.y & 0xfffffu) | 0x100000u;
  let small_high = (small.y & 0xfffffu) | 0x100000u;
  var high = (large_high << 3u) | (large.x >> 29u);
  var low = large.x << 3u;
  var added_high = (small_high << 3u) | (small.x >> 29u);
  var added_low = small.x << 3u;
  if distance >= 56u {
    added_high = 0u;
    added_low = 1u;
  } else if distance >= 32u {
    let shift = distance - 32u;
    let kept = added_high >> shift;
    let is_inexact = added_low != 0u || (kept << shift) != added_high;
    added_high = 0u;
    added_low = kept | select(0u, 1u, is_inexact);
  } else if distance > 0u {
    let is_inexact = (added_low << (32u - distance)) != 0u;
    added_low = (added_low >> distance) | (added_high << (32u - distance));
    added_low |= select(0u, 1u, is_inexact);
    added_high >>= distance;
  }
  low += added_low;
  high += added_high + select(0u, 1u, low < added_low);
  if high >= 0x1000000u {
    low = (low >> 1u) | (high << 31u) | (low & 1u);
    high >>= 1u;
    exponent++;
  }
  let rest = low & 7u;
  low = (low >> 3u) | (high << 29u);
  high >>= 3u;
  if rest > 4u || (rest == 4u && (low & 1u) == 1u) {
    low++;
    high += select(0u, 1u, low == 0u);
  }
  if high == 0x200000u {
    high = 0x100000u;
    exponent++;
  }
  return vec2<u32>(low, (exponent << 20u) | (high & 0xfffffu));
}

// a / divisor of a 64-bit float that is not negative and an integer below 2³¹, rounded to nearest:
// long division, bit by bit. There are no ties: a quotient that ends in its 54th bit would, times
// the divisor, be longer than 53 bits.
fn divide_double(a: vec2<u32>, divisor: u32) -> vec2<u32> {
  if (a.x | a.y) == 0u {
    return a;
  }
  var exponent = a.y >> 20u;
  // The mantissa, its 53 bits at the top.
  var high = (((a.y & 0xfffffu) | 0x100000u) << 11u) | (a.x >> 21u);
  var low = a.x << 11u;
  var remainder = 0u;
  var quotient_high = 0u;
  var quotient_low = 0u;
  // 53 bits of the quotient from its first, and one for rounding.
  for (var num_bits = 0u; num_bits < 54u;) {
    remainder = (remainder << 1u) | (high >> 31u);
    high = (high << 1u) | (low >> 31u);
    low <<= 1u;
    let fits = remainder >= divisor;
    remainder -= select(0u, divisor, fits);
    if num_bits == 0u && !fits {
      exponent--;
      continue;
    }
    quotient_high = (quotient_high << 1u) | (quotient_low >> 31u);
    quotient_low = (quotient_low << 1u) | select(0u, 1u, fits);
    num_bits++;
  }
  let half = (quotient_low & 1u) == 1u;
  quotient_low = (quotient_low >> 1u) | (quotient_high << 31u);
  quotient_high >>= 1u;
  if half {
    quotient_low++;
    quotient_high += select(0u, 1u, quotient_low == 0u);
  }
  if quotient_high == 0x200000u {
    quotient_high = 0x100000u;
    exponent++;
  }
  return vec2<u32>(quotient_low, (exponent << 20u) | (quotient_high & 0xfffffu));
}

// The first class of the largest mean fraction, as 64-bit floats tell it.
fn decide_exactly(pixel: u32) -> u32 {
  var best = 0u;
  var largest = vec2<u32>();
  for (var class_index = 0u; class_index < parameters.votes.num_classes; class_index++) {
    var sum = vec2<u32>();
    for (var tree = 0u; tree < parameters.votes.num_trees; tree++) {
      let leaf = find_leaf(tree, pixel);
      sum = add_doubles(sum, fractions[leaf * parameters.votes.num_classes + class_index]);
    }
    let mean = divide_double(sum, parameters.votes.num_trees);
    if mean.y > largest.y || (mean.y == largest.y && mean.x > largest.x) {
      largest = mean;
      best = class_index;
    }
  }
  return best;
}

// The class number of a pixel; its sums are written to their places.
fn classify(pixel: u32) -> u32 {
  let place = pixel - parameters.votes.first_pixel;
  let num_chunks = (parameters.votes.num_classes + 3u) / 4u;
  var first = 0u;
  var second = 0u;
  var best = 0u;
  // The sum of all counts, in 32-bit floats and in the order of the classes.
  var total = 0.0;
  for (var chunk = 0u; chunk < num_chunks; chunk++) {
    var sum: vec4<u32>;
    if votes_are_counts {
      sum = sum_counts(pixel, chunk, num_chunks);
    } else {
      sum = sum_fractions(pixel, chunk, num_chunks);
    }
    for (var lane = 0u; lane < min(4u, parameters.votes.num_classes - 4u * chunk); lane++) {
      let class_index = 4u * chunk + lane;
      let value = sum[lane];
      if (parameters.votes.outputs & 2u) != 0u {
        sums[class_index * parameters.votes.sum_stride + place] = value;
      }
      if value > first {
        second = first;
        first = value;
        best = class_index;
      } else if value > second {
        second = value;
      }
      if votes_are_counts {
        total += bitcast<f32>(value);
      }
    }
  }
  if (parameters.votes.outputs & 4u) != 0u {
    if votes_are_counts {
      sums[place] = first;
      sums[parameters.votes.sum_stride + place] = second;
      sums[2u * parameters.votes.sum_stride + place] = bitcast<u32>(total);
    } else {
      sums[place] = first - second;
    }
  }
  if (parameters.votes.outputs & 1u) == 0u {
    return 0u;
  }
  if !votes_are_counts && first - second <= parameters.votes.margin {
    best = decide_exactly(pixel);
  }
  return trees[2u * parameters.votes.num_trees + best];
}
