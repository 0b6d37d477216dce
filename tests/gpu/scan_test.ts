import assert from "node:assert/strict";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { exclusiveScan } from "../../src/gpu/scan.ts";
import { randomNumbers } from "../support/random.ts";
import { gpuTest } from "../labeling/twins.ts";

async function scan(gpu: Gpu, values: Uint32Array<ArrayBuffer>): Promise<Uint32Array> {
  const batch = gpu.batch();
  const range = { buffer: batch.upload(values), size: values.byteLength };
  exclusiveScan(batch, range, values.length);
  const bytes = batch.read(range);
  await batch.submit();
  return new Uint32Array(await bytes);
}

gpuTest("the exclusive scan of a few numbers is what one adds up by hand", async (gpu) => {
  assert.deepEqual([...await scan(gpu, Uint32Array.of(3, 1, 4, 1, 5))], [0, 3, 4, 8, 9]);
  assert.deepEqual([...await scan(gpu, Uint32Array.of(7))], [0]);
});

// One, two and three levels of 2048 values, and their edges.
for (const length of [2, 255, 2047, 2048, 2049, 5000, 2048 * 2048, 2048 * 2048 + 1]) {
  gpuTest(`${length} numbers are scanned exactly, modulo 2^32`, async (gpu) => {
    const random = randomNumbers(length);
    const values = Uint32Array.from({ length }, () => random() * 2 ** 32);
    const found = await scan(gpu, values);
    let sum = 0;
    let wrong = 0;
    for (let i = 0; i < length; i++) {
      if (found[i] !== sum) wrong++;
      sum = (sum + values[i]) >>> 0;
    }
    assert.equal(wrong, 0);
  });
}

gpuTest("an empty scan does nothing", async (gpu) => {
  const batch = gpu.batch();
  exclusiveScan(batch, { buffer: batch.temporary(4), size: 4 }, 0);
  await batch.submit();
});
