import assert from "node:assert/strict";
import type { Tile } from "../../src/backend.ts";
import { pixelCount, type Size } from "../../src/image/image.ts";
import { randomNumbers } from "../support/random.ts";
import { tileOf } from "./chain_plan.ts";
import { cpuFeatures } from "./cpu_features.ts";

const SIZES: Size[] = [
  { width: 1, height: 1, depth: 1 },
  { width: 17, height: 1, depth: 1 },
  { width: 1, height: 9, depth: 1 },
  { width: 19, height: 14, depth: 1 },
  { width: 9, height: 7, depth: 6 },
  { width: 1, height: 4, depth: 5 },
];
const SHAPES = ["box", "sphere"] as const;
const STATISTICS = ["mean", "median", "minimum", "maximum", "variance", "standard_deviation"];

function noise(size: Size, seed: number): Tile {
  const random = randomNumbers(seed);
  return tileOf(size, () => Math.floor(random() * 200 - 60) + (random() < 0.5 ? 0 : 0.25));
}

/** The values in a window, pixels beyond the edges being those at the edges. */
function windowOf(tile: Tile, at: number, shape: "box" | "sphere", radius: number): number[] {
  const { width, height, depth, channels: [data] } = tile;
  const clamp = (value: number, length: number) => Math.max(0, Math.min(length - 1, value));
  const [x, y, z] = [at % width, Math.floor(at / width) % height, Math.floor(at / width / height)];
  const deep = depth > 1 ? radius : 0;
  const values = [];
  for (let dz = -deep; dz <= deep; dz++) {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        if (shape === "sphere" && dx * dx + dy * dy + dz * dz > radius * radius) continue;
        const [i, j, k] = [clamp(x + dx, width), clamp(y + dy, height), clamp(z + dz, depth)];
        values.push(data[(k * height + j) * width + i]);
      }
    }
  }
  return values;
}

function statisticOf(statistic: string, values: number[]): number {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  switch (statistic) {
    case "mean":
      return mean;
    case "median":
      return values.toSorted((a, b) => a - b)[values.length >> 1];
    case "minimum":
      return Math.min(...values);
    case "maximum":
      return Math.max(...values);
    case "variance":
      return variance;
    default:
      return Math.sqrt(variance);
  }
}

for (const statistic of STATISTICS) {
  Deno.test(`${statistic} is what sorting and summing every window gives`, () => {
    const exact = ["median", "minimum", "maximum"].includes(statistic);
    for (const size of SIZES) {
      const tile = noise(size, 5);
      for (const shape of SHAPES) {
        for (const radius of [0, 1, 2, 3, 5]) {
          const [plane] = cpuFeatures(tile, `${statistic}_${shape}=${radius}`);
          for (let i = 0; i < plane.length; i++) {
            const expected = Math.fround(statisticOf(statistic, windowOf(tile, i, shape, radius)));
            const tolerance = exact ? 0 : 3e-7 * Math.max(200, Math.abs(expected));
            const where = `${shape} ${radius} at ${i} of ${Object.values(size).slice(0, 3)}`;
            const isNear = Math.abs(plane[i] - expected) <= tolerance;
            assert.ok(isNear, `expected ${expected} but found ${plane[i]}: ${where}`);
          }
        }
      }
    }
  });
}

Deno.test("filters of windows larger than a slab are those of sorting and summing", () => {
  // Wide enough that one row alone fills a slab.
  const tile = noise({ width: 70_000, height: 3, depth: 1 }, 8);
  for (const name of ["median_sphere", "minimum_sphere", "mean_sphere", "variance_box"]) {
    const [plane] = cpuFeatures(tile, `${name}=2`);
    const [, statistic, shape] = name.match(/(\w+)_(box|sphere)/)!;
    for (let i = 0; i < pixelCount(tile); i += 997) {
      const expected = statisticOf(statistic, windowOf(tile, i, shape as "box", 2));
      assert.ok(Math.abs(plane[i] - expected) <= 3e-7 * Math.max(200, expected), `${name} at ${i}`);
    }
  }
});

Deno.test("a variance of a constant is exactly 0, whatever the constant", () => {
  for (const value of [0.1, 1e-20, 16_777_213, -3e18]) {
    const tile = tileOf({ width: 9, height: 8, depth: 1 }, () => value);
    for (const plane of cpuFeatures(tile, "variance_box=3 standard_deviation_sphere=3")) {
      assert.ok(plane.every((v) => v === 0));
    }
  }
});

Deno.test("a variance does not drown in a large mean", () => {
  const tile = tileOf({ width: 12, height: 12, depth: 1 }, (x, y) => 8_000_000 + (x + y) % 2);
  for (const plane of cpuFeatures(tile, "variance_box=1 variance_sphere=2")) {
    // Of nine or thirteen pixels four or five, or four or nine, are the odd ones.
    for (const v of plane) assert.ok(v > 0.2 && v < 0.2501, `found ${v}`);
  }
});

Deno.test("the median is the middle value whatever the signs and magnitudes", () => {
  const tile = tileOf({ width: 5, height: 1, depth: 1 }, (x) => [5, -1, -0.5, 1e30, -1e30][x]);
  const [plane] = cpuFeatures(tile, "median_box=1");
  assert.deepEqual([...plane], [5, -0.5, -0.5, -0.5, -1e30].map(Math.fround));
});

for (const shape of SHAPES) {
  for (const size of [{ width: 31, height: 23, depth: 1 }, { width: 12, height: 11, depth: 9 }]) {
    const dimensions = size.depth > 1 ? 3 : 2;
    Deno.test(`opening and closing by a ${shape} in ${dimensions}D change nothing twice`, () => {
      const tile = noise(size, 3);
      for (const name of [`opening_${shape}`, `closing_${shape}`]) {
        const [once] = cpuFeatures(tile, `${name}=2`);
        const [twice] = cpuFeatures({ ...size, channels: [once] }, `${name}=2`);
        assert.deepEqual(twice, once);
        assert.notDeepEqual(once, tile.channels[0]);
      }
    });

    Deno.test(`opening, image and closing by a ${shape} in ${dimensions}D ascend`, () => {
      const tile = noise(size, 4);
      const [image, opening, closing, topHat, bottomHat] = cpuFeatures(
        tile,
        `original opening_${shape}=2 closing_${shape}=2 top_hat_${shape}=2 bottom_hat_${shape}=2`,
      );
      for (let i = 0; i < image.length; i++) {
        assert.ok(opening[i] <= image[i] && image[i] <= closing[i]);
        assert.equal(topHat[i], image[i] - opening[i]);
        assert.equal(bottomHat[i], closing[i] - image[i]);
      }
      assert.ok(topHat.some((v) => v > 0) && bottomHat.some((v) => v > 0));
    });
  }
}

Deno.test("a radius between whole numbers counts as the smaller", () => {
  const tile = noise({ width: 15, height: 13, depth: 1 }, 6);
  for (const name of ["maximum_box", "mean_sphere", "median_box"]) {
    const [between, below] = cpuFeatures(tile, `${name}=2.9 ${name}=2`);
    assert.deepEqual(between, below);
  }
});
