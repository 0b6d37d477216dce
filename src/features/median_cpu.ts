import type { Plane } from "./plane_cpu.ts";
import type { Vec3 } from "./plan_types.ts";
import { type Padded, padRegion, reusable, slabsOf } from "./slabs_cpu.ts";
import { type WindowRow, windowSize } from "./window_shape.ts";

/** Up to here sorting a window is as fast as selecting from it. */
const SORTED_WINDOW = 12;

/** The median over a window, which is the same on either side and so has an odd number of pixels. */
export function medianCpu(
  source: Plane,
  rows: readonly WindowRow[],
  radius: Vec3,
  out: Plane,
): void {
  const size = windowSize(rows);
  const middle = size >> 1;
  const select = size <= SORTED_WINDOW ? selectBySorting : quickselect;
  const window = new Int32Array(size);
  const allocate = reusable((length) => new Float32Array(length));
  for (const { data, region } of slabsOf(out, radius)) {
    const padded = padRegion(source, region, radius, allocate);
    const { stride, slice, origin } = padded;
    const keys = toKeys(padded);
    const result = new Int32Array(data.buffer, data.byteOffset, data.length);
    const offsets = windowOffsets(rows, padded);
    let to = 0;
    let guess = 0;
    for (let z = 0; z < region.depth; z++) {
      for (let y = 0; y < region.height; y++) {
        const start = origin + z * slice + y * stride;
        for (let p = start; p < start + region.width; p++) {
          for (let i = 0; i < size; i++) window[i] = keys[p + offsets[i]];
          guess = select(window, size, middle, guess);
          result[to++] = guess;
        }
      }
    }
    fromKeys(result);
  }
}

function windowOffsets(rows: readonly WindowRow[], { stride, slice }: Padded<Float32Array>) {
  const offsets = rows.flatMap(({ y, z, halfWidth }) =>
    Array.from({ length: 2 * halfWidth + 1 }, (_, i) => z * slice + y * stride + i - halfWidth)
  );
  return Int32Array.from(offsets);
}

/**
 * Floats as integers of the same order, in place. Integers compare faster, and even where a pixel
 * is not a number there is an order.
 */
function toKeys({ data }: Padded<Float32Array>): Int32Array {
  const keys = new Int32Array(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < keys.length; i++) keys[i] ^= (keys[i] >> 31) & 0x7fffffff;
  return keys;
}

function fromKeys(keys: Int32Array): void {
  for (let i = 0; i < keys.length; i++) keys[i] ^= (keys[i] >> 31) & 0x7fffffff;
}

function selectBySorting(window: Int32Array, size: number, rank: number): number {
  for (let i = 1; i < size; i++) {
    const value = window[i];
    let j = i - 1;
    for (; j >= 0 && window[j] > value; j--) window[j + 1] = window[j];
    window[j + 1] = value;
  }
  return window[rank];
}

/**
 * Hoare's selection. The neighbour's median is the first guess, because it is nearly right; what it
 * leaves is divided at the value in its middle.
 */
function quickselect(window: Int32Array, size: number, rank: number, guess: number): number {
  let low = 0;
  let high = size - 1;
  let pivot = guess;
  while (true) {
    let i = low;
    let j = high;
    // Smaller than the pivot to the left, larger to the right; equal ones may be on either side.
    while (i <= j) {
      while (i <= high && window[i] < pivot) i++;
      while (j >= low && window[j] > pivot) j--;
      if (i > j) break;
      const value = window[i];
      window[i++] = window[j];
      window[j--] = value;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return pivot;
    if (low === high) return window[low];
    pivot = window[(low + high) >> 1];
  }
}
