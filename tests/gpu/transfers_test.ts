import assert from "node:assert/strict";
import type { Backend } from "../../src/backend.ts";
import { GpuBackend } from "../../src/backends/gpu_backend.ts";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { PixelClassifier } from "../../src/classifiers/pixel_classifier.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import type { PredictionRequest } from "../../src/forest/forest.ts";
import { trainForest } from "../../src/forest/train.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { gpuTest } from "../support/gpu.ts";
import { randomNumbers } from "../support/random.ts";
import { type Transfers, watchTransfers } from "../support/transfers.ts";

/** Not a multiple of four pixels. */
const size = { width: 61, height: 47, depth: 1 };
const numPixels = 61 * 47;
const padded = (bytes: number) => bytes + (-bytes & 3);

/** Six bright squares on a dark ground, and strokes on both. */
const data = Uint8Array.from({ length: numPixels }, (_, i) => {
  const [x, y] = [i % 61 % 20, Math.floor(i / 61) % 23];
  return (x > 5 && x < 15 && y > 5 && y < 15 ? 180 : 30) + (i * 7) % 13;
});
const annotation = { ...size, data: data.map((v, i) => i % 5 ? 0 : v > 100 ? 2 : 1) };
const image = { ...size, data };

async function withDevice(
  fuse: boolean,
  use: (backend: Backend, transfers: Transfers, gpu: Gpu) => Promise<void>,
): Promise<void> {
  const gpu = await Gpu.open();
  const transfers = watchTransfers(gpu.device);
  await using backend = new GpuBackend(gpu, "test", { fuse });
  await use(backend, transfers, gpu);
}

const PARTS: readonly (readonly [string, PredictionRequest, readonly number[]])[] = [
  ["classes, a byte a pixel", { classes: true }, [padded(numPixels)]],
  ["the certainty, four bytes a pixel", { uncertainty: true }, [4 * numPixels]],
  ["three probabilities, four bytes each", { probabilities: true }, [3 * 4 * numPixels]],
  [
    "everything",
    { classes: true, probabilities: true, uncertainty: true },
    [padded(numPixels), 3 * 4 * numPixels],
  ],
];

for (const fuse of [false, true]) {
  const where = fuse ? "in workgroup memory" : "in planes";
  for (const [name, request, readbacks] of PARTS) {
    gpuTest(`a prediction ${where} is handed over once and read back once: ${name}`, async () => {
      const random = randomNumbers(3);
      const samples = Float32Array.from({ length: 400 }, () => random() * 255);
      const classes = Uint8Array.from({ length: 200 }, (_, i) => 1 + samples[2 * i] / 86);
      const forest = await trainForest(samples, classes, { numFeatures: 2, numTrees: 9 });
      assert.equal(forest.classes.length, 3);
      const plan = planFeatures("original gaussian_blur=1", { dimensions: 2 });
      const tile = { ...size, channels: [Float32Array.from(data)] };
      await withDevice(fuse, async (backend, transfers) => {
        await backend.predictTile(tile, plan, wholeRegion(size), new Map(), forest, request);
        assert.deepEqual(transfers.readbacks, readbacks);
        assert.deepEqual([transfers.submissions, transfers.waits], [1, 1]);
      });
    });
  }

  gpuTest(`a segmentation ${where} is one readback: labels and how many there are`, async () => {
    await withDevice(fuse, async (backend, transfers) => {
      const segmenter = await ObjectSegmenter.train({ image, annotation, backend });
      transfers.clear();
      const { count } = await segmenter.predict(image, { backend });
      assert.equal(count, 6);
      assert.deepEqual(transfers.readbacks, [padded(2 * numPixels), 4]);
      assert.deepEqual([transfers.submissions, transfers.waits], [1, 1]);
      // So few objects are expected again.
      transfers.clear();
      await segmenter.predict(image, { backend });
      assert.deepEqual(transfers.readbacks, [padded(numPixels), 4]);
      assert.deepEqual([transfers.submissions, transfers.waits], [1, 1]);
    });
  });

  gpuTest(`a forest stays on the device: later images ${where} are sent without it`, async () => {
    await withDevice(fuse, async (backend, transfers) => {
      const training = { image, annotation, maxDepth: 6, backend };
      const classifier = await PixelClassifier.train(training);
      const sent = async () => {
        transfers.clear();
        await classifier.predict(image, { backend });
        return transfers.uploaded;
      };
      const first = await sent();
      const [second, third] = [await sent(), await sent()];
      assert.equal(second, third);
      // The nodes, and what leaves add as whole numbers and as floats of 64 bits.
      const { trees } = classifier.forest;
      const nodes = trees.reduce((sum, { feature }) => sum + feature.length, 0);
      const leaves = (nodes + trees.length) / 2;
      const forestBytes = 8 * nodes + 8 * trees.length + leaves * (4 * 4 + 2 * 8);
      assert.ok(first - second >= forestBytes, `${first - second} of ${forestBytes} bytes`);
      assert.ok(second < numPixels + 32_768, `${second} bytes`);
    });
  });

  gpuTest(`predictions ${where} use the buffers and kernels of the first again`, async () => {
    await withDevice(fuse, async (backend, _, gpu) => {
      const segmenter = await ObjectSegmenter.train({ image, annotation, backend });
      const { device, pool } = gpu;
      const predict = async () => await segmenter.predict(image, { backend });
      await predict();
      await predict();
      let [pooled, created, destroyed] = [0, 0, 0];
      const create = device.createBuffer.bind(device);
      device.createBuffer = (descriptor) => {
        const buffer = create(descriptor);
        if (descriptor.usage & GPUBufferUsage.STORAGE) pooled++;
        else created++;
        const destroy = buffer.destroy.bind(buffer);
        buffer.destroy = () => {
          destroyed++;
          return destroy();
        };
        return buffer;
      };
      const [numPipelines, numUsed] = [gpu.numPipelines, pool.numUsed];
      const idle = pool.idleBytes;
      for (let i = 0; i < 3; i++) await predict();
      assert.equal(pooled, 0, "no new storage");
      // Parameters and the two readbacks have buffers that do not outlive their batch.
      assert.ok(created >= 9, `${created} buffers`);
      assert.equal(destroyed, created);
      assert.equal(gpu.numPipelines, numPipelines);
      assert.deepEqual([pool.numUsed, pool.idleBytes], [numUsed, idle]);
    });
  });
}

gpuTest("disposing of a device frees what is kept on it", async () => {
  const gpu = await Gpu.open();
  const { device, pool } = gpu;
  const alive = new Set<GPUBuffer>();
  const create = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = create(descriptor);
    alive.add(buffer);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      alive.delete(buffer);
      return destroy();
    };
    return buffer;
  };
  {
    await using backend = new GpuBackend(gpu, "test");
    const segmenter = await ObjectSegmenter.train({ image, annotation, backend });
    await segmenter.predict(image, { backend });
    assert.ok(alive.size > 3, `${alive.size} buffers`);
    assert.ok(pool.idleBytes > 0 && pool.numUsed > 0);
  }
  assert.equal(alive.size, 0);
});
