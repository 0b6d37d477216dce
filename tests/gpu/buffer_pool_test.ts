import assert from "node:assert/strict";
import { Gpu } from "../../src/gpu/gpu.ts";
import { BufferPool } from "../../src/gpu/buffer_pool.ts";
import { gpuTest } from "../support/gpu.ts";
import { rejectsDaub, throwsDaub } from "../support/errors.ts";

gpuTest("a buffer that was given back is taken again for a near size", async () => {
  using gpu = await Gpu.open();
  const pool = new BufferPool(gpu.device);
  const first = pool.acquire(1_000_000);
  assert.ok(first.size >= 1_000_000);
  assert.equal(await pool.failure([first]), undefined);
  pool.release(first);
  assert.equal(pool.acquire(990_000), first);
  assert.notEqual(pool.acquire(990_000), first);
  assert.notEqual(pool.acquire(2_000_000), first);
  assert.equal(pool.numUsed, 3);
  pool.destroy();
  assert.equal(pool.numUsed, 0);
});

gpuTest("giving back twice does not hand one buffer to two takers", async () => {
  using gpu = await Gpu.open();
  const pool = new BufferPool(gpu.device);
  const buffer = pool.acquire(4096);
  assert.equal(await pool.failure([buffer]), undefined);
  pool.release(buffer);
  pool.release(buffer);
  assert.notEqual(pool.acquire(4096), pool.acquire(4096));
  pool.destroy();
});

gpuTest("what waits beyond the limit is freed", async () => {
  using gpu = await Gpu.open();
  const pool = new BufferPool(gpu.device, 10_000);
  const buffers = Array.from({ length: 5 }, () => pool.acquire(4096));
  assert.equal(await pool.failure(buffers), undefined);
  for (const buffer of buffers) pool.release(buffer);
  assert.equal(pool.idleBytes, 8192);
  pool.trim();
  assert.equal(pool.idleBytes, 0);
  pool.destroy();
});

gpuTest("a buffer beyond the device's limit is refused in words", async () => {
  using gpu = await Gpu.open();
  const { maxBufferSize } = gpu.device.limits;
  throwsDaub("backend", /at most \d+ bytes in one GPU buffer/, () => {
    gpu.pool.acquire(maxBufferSize + 1);
  });
  assert.equal(gpu.pool.numUsed, 0);
});

gpuTest("a device that runs out of memory says so, and the failed buffer is not used", async () => {
  using gpu = await Gpu.open();
  const { device } = gpu;
  const pop = device.popErrorScope.bind(device);
  let failures = 1;
  device.popErrorScope = async () => {
    const error = await pop();
    return failures-- > 0 ? new GPUOutOfMemoryError("not enough memory left") : error;
  };
  const run = async () => {
    using batch = gpu.batch();
    const read = batch.read({ buffer: batch.upload(Uint32Array.of(7)), size: 4 });
    await batch.submit();
    return new Uint32Array(await read)[0];
  };
  await rejectsDaub("backend", /enough memory but it ran out.*cpu backend/s, run);
  assert.equal(gpu.pool.numUsed, 0);
  assert.equal(gpu.pool.idleBytes, 0);
  assert.equal(await run(), 7);
});
