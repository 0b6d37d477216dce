import assert from "node:assert/strict";
import type { Tile } from "../../src/backend.ts";
import { planFeatures } from "../../src/features/plan.ts";
import {
  computeFeaturesCpu,
  computeMaximumCpu,
  sampleFeaturesCpu,
} from "../../src/features/stack_cpu.ts";
import {
  computeFeaturesGpu,
  computeMaximumGpu,
  sampleFeaturesGpu,
} from "../../src/features/stack_gpu.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { dimensions, type Size } from "../../src/image/image.ts";
import { gpuTest } from "../support/gpu.ts";
import { randomNumbers, tileOf } from "./chain_plan.ts";

const SHAPES = ["box", "sphere"];
const WINDOWS = [
  ...["mean", "median", "minimum", "maximum", "variance", "standard_deviation"],
  ...["top_hat", "bottom_hat", "opening", "closing"],
];
const SPECIFICATION = [
  "original gaussian_blur=0.3 gaussian_blur=1.5 gaussian_blur=7 difference_of_gaussian=2",
  "laplace_box=1 laplace_diamond=1 sobel=1 gradient_x=1 gradient_y=1",
  "small_hessian_eigenvalue=1 large_hessian_eigenvalue=1",
  "laplace_box_of_gaussian_blur=2 sobel_of_gaussian_blur=2 gradient_x_of_gaussian_blur=2",
  "small_hessian_eigenvalue_of_gaussian_blur=2 large_hessian_eigenvalue_of_gaussian_blur=2",
  "subtract_gaussian_background=3 divide_by_gaussian_background=3",
  "gamma_correction=0.5 gamma_correction=2.2 power=0.5 power=3 power_of_gaussian_blur=2",
  ...WINDOWS.flatMap((name) => SHAPES.map((shape) => `${name}_${shape}=1 ${name}_${shape}=4`)),
  "median_sphere_of_gaussian_blur=2",
].join(" ");

const SIZES: Size[] = [
  { width: 67, height: 41, depth: 1 },
  { width: 1, height: 50, depth: 1 },
  { width: 45, height: 1, depth: 1 },
  { width: 1, height: 1, depth: 1 },
  { width: 19, height: 13, depth: 7 },
  { width: 3, height: 1, depth: 21 },
];

const KINDS: Record<string, (random: () => number) => number> = {
  "8-bit noise": (random) => Math.floor(random() * 256),
  "floats around a million": (random) => 1e6 + random() * 100,
  "positive floats of all sizes": (random) => 10 ** (random() * 6 - 3),
};

for (const size of SIZES) {
  for (const [kind, pixel] of Object.entries(KINDS)) {
    const { width, height, depth } = size;
    gpuTest(`the twins agree on ${kind}, ${width} × ${height} × ${depth}`, async () => {
      using gpu = await Gpu.open();
      const random = randomNumbers(width * 1000 + height);
      const tile = tileOf(size, () => pixel(random));
      const plan = planFeatures(SPECIFICATION, { dimensions: dimensions(size) });
      const core = wholeRegion(size);
      const maxima = new Map<number, number>();
      for (const step of plan.reductions) {
        const maximum = computeMaximumCpu(tile, plan, step, core, maxima);
        assert.equal(await computeMaximumGpu(gpu, tile, plan, step, core, maxima), maximum);
        maxima.set(step, maximum);
      }
      const expected = computeFeaturesCpu(tile, plan, core, maxima);
      const found = await computeFeaturesGpu(gpu, tile, plan, core, maxima);
      const names = plan.features.map(({ name }) => name);
      names.forEach((name, i) => assertNear(found[i], expected[i], tile, name));

      const pixels = Uint32Array.from(
        { length: 9 },
        () => Math.floor(random() * expected[0].length),
      );
      const samples = await sampleFeaturesGpu(gpu, tile, plan, pixels, maxima);
      const rows = sampleFeaturesCpu(tile, plan, pixels, maxima);
      assert.equal(samples.length, rows.length);
      names.forEach((name, i) => {
        pixels.forEach((pixel, row) => {
          assert.ok(Object.is(samples[row * names.length + i], found[i][pixel]), name);
          assert.ok(Object.is(rows[row * names.length + i], expected[i][pixel]), name);
        });
      });
    });
  }
}

/**
 * Within 1e-5 of the plane's range plus 5e-6 of the image's largest value; or four units in the
 * last place, where squares are so large that this is more: a blur may be off by one unit on either
 * twin, and its square by twice as much.
 */
function assertNear(found: Float32Array, expected: Float32Array, tile: Tile, name: string): void {
  let [low, high, worst] = [Infinity, -Infinity, 0];
  const largest = tile.channels[0].reduce((a, b) => Math.max(a, b));
  for (let i = 0; i < expected.length; i++) {
    low = Math.min(low, expected[i]);
    high = Math.max(high, expected[i]);
    worst = Math.max(worst, Math.abs(found[i] - expected[i]));
  }
  const lastPlaces = 4 * Math.max(Math.abs(low), Math.abs(high)) * 2 ** -23;
  const tolerance = Math.max(1e-5 * (high - low) + 5e-6 * largest, lastPlaces);
  assert.ok(worst <= tolerance, `${name}: ${worst} is more than ${tolerance}`);
}

gpuTest("the twins agree on what is not a number and what is infinite", async () => {
  using gpu = await Gpu.open();
  const values = [-3, -1, 0, 0.5, 1, 2, 65535, 1e20, -1e20];
  const tile = tileOf({ width: values.length, height: 1, depth: 1 }, (x) => values[x]);
  const specification = "power=0.5 power=0.1 power=2 power=3 power=100 gamma_correction=0.5";
  const plan = planFeatures(specification, { dimensions: 2 });
  for (const maximum of [1e20, -2, 0]) {
    const maxima = new Map([[0, maximum]]);
    const expected = computeFeaturesCpu(tile, plan, wholeRegion(tile), maxima);
    const found = await computeFeaturesGpu(gpu, tile, plan, wholeRegion(tile), maxima);
    plan.features.forEach(({ name }, i) => {
      expected[i].forEach((value, x) => {
        const what = `${name} of ${values[x]}: ${found[i][x]} instead of ${value}`;
        if (Number.isFinite(value)) assert.ok(Math.abs(found[i][x] / value - 1 || 0) < 1e-4, what);
        else assert.ok(Object.is(found[i][x], value), what);
      });
    });
  }
});
