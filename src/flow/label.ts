import { DaubError, throwIfCancelled } from "../errors.ts";
import type { Backend, BackendChoice } from "../backend.ts";
import {
  checkImage,
  describeSize,
  dimensions,
  type Image,
  type PixelArray,
  pixelCount,
  type Size,
} from "../image/image.ts";
import { displayable } from "../image/jupyter_display.ts";
import { withBackend } from "../backends/open_backend.ts";
import type { Connectivity, LabelImage } from "../labeling/labels.ts";

/** Which pixels {@linkcode labelComponents} joins and where it computes. */
export interface LabelOptions {
  /** 4 or 8 in 2D, 6 or 26 in 3D. Default 4 or 6. */
  readonly connectivity?: Connectivity;
  /** An open backend, or which to open for this call. Default `"auto"`. */
  readonly backend?: Backend | BackendChoice;
  /** Gives up before or after the labelling, which itself runs to its end. */
  readonly signal?: AbortSignal;
  /**
   * A label image of the same size that is not needed any more: its pixels are overwritten and
   * become the result's, which saves the time that the system takes to clear new memory.
   */
  readonly into?: LabelImage;
}

/**
 * Numbers the connected components of the pixels that are not 0.
 *
 * Objects are numbered 1, 2, … in raster order of their first pixels, as by
 * `scipy.ndimage.label` and scikit-image.
 *
 * @param mask 2D or 3D, of any type.
 * @throws {DaubError} `options` when the connectivity does not suit the dimensions;
 * or `into` is of another size; `image` when the mask's size and pixels do not agree; `cancelled`.
 *
 * @example Two pixels that touch at a corner
 * ```ts
 * import { labelComponents } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const mask = { data: Uint8Array.of(1, 0, 0, 1), width: 2, height: 2, depth: 1 };
 * assert.equal((await labelComponents(mask, { backend: "cpu" })).count, 2);
 * assert.equal((await labelComponents(mask, { backend: "cpu", connectivity: 8 })).count, 1);
 * ```
 */
export async function labelComponents(
  mask: Image,
  options: LabelOptions = {},
): Promise<LabelImage> {
  checkImage(mask);
  return await labelClasses({ ...mask, data: asMask(mask.data) }, { ...options, positiveClass: 1 });
}

/** 1 where a pixel is not 0. */
function asMask(pixels: PixelArray): Uint8Array {
  const mask = new Uint8Array(pixels.length);
  let i = 0;
  if (pixels instanceof Uint8Array && pixels.byteOffset % 4 === 0) {
    // Most masks are bytes: four at once, their highest bits set by a carry where they are not 0.
    const words = new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.length >> 2);
    const masks = new Uint32Array(mask.buffer, 0, words.length);
    for (let k = 0; k < words.length; k++) {
      const word = words[k];
      masks[k] = ((word & 0x7f7f7f7f) + 0x7f7f7f7f | word) >>> 7 & 0x01010101;
    }
    i = words.length * 4;
  }
  for (; i < mask.length; i++) mask[i] = Number(pixels[i]) === 0 ? 0 : 1;
  return mask;
}

/** Numbers the connected components of the pixels of one class. */
export async function labelClasses(
  image: Image<Uint8Array>,
  { positiveClass, connectivity, backend, signal, into }: LabelOptions & { positiveClass: number },
): Promise<LabelImage> {
  throwIfCancelled(signal);
  const pixels = into && pixelsToOverwrite(into, image);
  const { width, height, depth, voxelSize } = image;
  const joined = connectivity ?? (dimensions(image) === 3 ? 6 : 4);
  const { labels, count } = await withBackend(
    backend,
    (open) => open.labelComponents(image.data, image, positiveClass, joined, pixels),
  );
  throwIfCancelled(signal);
  return displayable({
    data: labels,
    count,
    width,
    height,
    depth,
    ...(voxelSize && { voxelSize }),
  });
}

/**
 * The pixels of a label image that is to be overwritten.
 *
 * @throws {DaubError} `options` when there are not as many as the size has.
 */
export function pixelsToOverwrite({ data }: LabelImage, size: Size): Uint32Array {
  const expected = pixelCount(size);
  if (data instanceof Uint32Array && data.length === expected) return data;
  throw new DaubError(
    "options",
    `Expected a label image of ${
      describeSize(size)
    } 32-bit pixels to write into but found one of ` +
      `${data.length} pixels. Give one that was found in an image of the same size.`,
    { expected, found: data.length, where: "into" },
  );
}
