import type { Plane } from "./plane_cpu.ts";

/**
 * Filters one line. It has `length` pixels and, on either side, as many more as the filter reaches;
 * it starts at `from` and may be overwritten. The result goes to `out` from `to` on.
 */
export type LineKernel = (
  line: Float64Array,
  from: number,
  length: number,
  out: Float32Array,
  to: number,
) => void;

/** Lines across the rows that are filtered together: one cache line of 32-bit floats. */
const STRIP = 16;

/**
 * Filters every line along an axis that runs through the region of `out`. Lines are extended beyond
 * the edges of `source` by their first and last pixels, so that kernels need not look for edges.
 */
export function filterLines(
  source: Plane,
  axis: 0 | 1 | 2,
  reach: number,
  kernel: LineKernel,
  out: Plane,
): void {
  if (axis === 0) filterRows(source, reach, kernel, out);
  else filterAcrossRows(source, axis, reach, kernel, out);
}

function filterRows(source: Plane, reach: number, kernel: LineKernel, out: Plane): void {
  const { data, region: from } = source;
  const { region } = out;
  const length = region.width;
  const line = new Float64Array(length + 2 * reach);
  const start = region.x - from.x - reach;
  const first = Math.max(0, -start);
  const end = Math.min(line.length, from.width - start);
  let to = 0;
  for (let z = region.z - from.z; z < region.z - from.z + region.depth; z++) {
    for (let y = region.y - from.y; y < region.y - from.y + region.height; y++) {
      const row = (z * from.height + y) * from.width;
      line.fill(data[row], 0, first);
      for (let i = first, p = row + start + first; i < end; i++, p++) line[i] = data[p];
      line.fill(data[row + from.width - 1], end);
      kernel(line, 0, length, out.data, to);
      to += length;
    }
  }
}

/** Lines along y or z, copied together so that memory is read in cache lines. */
function filterAcrossRows(
  source: Plane,
  axis: 1 | 2,
  reach: number,
  kernel: LineKernel,
  out: Plane,
): void {
  const { data, region: from } = source;
  const { data: result, region } = out;
  const alongY = axis === 1;
  const length = alongY ? region.height : region.depth;
  const last = (alongY ? from.height : from.depth) - 1;
  const start = (alongY ? region.y - from.y : region.z - from.z) - reach;
  const stride = alongY ? from.width : from.width * from.height;
  const outStride = alongY ? region.width : region.width * region.height;
  const others = alongY ? region.depth : region.height;
  const otherStart = alongY ? region.z - from.z : region.y - from.y;
  const otherStride = alongY ? from.width * from.height : from.width;
  const otherOutStride = alongY ? region.width * region.height : region.width;
  // An odd distance between lines spreads them over the cache.
  const span = (length + 2 * reach) | 1;
  const lines = new Float64Array(STRIP * span);
  const results = new Float32Array(STRIP * length);
  for (let other = 0; other < others; other++) {
    const base = (otherStart + other) * otherStride + region.x - from.x;
    for (let x = 0; x < region.width; x += STRIP) {
      const columns = Math.min(STRIP, region.width - x);
      for (let i = 0; i < length + 2 * reach; i++) {
        const p = base + x + Math.min(last, Math.max(0, start + i)) * stride;
        for (let c = 0; c < columns; c++) lines[c * span + i] = data[p + c];
      }
      for (let c = 0; c < columns; c++) kernel(lines, c * span, length, results, c * length);
      const to = other * otherOutStride + x;
      for (let i = 0; i < length; i++) {
        const p = to + i * outStride;
        for (let c = 0; c < columns; c++) result[p + c] = results[c * length + i];
      }
    }
  }
}
