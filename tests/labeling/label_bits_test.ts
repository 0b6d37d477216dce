import assert from "node:assert/strict";
import { labelComponentsGpu } from "../../src/labeling/components_gpu.ts";
import { samePixels } from "../support/same_pixels.ts";
import { bytesForRows, gpuTest, twinTest } from "./twins.ts";

/** So many pixels, each an object, on a lattice of 512 × 512 that has room for 65,536. */
function lattice(count: number) {
  const size = { width: 512, height: 512, depth: 1 };
  const classes = new Uint8Array(512 * 512).fill(1);
  const labels = new Uint32Array(512 * 512);
  for (let i = 0; i < count; i++) {
    const pixel = Math.floor(i / 256) * 1024 + i % 256 * 2;
    classes[pixel] = 2;
    labels[pixel] = i + 1;
  }
  return { size, classes, labels };
}

twinTest("as many objects as 16 bits number, one more, and a few again", async (label) => {
  for (const count of [65_535, 65_536, 3]) {
    const { size, classes, labels } = lattice(count);
    const found = await label(classes, size, 2, 8);
    assert.equal(found.count, count);
    samePixels(found.labels, labels);
  }
});

gpuTest("many objects in strips, and into an array that was used", async (gpu) => {
  const { size, classes, labels } = lattice(65_536);
  const into = new Uint32Array(labels.length).fill(9);
  const bytes = bytesForRows(300, 512);
  for (const maxBytes of [bytes, undefined]) {
    const found = await labelComponentsGpu(gpu, classes, size, 2, 4, maxBytes, into);
    assert.equal(found.labels, into);
    assert.equal(found.count, 65_536);
    samePixels(found.labels, labels);
    into.fill(9);
  }
  const odd = { width: 5, height: 3, depth: 1 };
  const few = Uint8Array.of(2, 1, 2, 2, 1, 1, 1, 1, 1, 1, 2, 2, 1, 1, 2);
  const found = await labelComponentsGpu(gpu, few, odd, 2, 4, undefined, new Uint32Array(15));
  samePixels(found.labels, [1, 0, 2, 2, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 4]);
});

gpuTest("labels of few objects are read back in two bytes each, at once", async (gpu) => {
  const { device } = gpu;
  const create = device.createBuffer.bind(device);
  const sizes: number[] = [];
  device.createBuffer = (descriptor) => {
    if (descriptor.usage & GPUBufferUsage.MAP_READ) sizes.push(descriptor.size);
    return create(descriptor);
  };
  const few = lattice(10);
  await labelComponentsGpu(gpu, few.classes, few.size, 2, 4);
  assert.deepEqual(sizes, [512 * 512 * 2, 4]);
  sizes.length = 0;
  const many = lattice(65_536);
  await labelComponentsGpu(gpu, many.classes, many.size, 2, 4);
  await labelComponentsGpu(gpu, many.classes, many.size, 2, 4);
  // Too few bits show once; the next time there are enough from the start.
  assert.deepEqual(sizes, [512 * 512 * 2, 4, 512 * 512 * 4, 4, 512 * 512 * 4, 4]);
});
