import assert from "node:assert/strict";
import * as source from "../../src/cpu/pixels_wasm.ts";
import { startKernels } from "../../src/cpu/kernels.ts";
import { Block } from "../../src/cpu/memory.ts";

Deno.test("a kernel reads the memory that blocks are allocated in", () => {
  using job = new Block(96);
  job.int32().set([0, 10, 512, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
  const { scratchBytes } = startKernels<source.Kernels>(source);
  assert.equal(scratchBytes(job.pointer), ((10 + 4 + 4) * 4 + 10) * 512 + 2 * 8);
});

Deno.test("kernels are started once", () => {
  assert.equal(startKernels(source), startKernels(source));
});
