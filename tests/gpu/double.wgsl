struct Range {
  length: u32,
}

override FACTOR: u32 = 2u;

@group(0) @binding(0) var<uniform> range: Range;
@group(0) @binding(1) var<storage, read_write> values: array<u32>;

@compute @workgroup_size(1)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
) {
  let index = workgroup.x + workgroup.y * workgroups.x;
  if (index < range.length) {
    values[index] *= FACTOR;
  }
}
