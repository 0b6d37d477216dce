import assert from "node:assert/strict";
import type { Kernel } from "../../src/gpu/kernel.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { gpuTest } from "../support/gpu.ts";
import { rejectsDaub, throwsDaub } from "../support/errors.ts";
import code from "./double.wgsl" with { type: "text" };

const double: Kernel = { name: "double", code, buffers: ["read_write"] };

gpuTest("a batch runs its dispatches in order and reads back what they leave", async () => {
  using gpu = await Gpu.open();
  using batch = gpu.batch();
  const buffer = batch.upload(Uint32Array.of(1, 2, 3));
  const range = { buffer, offset: 0, size: 12 };
  batch.dispatch(double, Uint32Array.of(3), [range], 3);
  batch.dispatch(double, Uint32Array.of(2), [range], 3);
  const read = batch.read(range);
  await batch.submit();
  assert.deepEqual([...new Uint32Array(await read)], [4, 8, 6]);
});

gpuTest("more workgroups than one dimension holds all run", async () => {
  using gpu = await Gpu.open();
  using batch = gpu.batch();
  const length = 2 * 65_535 + 7;
  const buffer = batch.upload(new Uint32Array(length).fill(21));
  const range = { buffer, offset: 0, size: length * 4 };
  batch.dispatch(double, Uint32Array.of(length), [range], length);
  const read = batch.read(range);
  await batch.submit();
  assert.ok(new Uint32Array(await read).every((value) => value === 42));
});

gpuTest("clearing and copying keep their place among the dispatches", async () => {
  using gpu = await Gpu.open();
  using batch = gpu.batch();
  const from = { buffer: batch.upload(Uint32Array.of(1, 2, 3, 4)), offset: 0, size: 16 };
  const to = { buffer: batch.temporary(16), offset: 0, size: 16 };
  batch.dispatch(double, Uint32Array.of(4), [from], 4);
  batch.copy(from, to).clear({ ...from, offset: 4, size: 8 });
  batch.dispatch(double, Uint32Array.of(4), [from], 4);
  const [cleared, copied] = [batch.read(from), batch.read(to)];
  await batch.submit();
  assert.deepEqual([...new Uint32Array(await cleared)], [4, 0, 0, 16]);
  assert.deepEqual([...new Uint32Array(await copied)], [2, 4, 6, 8]);
});

gpuTest("data of any byte length are uploaded whole", async () => {
  using gpu = await Gpu.open();
  for (const length of [1, 2, 3, 4, 5, 1023]) {
    using batch = gpu.batch();
    const bytes = Uint8Array.from({ length }, (_, i) => i + 1);
    const buffer = batch.upload(bytes);
    const read = batch.read({ buffer, offset: 0, size: length + (-length & 3) });
    await batch.submit();
    assert.deepEqual(new Uint8Array(await read, 0, length), bytes);
  }
});

gpuTest("batches that overlap do not disturb each other", async () => {
  using gpu = await Gpu.open();
  const results = await Promise.all(
    Array.from({ length: 8 }, async (_, i) => {
      using batch = gpu.batch();
      const buffer = batch.upload(Uint32Array.of(i));
      const range = { buffer, offset: 0, size: 4 };
      batch.dispatch(double, Uint32Array.of(1), [range], 1);
      const read = batch.read(range);
      await batch.submit();
      return new Uint32Array(await read)[0];
    }),
  );
  assert.deepEqual(results, [0, 2, 4, 6, 8, 10, 12, 14]);
  assert.equal(gpu.pool.numUsed, 0);
});

gpuTest("equal kernels are compiled once, also when asked for at the same time", async () => {
  using gpu = await Gpu.open();
  let compiled = 0;
  const { device } = gpu;
  const compile = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = (descriptor) => {
    compiled++;
    return compile(descriptor);
  };
  const run = async (kernel: Kernel) => {
    using batch = gpu.batch();
    const buffer = batch.upload(Uint32Array.of(5));
    const range = { buffer, offset: 0, size: 4 };
    batch.dispatch(kernel, Uint32Array.of(1), [range], 1);
    const read = batch.read(range);
    await batch.submit();
    return new Uint32Array(await read)[0];
  };
  const triple = { ...double, constants: { FACTOR: 3 } };
  assert.deepEqual(await Promise.all([run(double), run({ ...double }), run(triple)]), [10, 10, 15]);
  assert.equal(await run(double), 10);
  assert.equal(compiled, 2);
});

