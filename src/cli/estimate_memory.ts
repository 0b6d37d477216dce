import { pixelCount } from "../image/image.ts";
import type { ImageInfo } from "../image/image_file.ts";
import { overlaySize } from "../overlay/overlay.ts";
import { resultsOf } from "./result_names.ts";
import type { Task } from "./task.ts";

const BYTES = { 8: 1, 16: 2, 32: 4, 64: 8 } as const;

/** What a thread takes by itself: its program and the kernels' memory. */
const OWN_BYTES = 100 * 2 ** 20;

/** The most that a tile's features take on the processor. */
const TILE_BYTES = 256 * 2 ** 20;

/** Labels as they are stored, as 32-bit numbers, and what is looked up or written of them. */
const LABEL_BYTES = 2 + 4 + 4;

/** Classes, labels and what is written of them, twice while it is compressed. */
const FOUND_BYTES = 1 + 4 + 2 * 4;

/** Sums of colours as 32-bit floats, labels, outlines, colours and the compressor's input. */
const PICTURE_BYTES = 3 * 4 + 4 + 4 + 3 + 3;

/** The work on an image, as far as its need of memory goes. */
export interface MemoryNeed {
  readonly info: ImageInfo;
  /** The sizes of all files of the image, which are held as well. */
  readonly fileBytes: number;
  readonly task: Pick<Task, "purpose">;
  /** The classes that probabilities are found for. */
  readonly numClasses: number;
  /** How many label images are read: objects found before, and true ones. */
  readonly numLabelImages: number;
  /** Whether the labels are all there is. */
  readonly isLabelsOnly: boolean;
}

/**
 * How much memory the work on a frame of an image takes, about: its pixels as they are stored and as
 * floats, what is found for every pixel, the picture, and the features of a tile.
 */
export function estimateMemory(need: MemoryNeed): number {
  const { info, fileBytes, task: { purpose }, numClasses, numLabelImages, isLabelsOnly } = need;
  const { channels, sampleType } = info;
  const bits = Number(/\d+$/.exec(sampleType)![0]) as keyof typeof BYTES;
  const pixels = pixelCount(info);
  const input = isLabelsOnly ? 0 : pixels * channels * (BYTES[bits] + 4);
  const labels = numLabelImages * pixels * LABEL_BYTES;
  const isOfPixels = ["object", "pixel", "probability"].includes(purpose);
  const found = (isOfPixels ? pixels * FOUND_BYTES : 0) +
    (purpose === "probability" ? 8 * pixels * numClasses : 0);
  const features = isOfPixels ? Math.min(TILE_BYTES, pixels * 4 * 8) : 0;
  const picture = resultsOf[purpose].some((kind) => kind.endsWith("overlay"))
    ? PICTURE_BYTES * pixelCount({ ...overlaySize(info), depth: 1 })
    : 0;
  return OWN_BYTES + fileBytes + input + labels + found + picture + features;
}
