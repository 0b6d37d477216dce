import type { Region } from "../backend.ts";
import { pixelCount } from "../image/image.ts";
import type { Plane } from "./plane_cpu.ts";
import type { Vec3 } from "./plan_types.ts";
import { groupByWidth, paddedRows, visitRows } from "./row_windows_cpu.ts";
import { type Padded, padRegion, reusable, slabsOf } from "./slabs_cpu.ts";
import { type WindowRow, windowSize } from "./window_shape.ts";

/** For every pixel the mean of values and the sum of their squared distances from it. */
interface Moments {
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

/**
 * The variance of all values (not of a sample) over a window: that of each of its rows first, which
 * many windows share, then merged pairwise (Chan, Golub and LeVeque 1979). Nothing large cancels,
 * so a constant has variance 0 exactly.
 */
export function varianceCpu(
  source: Plane,
  rows: readonly WindowRow[],
  radius: Vec3,
  squareRoot: boolean,
  out: Plane,
): void {
  const size = windowSize(rows);
  const groups = groupByWidth(rows);
  const allocate = reusable((length) => new Float64Array(length));
  const rowMoments = reusableMoments();
  const windowMoments = reusableMoments();
  for (const { data, region } of slabsOf(out, radius)) {
    const padded = padRegion(source, region, radius, allocate);
    const count = pixelCount(region);
    const { width } = region;
    const windows = windowMoments(count);
    windows.mean.fill(0, 0, count);
    windows.squares.fill(0, 0, count);
    let merged = 0;
    for (const [halfWidth, group] of groups) {
      const length = 2 * halfWidth + 1;
      const moments = rowMoments(paddedRows(region, radius) * width);
      computeRowMoments(padded, region, radius, halfWidth, moments);
      visitRows(region, group, radius, (from, to, i) => {
        mergeRow(moments, from, width, length, windows, to, merged + i * length);
      });
      merged += group.length * length;
    }
    for (let i = 0; i < count; i++) {
      const variance = windows.squares[i] / size;
      data[i] = squareRoot ? Math.sqrt(variance) : variance;
    }
  }
}

function reusableMoments(): (length: number) => Moments {
  const mean = reusable((length) => new Float64Array(length));
  const squares = reusable((length) => new Float64Array(length));
  return (length) => ({ mean: mean(length), squares: squares(length) });
}

function computeRowMoments(
  { data, stride }: Padded<Float64Array>,
  region: Region,
  radius: Vec3,
  halfWidth: number,
  { mean, squares }: Moments,
): void {
  const { width } = region;
  const length = 2 * halfWidth + 1;
  const numRows = paddedRows(region, radius);
  for (let row = 0; row < numRows; row++) {
    const start = row * stride + radius[0] - halfWidth;
    for (let i = 0; i < width; i++) {
      const from = start + i;
      let sum = 0;
      for (let p = from; p < from + length; p++) sum += data[p];
      const middle = sum / length;
      let squared = 0;
      for (let p = from; p < from + length; p++) {
        const distance = data[p] - middle;
        squared += distance * distance;
      }
      mean[row * width + i] = middle;
      squares[row * width + i] = squared;
    }
  }
}

/** Merges the moments of rows of `length` pixels into those of windows of `merged` pixels. */
function mergeRow(
  rows: Moments,
  from: number,
  width: number,
  length: number,
  windows: Moments,
  to: number,
  merged: number,
): void {
  const share = length / (merged + length);
  const weight = merged * share;
  const { mean, squares } = windows;
  for (let i = 0; i < width; i++) {
    const distance = rows.mean[from + i] - mean[to + i];
    mean[to + i] += distance * share;
    squares[to + i] += rows.squares[from + i] + distance * distance * weight;
  }
}
