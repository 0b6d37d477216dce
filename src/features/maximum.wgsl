// The largest value of a plane; NaN is passed over.
//
// Floats are compared as integers of the same order, because atomics know integers only.

struct Range {
  length: u32,
}

@group(0) @binding(0) var<uniform> range: Range;
@group(0) @binding(1) var<storage, read> source: array<u32>;
// Zero before, which stands for "none".
@group(0) @binding(2) var<storage, read_write> largest: atomic<u32>;

const PER_INVOCATION = 16u;

var<workgroup> keys: array<u32, 256>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let first = (workgroup.x + workgroup.y * workgroups.x) * 256u * PER_INVOCATION + local;
  var best = 0u;
  for (var i = 0u; i < PER_INVOCATION; i++) {
    let index = first + i * 256u;
    if (index < range.length) {
      let bits = source[index];
      if ((bits & 0x7fffffffu) <= 0x7f800000u) {
        best = max(best, select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u));
      }
    }
  }
  keys[local] = best;
  for (var half = 128u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local < half) {
      keys[local] = max(keys[local], keys[local + half]);
    }
  }
  if (local == 0u) {
    atomicMax(&largest, keys[0]);
  }
}
