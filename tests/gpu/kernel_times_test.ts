import assert from "node:assert/strict";
import type { Kernel } from "../../src/gpu/kernel.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { gpuTest } from "../support/gpu.ts";
import code from "./double.wgsl" with { type: "text" };

const double: Kernel = { name: "double", code, buffers: ["read_write"] };

async function doubleTwice(gpu: Gpu): Promise<number[]> {
  using batch = gpu.batch();
  const range = { buffer: batch.upload(Uint32Array.of(1, 2)), size: 8 };
  const copy = { buffer: batch.temporary(8), size: 8 };
  batch.dispatch(double, Uint32Array.of(2), [range], 2).copy(range, copy);
  batch.dispatch(double, Uint32Array.of(2), [copy], 2);
  const read = batch.read(copy);
  await batch.submit();
  return [...new Uint32Array(await read)];
}

gpuTest("kernels are timed by name, and compute what they do without", async () => {
  using gpu = await Gpu.open();
  assert.equal(gpu.kernelTimes, undefined);
  assert.deepEqual(await doubleTwice(gpu), [4, 8]);
  const times = gpu.timeKernels();
  assert.deepEqual(await doubleTwice(gpu), [4, 8]);
  assert.deepEqual(await doubleTwice(gpu), [4, 8]);
  assert.deepEqual([...times.kernels.keys()], ["double"]);
  const { dispatches, milliseconds, bytes } = times.kernels.get("double")!;
  assert.equal(dispatches, 4);
  assert.equal(bytes, 4 * 8);
  assert.ok(milliseconds >= 0 && milliseconds < 60_000, `${milliseconds} ms`);
  assert.equal(times.milliseconds, milliseconds);
  times.clear();
  assert.equal(times.kernels.size, 0);
});

gpuTest("more dispatches than the device can time all run", async () => {
  using gpu = await Gpu.open();
  const times = gpu.timeKernels();
  using batch = gpu.batch();
  const range = { buffer: batch.upload(new Uint32Array(1)), size: 4 };
  for (let i = 0; i < 2100; i++) batch.dispatch(double, Uint32Array.of(1), [range], 1);
  await batch.submit();
  assert.equal(times.kernels.get("double")!.dispatches, 2048);
});
