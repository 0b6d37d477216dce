// The values of one plane at single pixels, as one column of a table of samples.

struct Table {
  // In which the pixels are numbered.
  tile_size: vec3<u32>,
  rows: u32,
  // Of the plane, and where it begins in the tile.
  source_size: vec3<u32>,
  columns: u32,
  origin: vec3<u32>,
  column: u32,
}

@group(0) @binding(0) var<uniform> table: Table;
// As bits, so that whatever the floats are arrives unchanged.
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read> pixels: array<u32>;
@group(0) @binding(3) var<storage, read_write> samples: array<u32>;

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) workgroups: vec3<u32>,
  @builtin(local_invocation_index) local: u32,
) {
  let row = (workgroup.x + workgroup.y * workgroups.x) * 64u + local;
  if (row >= table.rows) {
    return;
  }
  let pixel = pixels[row];
  let size = table.tile_size;
  let position = vec3<u32>(pixel % size.x, pixel / size.x % size.y, pixel / size.x / size.y);
  let p = position - table.origin;
  let index = (p.z * table.source_size.y + p.y) * table.source_size.x + p.x;
  samples[row * table.columns + table.column] = source[index];
}