gpuTest(
  "a kernel that does not compile is named, with the place, and nothing is left",
  async () => {
    using gpu = await Gpu.open();
    const broken: Kernel = { name: "broken_kernel", code: "fn main( {", buffers: ["read_write"] };
    const run = async (kernel: Kernel) => {
      using batch = gpu.batch();
      const buffer = batch.upload(Uint32Array.of(5));
      batch.dispatch(kernel, Uint32Array.of(1), [{ buffer, size: 4 }], 1);
      const read = batch.read({ buffer, size: 4 });
      const submitted = batch.submit();
      await rejectsDaub("backend", /broken_kernel.*1:10/s, () => submitted);
      await rejectsDaub("backend", /broken_kernel/, () => read);
    };
    await Promise.all([run(broken), run({ ...broken })]);
    assert.equal(gpu.pool.numUsed, 0);
    const wrongEntry: Kernel = { ...double, name: "no_such_entry", entryPoint: "nothing" };
    using batch = gpu.batch();
    batch.dispatch(wrongEntry, Uint32Array.of(1), [{ buffer: batch.temporary(4) }], 1);
    await rejectsDaub("backend", /no_such_entry/, () => batch.submit());
  },
);

gpuTest("a compile error is reported for its kernel only, while others compile", async () => {
  using gpu = await Gpu.open();
  const broken: Kernel = { name: "broken_kernel", code: "fn main( {", buffers: ["read_write"] };
  const results = await Promise.allSettled([
    gpu.pipeline(double),
    gpu.pipeline(broken),
    gpu.pipeline({ ...double, constants: { FACTOR: 3 } }),
  ]);
  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
});

gpuTest("a binding that is larger than its buffer is an error, not zeros", async () => {
  using gpu = await Gpu.open();
  using batch = gpu.batch();
  const buffer = batch.temporary(4);
  batch.dispatch(double, Uint32Array.of(1), [{ buffer, offset: 0, size: buffer.size + 256 }], 1);
  const read = batch.read({ buffer, size: 4 });
  await rejectsDaub("backend", /Expected the GPU .* to run but it found/s, () => batch.submit());
  await rejectsDaub("backend", /to run but it found/, () => read);
  assert.equal(gpu.pool.numUsed, 0);
});

gpuTest("a dispatch with the wrong number of buffers is refused", async () => {
  using gpu = await Gpu.open();
  using batch = gpu.batch();
  assert.throws(
    () => batch.dispatch(double, Uint32Array.of(1), [], 1),
    /Expected 1 buffers for double but found 0/,
  );
});

gpuTest("a batch that is given up returns its buffers and rejects its reads", async () => {
  using gpu = await Gpu.open();
  let read: Promise<ArrayBuffer>;
  {
    using batch = gpu.batch();
    read = batch.read({ buffer: batch.temporary(4), size: 4 });
    assert.equal(gpu.pool.numUsed, 1);
  }
  assert.equal(gpu.pool.numUsed, 0);
  await rejectsDaub("cancelled", /given up/, () => read);
});

gpuTest("a device that is destroyed under a batch rejects it and everything after", async () => {
  using gpu = await Gpu.open();
  using batch = gpu.batch();
  const buffer = batch.upload(new Uint32Array(1 << 20));
  batch.dispatch(double, Uint32Array.of(1 << 20), [{ buffer, size: 4 << 20 }], 1 << 20);
  const read = batch.read({ buffer, size: 4 << 20 });
  const submitted = batch.submit();
  gpu.device.destroy();
  await rejectsDaub("backend", /was lost/, () => submitted);
  await rejectsDaub("backend", /was lost/, () => read);
  await gpu.device.lost;
  throwsDaub("backend", /was lost/, () => gpu.batch());
});

gpuTest("a lost device rejects what it would never settle", async () => {
  using gpu = await Gpu.open();
  using warm = gpu.batch();
  await warm.submit();
  const { device } = gpu;
  device.queue.onSubmittedWorkDone = () => new Promise(() => {});
  using batch = gpu.batch();
  const submitted = batch.submit();
  setTimeout(() => device.destroy(), 20);
  await rejectsDaub("backend", /was lost/, () => submitted);
});

gpuTest("disposing of the device rejects what is under way", async () => {
  const gpu = await Gpu.open();
  const batch = gpu.batch();
  gpu.device.queue.onSubmittedWorkDone = () => new Promise(() => {});
  const submitted = batch.submit();
  setTimeout(() => gpu[Symbol.dispose](), 20);
  await rejectsDaub("backend", /disposed of/, () => submitted);
  throwsDaub("backend", /disposed of/, () => gpu.batch());
});
