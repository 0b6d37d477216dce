import type { Tile } from "../backend.ts";
import type { Batch, BufferRange } from "../gpu/batch.ts";
import { type PackedPixels, pixelCount } from "../image/image.ts";
import { unpackKernel, WORKGROUP_SIZE } from "./kernels_gpu.ts";

/**
 * Puts a channel of a tile on the device as floats. Pixels of 8 or 16 bits travel as they are and
 * become floats there: the way to the device is many times slower than its memory.
 */
export function uploadChannel(batch: Batch, tile: Tile, channel: number, to: BufferRange): void {
  const packed = tile.packed?.(channel) as PackedPixels<ArrayBuffer> | undefined;
  if (!packed) {
    batch.write(to, tile.channels[channel] as Float32Array<ArrayBuffer>);
    return;
  }
  const isSigned = packed instanceof Int8Array || packed instanceof Int16Array;
  const numPixels = pixelCount(tile);
  const parameters = Uint32Array.of(numPixels, packed.BYTES_PER_ELEMENT * 8, Number(isSigned));
  const words = { buffer: batch.upload(packed) };
  batch.dispatch(unpackKernel, parameters, [words, to], Math.ceil(numPixels / WORKGROUP_SIZE));
}
