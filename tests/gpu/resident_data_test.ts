import assert from "node:assert/strict";
import type { Batch } from "../../src/gpu/batch.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { rejectsDaub } from "../support/errors.ts";
import { gpuTest } from "../support/gpu.ts";

/** What a batch reads of an owner's data, and whether it had to upload them. */
async function readBack(gpu: Gpu, owner: object, values: Uint32Array<ArrayBuffer>) {
  using batch = gpu.batch();
  let uploaded = false;
  const [range] = gpu.residents.bind(batch, owner, () => {
    uploaded = true;
    return [values];
  });
  const read = batch.read(range);
  await batch.submit();
  return { found: [...new Uint32Array(await read)], uploaded };
}

gpuTest("data are uploaded once and stay for later batches", async () => {
  using gpu = await Gpu.open();
  const owner = {};
  const values = Uint32Array.of(3, 1, 4);
  assert.deepEqual(await readBack(gpu, owner, values), { found: [3, 1, 4], uploaded: true });
  assert.deepEqual(await readBack(gpu, owner, values), { found: [3, 1, 4], uploaded: false });
  assert.equal(gpu.pool.numUsed, 1);
});

gpuTest("batches that overlap share what the first of them uploads", async () => {
  using gpu = await Gpu.open();
  const owner = {};
  const found = await Promise.all([1, 2, 3].map(() => readBack(gpu, owner, Uint32Array.of(7))));
  assert.deepEqual(found.map(({ uploaded }) => uploaded), [true, false, false]);
  assert.deepEqual(found.map(({ found }) => found), [[7], [7], [7]]);
});

gpuTest("the owner that was not used for longest makes room", async () => {
  using gpu = await Gpu.open();
  const owners = Array.from({ length: 5 }, (_, i) => ({ i }));
  for (const owner of owners.slice(0, 4)) await readBack(gpu, owner, Uint32Array.of(owner.i));
  await readBack(gpu, owners[0], Uint32Array.of(0));
  await readBack(gpu, owners[4], Uint32Array.of(4));
  assert.equal(gpu.residents.size, 4);
  assert.equal(gpu.pool.numUsed, 4);
  assert.equal((await readBack(gpu, owners[0], Uint32Array.of(0))).uploaded, false);
  assert.equal((await readBack(gpu, owners[1], Uint32Array.of(1))).uploaded, true);
});

gpuTest("data that make room while a batch reads them stay until it is done", async () => {
  using gpu = await Gpu.open();
  using batch = gpu.batch();
  const first = {};
  await readBack(gpu, first, Uint32Array.of(42));
  const [range] = gpu.residents.bind(batch, first, () => []);
  const read = batch.read(range);
  for (let i = 0; i < 4; i++) await readBack(gpu, {}, Uint32Array.of(i));
  assert.equal(gpu.pool.numUsed, 5);
  await batch.submit();
  assert.deepEqual([...new Uint32Array(await read)], [42]);
  assert.equal(gpu.pool.numUsed, 4);
});

gpuTest("a batch that is given up leaves nothing behind", async () => {
  using gpu = await Gpu.open();
  const owner = {};
  {
    using batch: Batch = gpu.batch();
    gpu.residents.bind(batch, owner, () => [Uint32Array.of(5)]);
  }
  assert.equal(gpu.residents.size, 0);
  assert.equal(gpu.pool.numUsed, 0);
  assert.deepEqual(await readBack(gpu, owner, Uint32Array.of(5)), { found: [5], uploaded: true });
});

gpuTest("a batch that fails leaves nothing behind", async () => {
  using gpu = await Gpu.open();
  const owner = {};
  using batch = gpu.batch();
  const [range] = gpu.residents.bind(batch, owner, () => [Uint32Array.of(5)]);
  batch.read({ ...range, size: 2 ** 30 });
  await rejectsDaub("backend", /but it found/, () => batch.submit());
  assert.equal(gpu.residents.size, 0);
  assert.equal(gpu.pool.numUsed, 0);
});

gpuTest("giving up the batch that uploads takes nothing from another that reads", async () => {
  using gpu = await Gpu.open();
  const owner = {};
  using reader = gpu.batch();
  using uploader = gpu.batch();
  gpu.residents.bind(uploader, owner, () => [Uint32Array.of(5)]);
  const [range] = gpu.residents.bind(reader, owner, () => []);
  uploader[Symbol.dispose]();
  await readBack(gpu, {}, Uint32Array.of(9));
  const read = reader.read(range);
  await reader.submit();
  assert.deepEqual([...new Uint32Array(await read)], [5]);
});
