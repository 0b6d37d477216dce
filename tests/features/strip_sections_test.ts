import assert from "node:assert/strict";
import { startKernels } from "../../src/cpu/kernels.ts";
import * as source from "../../src/cpu/pixels_wasm.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { StripRun } from "../../src/features/run_strips_cpu.ts";
import { computeFeaturesCpu } from "../../src/features/stack_cpu.ts";
import { samePixels } from "../support/same_pixels.ts";
import { randomNumbers } from "../support/random.ts";
import { tileOf } from "./chain_plan.ts";

const SPECIFICATION = "original gaussian_blur=2 sobel_of_gaussian_blur=1 top_hat_box=2 " +
  "variance_box=1 mean_sphere=2 difference_of_gaussian=3 median_box=1";

for (
  const [size, earlyBytes] of [
    [{ width: 37, height: 310, depth: 1 }, 2 ** 15],
    [{ width: 24, height: 20, depth: 60 }, 2 ** 18],
    [{ width: 20, height: 200, depth: 9 }, 2 ** 17],
  ] as const
) {
  const { width, height, depth } = size;

  Deno.test(`sections change nothing: ${width} × ${height} × ${depth}`, () => {
    const random = randomNumbers(5);
    const tile = tileOf(size, () => Math.floor(random() * 256));
    const core = wholeRegion(size);
    const plan = planFeatures(SPECIFICATION, { dimensions: depth > 1 ? 3 : 2 });
    const expected = computeFeaturesCpu(tile, plan, core, new Map());
    const wanted = new Set(plan.features.map(({ step }) => step));
    const found = expected.map((plane) => new Float32Array(plane.length).fill(NaN));
    const { runStrips } = startKernels<source.Kernels>(source);
    using run = new StripRun(tile, plan, wanted, core, new Map(), { earlyBytes });
    let numSections = 0;
    for (const band of run.bands) {
      if (band.early.length > 0) numSections++;
      run.prepareAlone(band);
      runStrips(band.job, run.rooms[0], 2 ** 30);
      const { region, stride } = band;
      plan.features.forEach(({ step }, i) => {
        for (let z = 0; z < region.depth; z++) {
          for (let y = 0; y < region.height; y++) {
            const from = (z * region.height + y) * stride;
            const row = band.planes.get(step)!.subarray(from, from + width);
            found[i].set(row, ((region.z + z) * height + region.y + y) * width);
          }
        }
      });
    }
    assert.ok(numSections > 2, `${numSections} sections`);
    found.forEach((plane, i) => samePixels(plane, expected[i]));
  });
}
