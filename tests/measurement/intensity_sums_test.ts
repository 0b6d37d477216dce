import assert from "node:assert/strict";
import type { Size } from "../../src/image/image.ts";
import {
  type IntensitySums,
  sumIntensities,
  sumIntensitiesPlainly,
} from "../../src/measurement/intensity_sums_cpu.ts";
import { findLabelRuns } from "../../src/measurement/label_runs.ts";
import type { NumberArray } from "../../src/measurement/region_sums.ts";
import { randomNumbers } from "../support/random.ts";
import { randomCells } from "./random_labels.ts";

/** Types of pixels, each with the least of its values and the number of them. */
const TYPES: [string, (values: ArrayLike<number>) => NumberArray, number, number][] = [
  ["uint8", (values) => Uint8Array.from(values), 0, 2 ** 8],
  ["int8", (values) => Int8Array.from(values), -(2 ** 7), 2 ** 8],
  ["uint16", (values) => Uint16Array.from(values), 0, 2 ** 16],
  ["int16", (values) => Int16Array.from(values), -(2 ** 15), 2 ** 16],
  ["uint32", (values) => Uint32Array.from(values), 0, 2 ** 32],
  ["int32", (values) => Int32Array.from(values), -(2 ** 31), 2 ** 32],
  ["float32", (values) => Float32Array.from(values), -1000, 2 ** 12],
  ["float64", (values) => Float64Array.from(values), -1000, 2 ** 12],
];

/** Kernels begin at 16,384 pixels; at 262,144 there is more than one piece. */
const SIZES: Size[] = [
  { width: 520, height: 510, depth: 1 },
  { width: 61, height: 37, depth: 13 },
];

/** The sums as they are defined, pixel by pixel, in numbers of any length. */
function definedSums(labels: Uint32Array, size: Size, pixels: NumberArray, count: number) {
  const zeros = () => Array<bigint>(count).fill(0n);
  const min = Array<number>(count).fill(Infinity);
  const max = Array<number>(count).fill(-Infinity);
  const sums = {
    min,
    max,
    n: zeros(),
    sum: zeros(),
    squared: zeros(),
    x: zeros(),
    y: zeros(),
    z: zeros(),
  };
  labels.forEach((label, i) => {
    if (label === 0) return;
    const value = BigInt(pixels[i]);
    const row = Math.floor(i / size.width);
    min[label - 1] = Math.min(min[label - 1], pixels[i]);
    max[label - 1] = Math.max(max[label - 1], pixels[i]);
    sums.n[label - 1] += 1n;
    sums.sum[label - 1] += value;
    sums.squared[label - 1] += value * value;
    sums.x[label - 1] += value * BigInt(i % size.width);
    sums.y[label - 1] += value * BigInt(row % size.height);
    sums.z[label - 1] += value * BigInt(Math.floor(row / size.height));
  });
  return sums;
}

function areasOf(labels: Uint32Array, count: number): Float64Array {
  const area = new Float64Array(count);
  for (const label of labels) if (label > 0) area[label - 1]++;
  return area;
}

for (const [name, pixelsFrom, least, range] of TYPES) {
  Deno.test(`sums over ${name} intensities are the sums that define them`, () => {
    for (const size of SIZES) {
      const labels = randomCells(size, 60, 5);
      const count = labels.data.reduce((most, label) => Math.max(most, label), 0);
      const next = randomNumbers(7);
      const pixels = pixelsFrom(labels.data.map(() => 0));
      for (let i = 0; i < pixels.length; i++) pixels[i] = least + Math.floor(next() * range);
      const area = areasOf(labels.data, count);
      const sums = sumIntensities(findLabelRuns(labels.data, size), size, area, pixels);
      const defined = definedSums(labels.data, size, pixels, count);
      for (let o = 0; o < count; o++) {
        assert.equal(sums.min[o], defined.min[o]);
        assert.equal(sums.max[o], defined.max[o]);
        // Whole numbers below 2⁵³ have no rounding.
        assert.equal(sums.sum[o], Number(defined.sum[o]));
        assert.equal(sums.weighted[0][o], Number(defined.x[o]));
        assert.equal(sums.weighted[1][o], Number(defined.y[o]));
        assert.equal(sums.weighted[2][o], Number(defined.z[o]));
        const { n, squared, sum } = defined;
        const squares = Number(n[o] * squared[o] - sum[o] * sum[o]) / Number(n[o]);
        assert.ok(Math.abs(sums.squares[o] - squares) <= 1e-12 * squares, `squares of ${o}`);
      }
    }
  });
}

Deno.test("a spread that is small beside the intensities loses no digits", () => {
  const size = { width: 256, height: 128, depth: 1 };
  const labels = new Uint32Array(size.width * size.height).fill(1);
  // 2²⁰ and 2²⁰ + ¼ in turn: the mean lies an eighth from both.
  const pixels = Float32Array.from(labels, (_, i) => 2 ** 20 + i % 2 / 4);
  const area = Float64Array.of(labels.length);
  const { squares } = sumIntensities(findLabelRuns(labels, size), size, area, pixels);
  assert.equal(squares[0], labels.length / 64);
});

Deno.test("what is not a number is never the least or the largest intensity", () => {
  const size = { width: 256, height: 128, depth: 1 };
  const labels = new Uint32Array(size.width * size.height).fill(1);
  for (const place of [0, 1, 2, 255, 20_000, labels.length - 1]) {
    const pixels = Float64Array.from(labels, (_, i) => i === place ? NaN : i);
    const runs = findLabelRuns(labels, size);
    const sums = [sumIntensities, sumIntensitiesPlainly].map((sum) =>
      sum(runs, size, Float64Array.of(labels.length), pixels)
    );
    for (const { min, max, sum } of sums) {
      assert.equal(min[0], place === 0 ? 1 : 0);
      assert.equal(max[0], labels.length - (place === labels.length - 1 ? 2 : 1));
      assert.ok(Number.isNaN(sum[0]));
    }
  }
});

Deno.test("the kernel sums up what plain code does, in runs of every length", () => {
  const size = { width: 1009, height: 331, depth: 2 };
  const next = randomNumbers(3);
  let label = 0;
  const labels = new Uint32Array(size.width * size.height * size.depth).map((_, i) => {
    if (next() < 1 / (1 + i % 97)) label = Math.floor(next() * 40);
    return label;
  });
  const pixels = Float32Array.from(labels, () => next() * 2 ** 16 - 2 ** 15);
  const area = areasOf(labels, 39);
  const runs = findLabelRuns(labels, size);
  const found = columns(sumIntensities(runs, size, area, pixels));
  const plain = columns(sumIntensitiesPlainly(runs, size, area, pixels));
  found.forEach((values, c) => {
    values.forEach((value, o) => {
      const tolerance = 1e-9 * Math.abs(plain[c][o]) + 1e-6;
      assert.ok(Math.abs(value - plain[c][o]) <= tolerance, `${value}, plainly ${plain[c][o]}`);
    });
  });
});

function columns({ min, max, sum, squares, weighted }: IntensitySums): Float64Array[] {
  return [min, max, sum, squares, ...weighted];
}
