// Exclusive prefix sums of u32 (modulo 2^32) in two passes over the values: the sum of every block,
// then, with those summed up, the values of each block. No block waits for another.

struct Params {
  length: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> values: array<u32>;
@group(0) @binding(2) var<storage, read_write> block_sums: array<u32>;

const THREADS = 256u;
const PER_THREAD = 8u;
const BLOCK = THREADS * PER_THREAD;

var<workgroup> sums: array<u32, THREADS>;

fn block_index(group: vec3u, groups: vec3u) -> u32 {
  return group.x + group.y * groups.x;
}

fn value_at(i: u32) -> u32 {
  return select(0u, values[min(i, params.length - 1u)], i < params.length);
}

@compute @workgroup_size(THREADS)
fn reduce(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let block = block_index(group, groups);
  var sum = 0u;
  for (var k = 0u; k < PER_THREAD; k++) {
    sum += value_at(block * BLOCK + k * THREADS + thread);
  }
  sums[thread] = sum;
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if thread < half {
      sums[thread] += sums[thread + half];
    }
  }
  if thread == 0u && block * BLOCK < params.length {
    block_sums[block] = sums[0];
  }
}

@compute @workgroup_size(THREADS)
fn scan(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let block = block_index(group, groups);
  let first = block * BLOCK + thread * PER_THREAD;
  var own: array<u32, PER_THREAD>;
  var sum = 0u;
  for (var k = 0u; k < PER_THREAD; k++) {
    own[k] = value_at(first + k);
    sum += own[k];
  }
  sums[thread] = sum;
  for (var reach = 1u; reach < THREADS; reach *= 2u) {
    workgroupBarrier();
    let before = select(0u, sums[max(thread, reach) - reach], thread >= reach);
    workgroupBarrier();
    sums[thread] += before;
  }
  if block * BLOCK >= params.length {
    return;
  }
  var total = block_sums[block] + sums[thread] - sum;
  for (var k = 0u; k < PER_THREAD; k++) {
    if first + k < params.length {
      values[first + k] = total;
    }
    total += own[k];
  }
}
