import assert from "node:assert/strict";
import { CpuBackend } from "../../src/backends/cpu_backend.ts";
import { GpuBackend } from "../../src/backends/gpu_backend.ts";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { warmUp } from "../../src/flow/warm_up.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { gpuTest } from "../support/gpu.ts";

const size = { width: 96, height: 80, depth: 1 };
const image = { ...size, data: Float32Array.from({ length: 96 * 80 }, (_, i) => i % 31) };
const annotation = {
  ...size,
  data: Uint8Array.from(image.data, (v) => v < 3 ? 1 : v > 28 ? 2 : 0),
};

for (const fuse of [false, true]) {
  const name = fuse ? "in workgroup memory" : "in planes";
  gpuTest(
    `after warming up, segmenting by the default features ${name} compiles nothing`,
    async () => {
      const gpu = await Gpu.open();
      await using backend = new GpuBackend(gpu, "test", { fuse });
      await warmUp(backend);
      const compiled = gpu.numPipelines;
      assert.ok(compiled >= 8, `${compiled} kernels`);
      const segmenter = await ObjectSegmenter.train({ image, annotation, backend });
      assert.ok((await segmenter.predict(image, { backend })).count > 0);
      assert.equal(gpu.numPipelines, compiled);
    },
  );
}

Deno.test("warming up changes nothing about what the processor finds", async () => {
  await using cold = new CpuBackend("test");
  const segmenter = await ObjectSegmenter.train({ image, annotation, backend: cold });
  const expected = await segmenter.predict(image, { backend: cold });
  await using warm = new CpuBackend("test");
  await warmUp(warm);
  await warmUp(warm);
  assert.deepEqual((await segmenter.predict(image, { backend: warm })).data, expected.data);
});
