import assert from "node:assert/strict";
import { openLocalEngine } from "../../src/notebook/local_engine.ts";
import { defaultEngineOptions } from "../../src/notebook/engine_options.ts";
import { samePixels } from "../support/same_pixels.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { computeStack } from "../../src/flow/features.ts";
import { openSource } from "../../src/flow/source.ts";
import { piecewiseBackend } from "../../src/notebook/piecewise_backend.ts";

const side = 2048;
const size = { width: side, height: side, depth: 1 };
const image = {
  ...size,
  data: Uint8Array.from({ length: side * side }, (_, i) => (i * 7919 >> 3) % 251),
};
const features = "gaussian_blur=3 sobel_of_gaussian_blur=3";

Deno.test("features in pieces are those of the whole image, and told piece by piece", async () => {
  await using backend = await openBackend("cpu");
  const source = openSource([image]);
  const plan = planFeatures(features, { numChannels: 1, dimensions: 2 });
  const told: number[] = [];
  const onProgress = (fraction: number) => void told.push(fraction);
  const whole = await computeStack(backend, source, plan);
  const pieces = await computeStack(piecewiseBackend(backend, size), source, plan, { onProgress });
  assert.ok(told.length >= 4, `told ${told.length} times`);
  assert.equal(told.at(-1), 1);
  pieces.planes.forEach((plane, i) => samePixels(plane, whole.planes[i]));
});

Deno.test("a volume, and what reaches far, is computed as before", async () => {
  await using backend = await openBackend("cpu");
  const deep = planFeatures(features, { numChannels: 1, dimensions: 3 });
  const volume = piecewiseBackend(backend, { ...size, depth: 9 });
  assert.equal(volume.maxTilePixels(deep), backend.maxTilePixels(deep));
  const far = planFeatures("gaussian_blur=200", { numChannels: 1, dimensions: 2 });
  const wide = piecewiseBackend(backend, { ...size, width: 2 ** 20 });
  assert.equal(wide.maxTilePixels(far), backend.maxTilePixels(far));
});

Deno.test("what is under way for new features is given up between two pieces", async () => {
  await using engine = await openLocalEngine(image, { backend: "cpu" });
  const controller = new AbortController();
  const told: number[] = [];
  const computing = engine.compute({
    revision: 1,
    annotation: Uint8Array.from(image.data, (_, i) => i < 40 ? 1 + i % 2 : 0),
    options: { ...defaultEngineOptions(size), features },
    signal: controller.signal,
    onProgress: ({ stage, fraction }) => {
      assert.equal(stage, "features");
      told.push(fraction);
      if (told.length === 2) controller.abort();
    },
  });
  await assert.rejects(computing, { tag: "cancelled" });
  assert.equal(told.length, 2);
  assert.ok(told[1] < 1);
});
