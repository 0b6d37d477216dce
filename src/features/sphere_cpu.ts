import type { Region } from "../backend.ts";
import { pixelCount } from "../image/image.ts";
import { convolution, lineMaximum, lineMinimum } from "./line_kernels_cpu.ts";
import type { LineKernel } from "./lines_cpu.ts";
import type { Plane } from "./plane_cpu.ts";
import type { Vec3 } from "./plan_types.ts";
import { groupByWidth, paddedRows, visitRows } from "./row_windows_cpu.ts";
import { type Padded, padRegion, reusable, slabsOf } from "./slabs_cpu.ts";
import { type WindowRow, windowSize } from "./window_shape.ts";

/** The minimum or maximum over an ellipsoid: of its rows first, then of these. */
export function sphereExtremumCpu(
  source: Plane,
  rows: readonly WindowRow[],
  radius: Vec3,
  statistic: "minimum" | "maximum",
  out: Plane,
): void {
  const isMinimum = statistic === "minimum";
  const kernelOf = isMinimum ? lineMinimum : lineMaximum;
  const merge = isMinimum ? keepSmaller : keepLarger;
  const groups = groupByWidth(rows);
  const allocate = reusable((length) => new Float64Array(length));
  const allocateRows = reusable((length) => new Float32Array(length));
  for (const { data, region } of slabsOf(out, radius)) {
    const padded = padRegion(source, region, radius, allocate);
    const { width } = region;
    data.fill(isMinimum ? Infinity : -Infinity);
    for (const [halfWidth, group] of groups) {
      const windows = allocateRows(paddedRows(region, radius) * width);
      filterPaddedRows(padded, region, radius, halfWidth, kernelOf(halfWidth), windows);
      visitRows(region, group, radius, (from, to) => merge(windows, from, width, data, to));
    }
  }
}

/** The mean over an ellipsoid: the sums of its rows, summed. */
export function sphereMeanCpu(
  source: Plane,
  rows: readonly WindowRow[],
  radius: Vec3,
  out: Plane,
): void {
  const size = windowSize(rows);
  const groups = groupByWidth(rows);
  const allocate = reusable((length) => new Float64Array(length));
  const allocateRows = reusable((length) => new Float32Array(length));
  const allocateSums = reusable((length) => new Float64Array(length));
  for (const { data, region } of slabsOf(out, radius)) {
    const padded = padRegion(source, region, radius, allocate);
    const { width } = region;
    const count = pixelCount(region);
    const sums = allocateSums(count).fill(0, 0, count);
    for (const [halfWidth, group] of groups) {
      const kernel = convolution(new Float64Array(halfWidth + 1).fill(1));
      const windows = allocateRows(paddedRows(region, radius) * width);
      filterPaddedRows(padded, region, radius, halfWidth, kernel, windows);
      visitRows(region, group, radius, (from, to) => addRow(windows, from, width, sums, to));
    }
    for (let i = 0; i < count; i++) data[i] = sums[i] / size;
  }
}

/** Filters every row of a padded slab, margins above, below, before and behind included. */
function filterPaddedRows(
  { data, stride }: Padded<Float64Array>,
  region: Region,
  radius: Vec3,
  halfWidth: number,
  kernel: LineKernel,
  out: Float32Array,
): void {
  const { width } = region;
  const line = new Float64Array(width + 2 * halfWidth);
  const numRows = paddedRows(region, radius);
  for (let row = 0; row < numRows; row++) {
    const from = row * stride + radius[0] - halfWidth;
    line.set(data.subarray(from, from + line.length));
    kernel(line, 0, width, out, row * width);
  }
}

function keepSmaller(
  rows: Float32Array,
  from: number,
  width: number,
  out: Float32Array,
  to: number,
): void {
  for (let i = 0; i < width; i++) {
    out[to + i] = Math.min(out[to + i], rows[from + i]);
  }
}

function keepLarger(
  rows: Float32Array,
  from: number,
  width: number,
  out: Float32Array,
  to: number,
): void {
  for (let i = 0; i < width; i++) {
    out[to + i] = Math.max(out[to + i], rows[from + i]);
  }
}

function addRow(
  rows: Float32Array,
  from: number,
  width: number,
  sums: Float64Array,
  to: number,
): void {
  for (let i = 0; i < width; i++) sums[to + i] += rows[from + i];
}
