import assert from "node:assert/strict";
import { planFeatures } from "../../src/features/plan.ts";
import { computeFeaturesGpu, computeMaximumGpu } from "../../src/features/stack_gpu.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { asFloat32, dimensions, type Image, pixelCount } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import { goldenJson, goldenPath, goldenTest } from "../support/golden.ts";
import { gpuTest, hasAdapter } from "../support/gpu.ts";

const test = hasAdapter ? goldenTest : gpuTest;

for (const kind of ["2d", "3d"]) {
  test(`the GPU's filters are those of the reference system in ${kind}`, async () => {
    using gpu = await Gpu.open();
    const [input] = await readImage(goldenPath(`golden/filters/${kind}_input.tif`));
    const features = goldenJson<string[]>(`golden/filters/${kind}_expected.json`);
    const expected = await readPages(goldenPath(`golden/filters/${kind}_expected.tif`), input);
    assert.equal(expected.length, features.length);

    const { width, height, depth } = input;
    const data = asFloat32(input);
    const tile = { width, height, depth, channels: [data] };
    const plan = planFeatures(features.join(" "), { dimensions: dimensions(input) });
    const core = wholeRegion(input);
    const maxima = new Map<number, number>();
    for (const step of plan.reductions) {
      maxima.set(step, await computeMaximumGpu(gpu, tile, plan, step, core, maxima));
    }
    const planes = await computeFeaturesGpu(gpu, tile, plan, core, maxima);
    const largest = data.reduce((a, b) => Math.max(a, b));
    for (const [i, page] of expected.entries()) {
      const low = page.reduce((a, b) => Math.min(a, b));
      const high = page.reduce((a, b) => Math.max(a, b));
      const tolerance = 1e-5 * (high - low) + 5e-6 * largest;
      const error = page.reduce((e, v, at) => Math.max(e, Math.abs(v - planes[i][at])), 0);
      assert.ok(error <= tolerance, `${features[i]}: ${error} is more than ${tolerance}`);
    }
  });
}

/** The pages of an expected stack, however the reader groups them into channels and slices. */
async function readPages(path: string, like: Image): Promise<Float32Array[]> {
  const channels = (await readImage(path)).map(asFloat32);
  const length = pixelCount(like);
  return channels.flatMap((channel) =>
    Array.from(
      { length: channel.length / length },
      (_, i) => channel.subarray(i * length, (i + 1) * length),
    )
  );
}
