import assert from "node:assert/strict";
import { labelComponentsGpu } from "../../src/labeling/components_gpu.ts";
import { watchTransfers } from "../support/transfers.ts";
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

gpuTest("labels are read back in as many bytes as the last ones needed", async (gpu) => {
  const watch = watchTransfers(gpu.device);
  /** Bytes a label, attempt by attempt. */
  const attempts = async (count: number) => {
    watch.clear();
    const { size, classes, labels } = lattice(count);
    const found = await labelComponentsGpu(gpu, classes, size, 2, 4);
    assert.equal(found.count, count);
    samePixels(found.labels, labels);
    assert.equal(watch.submissions, watch.readbacks.length / 2);
    const [bytes, counts] = [0, 1].map((k) => watch.readbacks.filter((_, i) => i % 2 === k));
    assert.ok(counts.every((size) => size === 4), "a number of objects each time");
    return bytes.map((size) => size / 512 / 512);
  };
  assert.deepEqual(await attempts(127), [2]);
  // Bytes are enough for 255; one more shows once, and so does the first beyond 16 bits.
  assert.deepEqual(await attempts(255), [1]);
  assert.deepEqual(await attempts(3), [2], "room for twice as many was not left");
  assert.deepEqual(await attempts(256), [1, 2]);
  assert.deepEqual(await attempts(127), [2]);
  assert.deepEqual(await attempts(65_536), [1, 4]);
  assert.deepEqual(await attempts(65_535), [4]);
  assert.deepEqual(await attempts(65_536), [2, 4]);
  assert.deepEqual(await attempts(0), [4]);
  assert.deepEqual(await attempts(1), [1]);
});

gpuTest("images labelled at the same time do not mislead one another", async (gpu) => {
  await labelComponentsGpu(gpu, lattice(3).classes, lattice(3).size, 2, 4);
  const counts = [65_536, 2, 300, 65_535, 0];
  const found = await Promise.all(counts.map((count) => {
    const { size, classes } = lattice(count);
    return labelComponentsGpu(gpu, classes, size, 2, 4);
  }));
  found.forEach(({ labels, count }, i) => {
    assert.equal(count, counts[i]);
    samePixels(labels, lattice(counts[i]).labels);
  });
});
