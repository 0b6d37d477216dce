import assert from "node:assert/strict";
import { GpuBackend } from "../../src/backends/gpu_backend.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import type { Forest } from "../../src/forest/forest.ts";
import { trainForest } from "../../src/forest/train.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { gpuTest } from "../support/gpu.ts";
import { randomNumbers } from "./random_cases.ts";

const size = { width: 24, height: 18, depth: 1 };
const plan = planFeatures("original gaussian_blur=1 sobel=1", { dimensions: 2 });
const numFeatures = 3;

/** A forest that asks about all features. */
async function grow(numTrees: number, maxDepth: number, numClasses: number): Promise<Forest> {
  const random = randomNumbers(numTrees + maxDepth);
  const samples = Float32Array.from({ length: 200 * numFeatures }, () => random() * 255);
  const classes = Array.from({ length: 200 }, () => 1 + Math.floor(random() * numClasses));
  const forest = await trainForest(samples, classes, { numFeatures, numTrees, maxDepth });
  const asked = new Set(forest.trees.flatMap(({ feature }) => [...feature]));
  assert.ok([0, 1, 2].every((feature) => asked.has(feature)));
  return forest;
}

for (const fuse of [false, true]) {
  const where = fuse ? "in workgroup memory" : "in planes";
  gpuTest(
    `the shader that the first forest needs is that of every other, features ${where}`,
    async () => {
      const gpu = await Gpu.open();
      const { device } = gpu;
      const shaders: string[] = [];
      const create = device.createShaderModule.bind(device);
      device.createShaderModule = (descriptor) => {
        shaders.push(descriptor.code);
        return create(descriptor);
      };
      await using backend = new GpuBackend(gpu, "test", { fuse });
      const random = randomNumbers(1);
      const values = Float32Array.from({ length: size.width * size.height }, () => random() * 255);
      const tile = { ...size, channels: [values] };
      const predict = async (forest: Forest) => {
        const request = { classes: true, probabilities: true, uncertainty: true };
        const core = wholeRegion(size);
        return await backend.predictTile(tile, plan, core, new Map(), forest, request);
      };
      await predict(await grow(10, 2, 2));
      assert.ok(shaders.some((code) => code.includes("fn find_leaf")), "a shader that walks trees");
      shaders.length = 0;
      const { numPipelines } = gpu;
      const forests = [[100, 2, 2], [7, 1, 3], [30, 12, 2], [40, 5, 9], [300, 3, 4]] as const;
      for (const [numTrees, maxDepth, numClasses] of forests) {
        const { classes, probabilities } = await predict(
          await grow(numTrees, maxDepth, numClasses),
        );
        assert.equal(probabilities!.length, numClasses);
        assert.ok(new Set(classes).size > 1);
      }
      assert.deepEqual(shaders, []);
      assert.equal(gpu.numPipelines, numPipelines);
    },
  );
}
