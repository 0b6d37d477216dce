import { pixelCount } from "../image/image.ts";
import type { ImageInfo } from "../image/image_file.ts";
import type { Task } from "./task.ts";

const BYTES = { 8: 1, 16: 2, 32: 4, 64: 8 } as const;

/** What a thread takes by itself: its program and the kernels' memory. */
const OWN_BYTES = 100 * 2 ** 20;

/** The most that a tile's features take on the processor. */
const TILE_BYTES = 256 * 2 ** 20;

/**
 * How much memory the work on a frame of an image takes, about: its pixels as they are stored and as
 * floats, what is found for every pixel, the picture, and the features of a tile.
 *
 * @param fileBytes The size of the file, which is held as well.
 */
export function estimateMemory(
  info: ImageInfo,
  fileBytes: number,
  { purpose }: Task,
  numClasses: number,
): number {
  const { channels, sampleType } = info;
  const bits = Number(/\d+$/.exec(sampleType)![0]) as keyof typeof BYTES;
  const pixels = pixelCount(info);
  const input = pixels * channels * (BYTES[bits] + 4);
  // Classes, labels and what is written of them, twice while it is compressed.
  const found = pixels * (1 + 4 + 2 * 4) +
    (purpose === "probability" ? 8 * pixels * numClasses : 0);
  const picture = 2 * 3 * info.width * info.height;
  const features = Math.min(TILE_BYTES, pixels * 4 * 8);
  return OWN_BYTES + fileBytes + input + found + picture + features;
}
