import type { Size } from "../image/image.ts";
import { gaussianWeights } from "./gaussian_kernel.ts";
import type { Operation, Vec3, WindowStatistic } from "./plan_types.ts";
import { applyStencil } from "./stencils_plain.ts";
import { type WindowRow, windowRows, windowSize } from "./window_shape.ts";

/** The planes of a step's inputs, and where `gamma` comes next, the maximum of the first. */
export interface StepInputs {
  readonly planes: readonly Float32Array[];
  readonly size: Size;
  readonly dimensions: 2 | 3;
  readonly maximum?: number;
}

/**
 * One operation of a plan in plain TypeScript, for where neither WebGPU nor WebAssembly may run:
 * whole planes, whose edges are repeated beyond them.
 *
 * It adds up in 64-bit floats, so it agrees with the kernels to the rounding of 32-bit ones.
 */
export function runStep(
  operation: Exclude<Operation, { kind: "input" }>,
  { planes: [first, second], size, dimensions, maximum = 0 }: StepInputs,
): Float32Array {
  switch (operation.kind) {
    case "gaussian":
      return alongAxes(first, operation.sigma, (plane, sigma, axis) => {
        return sigma > 0 ? convolve(plane, size, axis, gaussianWeights(sigma)) : plane;
      });
    case "stencil":
      return applyStencil(operation.name, first, size, dimensions);
    case "window":
      return slideWindow(first, size, operation);
    case "combine":
      return operation.operator === "divide"
        ? first.map((value, i) => value / second[i])
        : first.map((value, i) => value - second[i]);
    case "power":
      return first.map((value) => Math.pow(value, operation.exponent));
    case "gamma":
      return first.map((value) =>
        maximum === 0 ? 0 : Math.pow(value / maximum, operation.gamma) * maximum
      );
  }
}

function alongAxes(
  plane: Float32Array,
  reaches: Vec3,
  filter: (plane: Float32Array, reach: number, axis: number) => Float32Array,
): Float32Array {
  return reaches.reduce((from, reach, axis) => reach > 0 ? filter(from, reach, axis) : from, plane);
}

/** The distance of neighbours along an axis, and how many pixels there are. */
function lineOf({ width, height, depth }: Size, axis: number): { step: number; length: number } {
  return [
    { step: 1, length: width },
    { step: width, length: height },
    { step: width * height, length: depth },
  ][axis];
}

/** Calls back with the first pixel of every line along an axis. */
function forEachLine(total: number, step: number, length: number, take: (first: number) => void) {
  for (let block = 0; block < total; block += step * length) {
    for (let first = block; first < block + step; first++) take(first);
  }
}

/** A line with its ends repeated `radius` times on either side. */
function padLine(
  from: Float32Array,
  first: number,
  step: number,
  length: number,
  radius: number,
  to: Float64Array,
): void {
  for (let i = 0, at = first; i < length; i++, at += step) to[radius + i] = from[at];
  to.fill(to[radius], 0, radius);
  to.fill(to[radius + length - 1], radius + length);
}

/**
 * A symmetric kernel along an axis; its weights from the centre outwards add up to 1 over both
 * sides. Made of differences from the centre, so that what is constant stays so exactly.
 */
function convolve(
  plane: Float32Array,
  size: Size,
  axis: number,
  weights: Float64Array,
): Float32Array {
  const { step, length } = lineOf(size, axis);
  const radius = weights.length - 1;
  const result = new Float32Array(plane.length);
  const line = new Float64Array(length + 2 * radius);
  forEachLine(plane.length, step, length, (first) => {
    padLine(plane, first, step, length, radius, line);
    for (let i = radius, at = first; i < radius + length; i++, at += step) {
      const centre = line[i];
      let sum = 0;
      for (let k = 1; k <= radius; k++) {
        sum += weights[k] * (line[i - k] - centre + (line[i + k] - centre));
      }
      result[at] = centre + sum;
    }
  });
  return result;
}

/** The largest or smallest of 2 radius + 1 pixels along an axis, by windows of doubled length. */
function extremum(
  plane: Float32Array,
  size: Size,
  axis: number,
  radius: number,
  pick: (a: number, b: number) => number,
): Float32Array {
  const { step, length } = lineOf(size, axis);
  const result = new Float32Array(plane.length);
  const line = new Float64Array(length + 2 * radius);
  forEachLine(plane.length, step, length, (first) => {
    padLine(plane, first, step, length, radius, line);
    let covered = 1;
    for (; 2 * covered <= 2 * radius + 1; covered *= 2) {
      for (let i = 0; i + covered < line.length; i++) line[i] = pick(line[i], line[i + covered]);
    }
    const rest = 2 * radius + 1 - covered;
    for (let i = 0, at = first; i < length; i++, at += step) {
      result[at] = pick(line[i], line[i + rest]);
    }
  });
  return result;
}

function slideWindow(
  plane: Float32Array,
  size: Size,
  { statistic, shape, radius }: Extract<Operation, { kind: "window" }>,
): Float32Array {
  if (shape === "box") {
    if (statistic === "mean") {
      return alongAxes(plane, radius, (from, reach, axis) => {
        const weights = new Float64Array(reach + 1).fill(1 / (2 * reach + 1));
        return convolve(from, size, axis, weights);
      });
    }
    if (statistic === "minimum" || statistic === "maximum") {
      const pick = statistic === "minimum" ? Math.min : Math.max;
      return alongAxes(plane, radius, (from, reach, axis) => {
        return extremum(from, size, axis, reach, pick);
      });
    }
  }
  return slideRows(plane, size, windowRows(shape, radius), STATISTICS[statistic]);
}

/** Each statistic of the values of a window, which it may reorder. */
const STATISTICS: Readonly<Record<WindowStatistic, (values: Float32Array) => number>> = {
  mean: (values) => meanOf(values),
  median: (values) => values.sort()[values.length >> 1],
  minimum: (values) => values.reduce((a, b) => Math.min(a, b)),
  maximum: (values) => values.reduce((a, b) => Math.max(a, b)),
  variance: (values) => varianceOf(values),
  standard_deviation: (values) => Math.sqrt(varianceOf(values)),
};

function meanOf(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function varianceOf(values: Float32Array): number {
  const mean = meanOf(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) * (values[i] - mean);
  return squares / values.length;
}

/** A statistic over a window of any shape. */
function slideRows(
  plane: Float32Array,
  { width, height, depth }: Size,
  rows: readonly WindowRow[],
  statistic: (values: Float32Array) => number,
): Float32Array {
  const result = new Float32Array(plane.length);
  const values = new Float32Array(windowSize(rows));
  const starts = new Int32Array(rows.length);
  for (let z = 0, at = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      rows.forEach((row, i) => {
        starts[i] = (clamp(z + row.z, depth) * height + clamp(y + row.y, height)) * width;
      });
      for (let x = 0; x < width; x++, at++) {
        let filled = 0;
        for (let i = 0; i < rows.length; i++) {
          const { halfWidth } = rows[i];
          for (let k = x - halfWidth; k <= x + halfWidth; k++) {
            values[filled++] = plane[starts[i] + clamp(k, width)];
          }
        }
        result[at] = statistic(values);
      }
    }
  }
  return result;
}

function clamp(place: number, length: number): number {
  return place < 0 ? 0 : place < length ? place : length - 1;
}
