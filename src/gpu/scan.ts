import type { Batch, BufferRange } from "./batch.ts";
import type { Kernel } from "./kernel.ts";
import code from "./scan.wgsl" with { type: "text" };

const REDUCE: Kernel = {
  name: "scan",
  code,
  entryPoint: "reduce",
  buffers: ["read_write", "read_write"],
};

const SCAN: Kernel = { ...REDUCE, entryPoint: "scan" };

/** Values that one workgroup sums up; as in the kernel. */
const BLOCK = 2048;

/**
 * Replaces `length` 32-bit unsigned integers by their exclusive prefix sums (modulo 2^32):
 * [3, 1, 4] becomes [0, 3, 4].
 *
 * To have the total as well, scan one value more: whatever it was, it becomes the sum of those
 * before it. Any length; longer lists take more levels, not more waiting.
 */
export function exclusiveScan(batch: Batch, values: BufferRange, length: number): void {
  if (length === 0) return;
  const blocks = Math.ceil(length / BLOCK);
  const parameters = Uint32Array.of(length);
  const sums = { buffer: batch.temporary(blocks * 4), size: blocks * 4 };
  if (blocks > 1) {
    batch.dispatch(REDUCE, parameters, [values, sums], blocks);
    exclusiveScan(batch, sums, blocks);
  } else {
    batch.clear(sums);
  }
  batch.dispatch(SCAN, parameters, [values, sums], blocks);
}
