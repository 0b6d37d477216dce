// Classifies pixels from their feature planes; votes.wgsl says how.

struct Parameters {
  votes: Votes,
  num_pixels: u32,
  // Values from one feature plane to the next.
  plane_stride: u32,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
// 32-bit floats, of the features that the forest asks about.
@group(0) @binding(1) var<storage, read> features: array<i32>;
// Four pixels a word.
@group(0) @binding(6) var<storage, read_write> classes: array<u32>;

const THREADS = 256u;

var<workgroup> found: array<u32, THREADS>;

fn feature_bits(feature: u32, pixel: u32) -> i32 {
  return features[feature * parameters.plane_stride + pixel];
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) num_workgroups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let block = workgroup.x + workgroup.y * num_workgroups.x;
  let pixel = block * THREADS + thread;
  var class_number = 0u;
  if pixel < parameters.num_pixels {
    class_number = classify(pixel);
  }
  found[thread] = class_number;
  workgroupBarrier();
  let word = block * (THREADS / 4u) + thread;
  let num_words = (parameters.num_pixels + 3u) / 4u;
  if thread < THREADS / 4u && word < num_words && (parameters.votes.outputs & 1u) != 0u {
    let at = 4u * thread;
    classes[word] = found[at] | (found[at + 1u] << 8u) | (found[at + 2u] << 16u) |
      (found[at + 3u] << 24u);
  }
}
