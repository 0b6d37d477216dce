// Pixels of 8 or 16 bits, as they came from the image, as floats.

struct Parameters {
  pixels: u32,
  // Of one pixel.
  bits: u32,
  is_signed: u32,
}

@group(0) @binding(0) var<uniform> parameters: Parameters;
// The first pixel of a word is in its lowest bits.
@group(0) @binding(1) var<storage, read> words: array<u32>;
@group(0) @binding(2) var<storage, read_write> plane: array<f32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let index = (workgroup.x + workgroup.y * workgroups.x) * 64u + local;
  if (index >= parameters.pixels) {
    return;
  }
  let bits = parameters.bits;
  let pixels_per_word = 32u / bits;
  let word = words[index / pixels_per_word];
  // Shifted to the top first, so that shifting back extends the sign.
  let top = word << (32u - bits - index % pixels_per_word * bits);
  if (parameters.is_signed != 0u) {
    plane[index] = f32(bitcast<i32>(top) >> (32u - bits));
  } else {
    plane[index] = f32(top >> (32u - bits));
  }
}
