import assert from "node:assert/strict";
import { WorkerPool } from "../../src/cpu/pool.ts";
import { planFeatures } from "../../src/features/plan.ts";
import {
  computeFeaturesCpu,
  computeFeaturesTogether,
  computeMaximumCpu,
  computeMaximumTogether,
  sampleFeaturesCpu,
  sampleFeaturesTogether,
} from "../../src/features/stack_cpu.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { pixelCount } from "../../src/image/image.ts";
import { randomNumbers } from "../support/random.ts";
import { tileOf } from "./chain_plan.ts";

const SPECIFICATION = "original gaussian_blur=2 sobel_of_gaussian_blur=1 median_box=2 " +
  "median_box=1 top_hat_sphere=2 variance_box=1 large_hessian_eigenvalue=1 mean_sphere=2 " +
  "difference_of_gaussian=7 power_of_gaussian_blur=0.5";

for (
  const size of [{ width: 150, height: 1300, depth: 1 }, { width: 48, height: 40, depth: 50 }]
) {
  const dimensions = size.depth > 1 ? 3 : 2;

  Deno.test(`threads give the same features in ${dimensions}D as one alone`, async () => {
    const random = randomNumbers(21);
    const tile = tileOf(size, () => Math.floor(random() * 256));
    const core = wholeRegion(size);
    const plan = planFeatures(SPECIFICATION, { dimensions });
    const none = new Map<number, number>();
    const pixels = Uint32Array.from({ length: 50 }, () => Math.floor(random() * pixelCount(size)));
    const step = plan.features[1].step;
    const planes = computeFeaturesCpu(tile, plan, core, none);
    using pool = new WorkerPool(3);
    // Threads that are not ready yet leave all to the first; once they are, they take part.
    for (const numReady of [1, pool.numThreads]) {
      pool.start();
      while (pool.numReady < numReady) await new Promise((resolve) => setTimeout(resolve, 5));
      const together = await computeFeaturesTogether(pool, tile, plan, core, none);
      planes.forEach((plane, i) => assert.deepEqual(together[i], plane, plan.features[i].name));
      assert.deepEqual(
        await sampleFeaturesTogether(pool, tile, plan, pixels, none),
        sampleFeaturesCpu(tile, plan, pixels, none),
      );
      assert.equal(
        await computeMaximumTogether(pool, tile, plan, step, core, none),
        computeMaximumCpu(tile, plan, step, core, none),
      );
    }
  });
}
