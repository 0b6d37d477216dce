import assert from "node:assert/strict";
import * as source from "../../src/cpu/forest_wasm.ts";
import { startKernels } from "../../src/cpu/kernels.ts";
import { Block, blockOf } from "../../src/cpu/memory.ts";
import { orderedBits } from "../../src/forest/float_order.ts";

Deno.test("a kernel orders floats as the scalar function does, special values too", () => {
  const values = Float32Array.of(0, -0, 1, -1, 1e-45, -1e-45, Infinity, -Infinity, NaN, 3e38, -2);
  const kernels = startKernels<source.Kernels>(source);
  using from = blockOf(values);
  using to = new Block(values.byteLength);
  kernels.orderFloats(from.pointer, to.pointer, values.length);
  const expected = Array.from(new Int32Array(values.buffer), orderedBits);
  assert.deepEqual(Array.from(to.int32()), expected);
});

Deno.test("kernels are started once", () => {
  assert.equal(startKernels(source), startKernels(source));
});
