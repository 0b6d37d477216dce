import assert from "node:assert/strict";
import { GpuBackend } from "../../src/backends/gpu_backend.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { trainForest } from "../../src/forest/train.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { pixelCount, type Size } from "../../src/image/image.ts";
import type { Connectivity } from "../../src/labeling/labels.ts";
import { backendTest } from "../support/backends.ts";
import { rejectsDaub } from "../support/errors.ts";
import { gpuTest } from "../support/gpu.ts";
import { randomNumbers } from "../support/random.ts";
import { samePixels } from "../support/same_pixels.ts";

const FLAT = { width: 83, height: 61, depth: 1 };
const DEEP = { width: 31, height: 22, depth: 9 };

/** Noise, a plan, and a forest that calls bright pixels class 2. */
function prepare(size: Size) {
  const random = randomNumbers(7);
  const values = Float32Array.from({ length: pixelCount(size) }, () => random() * 255);
  const plan = planFeatures("original gaussian_blur=1", {
    numChannels: 1,
    dimensions: size.depth > 1 ? 3 : 2,
  });
  const samples = Float32Array.from({ length: 200 }, () => random() * 255);
  const classes = Uint8Array.from({ length: 100 }, (_, i) => samples[2 * i] > 225 ? 2 : 1);
  const forest = trainForest(samples, classes, { numFeatures: 2, numTrees: 7, maxDepth: 3 });
  return { tile: { ...size, channels: [values] }, plan, forest };
}

for (
  const [size, connectivity] of [[FLAT, 4], [FLAT, 8], [DEEP, 6], [DEEP, 26]] as [
    Size,
    Connectivity,
  ][]
) {
  backendTest(
    `all stages at once find what each finds on its own, connectivity ${connectivity}`,
    async (backend) => {
      const { tile, plan, forest: growing } = prepare(size);
      const forest = await growing;
      const request = { classes: true, probabilities: true, uncertainty: true };
      const core = wholeRegion(size);
      const maxima = new Map<number, number>();
      const expected = await backend.predictTile(tile, plan, core, maxima, forest, request);
      const labels = await backend.labelComponents(expected.classes!, size, 2, connectivity);
      assert.ok(labels.count > 3, `${labels.count} objects`);
      const objects = { positiveClass: 2, connectivity };
      const found = await backend.segmentTile(tile, plan, maxima, forest, request, objects);
      assert.deepEqual(found, { ...expected, objects: labels });
      const only = await backend.segmentTile(tile, plan, maxima, forest, {}, objects);
      assert.deepEqual(only, { objects: labels });
    },
  );
}

backendTest("a connectivity of other dimensions is refused", async (backend) => {
  const { tile, plan, forest } = prepare(FLAT);
  const grown = await forest;
  await rejectsDaub("options", /2D image to be 4 or 8 but found 6/, async () => {
    const objects = { positiveClass: 2, connectivity: 6 as const };
    await backend.segmentTile(tile, plan, new Map(), grown, {}, objects);
  });
});

for (const connectivity of [4, 8] as const) {
  gpuTest(`objects are the same with features in workgroup memory, ${connectivity}`, async () => {
    await using fused = new GpuBackend(await Gpu.open(), "test", { fuse: true });
    await using planar = new GpuBackend(await Gpu.open(), "test", { fuse: false });
    const { tile, plan, forest } = prepare(FLAT);
    const grown = await forest;
    const request = { classes: true, probabilities: true, uncertainty: true };
    const objects = { positiveClass: 2, connectivity };
    const segment = (backend: GpuBackend) =>
      backend.segmentTile(tile, plan, new Map(), grown, request, objects);
    const expected = await segment(planar);
    const found = await segment(fused);
    assert.ok(expected.objects.count > 3);
    assert.equal(found.objects.count, expected.objects.count);
    samePixels(found.objects.labels, expected.objects.labels);
    samePixels(found.classes!, expected.classes!);
    samePixels(found.uncertainty!, expected.uncertainty!);
    expected.probabilities!.forEach((plane, k) => samePixels(found.probabilities![k], plane));
  });
}

gpuTest("on the GPU all stages are one submission", async () => {
  const gpu = await Gpu.open();
  await using backend = new GpuBackend(gpu, "test", { fuse: true });
  const { tile, plan, forest } = prepare(FLAT);
  const grown = await forest;
  let submissions = 0;
  const { queue } = gpu.device;
  const submit = queue.submit.bind(queue);
  queue.submit = (buffers) => {
    submissions++;
    return submit(buffers);
  };
  const objects = { positiveClass: 2, connectivity: 4 as const };
  await backend.segmentTile(tile, plan, new Map(), grown, {}, objects);
  assert.equal(submissions, 1);
});
