import { DaubError } from "../errors.ts";
import { nameOfSource, readSource, type Source } from "./file.ts";
import type { Image } from "./image.ts";
import type { ImageFile, ImageInfo } from "./image_file.ts";
import { isJpeg, openJpeg } from "./jpeg.ts";
import { displayable } from "./jupyter_display.ts";
import { isPng, openPng } from "./png.ts";
import { openTiff } from "./tiff/decode.ts";
import { isTiff } from "./tiff/directory.ts";

/** How {@linkcode openImage} opens. */
export interface OpenImageOptions {
  /** Gives up early. */
  readonly signal?: AbortSignal;
  /** What messages call the file; default its path, address or name. */
  readonly name?: string;
}

/** How {@linkcode readImage} reads. */
export interface ReadImageOptions extends OpenImageOptions {
  /** Which time frame, from 0; default 0. */
  readonly frame?: number;
}

/**
 * Reads a TIFF, PNG or JPEG image from a path, URL, blob or bytes: one 2D or 3D image per channel,
 * with the voxel size where the file states it.
 *
 * Values are as stored. A TIFF file of several pages is a volume unless its description (of
 * ImageJ, OME or tifffile) tells of channels and time frames; a frame is chosen by `frame`.
 * Red, green and blue, like all samples of a pixel, are channels. Notebooks show each as a picture.
 *
 * @throws {DaubError} `file` when the source is missing, empty, cut off or damaged; `image` when it
 * is no image or stored in a way that is not read; `options` when there is no such frame;
 * `cancelled`.
 *
 * @example Read an image from bytes
 * ```ts
 * import { encodeTiff, readImage } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), width: 3, height: 2, depth: 1 };
 * const [channel] = await readImage(await encodeTiff(image));
 * assert.deepEqual(channel, image);
 * ```
 */
export async function readImage(source: Source, options: ReadImageOptions = {}): Promise<Image[]> {
  const file = await openImage(source, options);
  return (await file.read(options)).map(displayable);
}

/**
 * Size, channels, time frames and type of an image file, without decoding its pixels.
 *
 * @throws {DaubError} as {@linkcode readImage} does.
 *
 * @example Count the time frames of a file
 * ```ts
 * import { encodeTiff, readImageInfo } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = { data: new Uint16Array(24), width: 3, height: 2, depth: 4 };
 * const { frames, depth } = await readImageInfo(await encodeTiff(image));
 * assert.deepEqual({ frames, depth }, { frames: 1, depth: 4 });
 * ```
 */
export async function readImageInfo(
  source: Source,
  options: OpenImageOptions = {},
): Promise<ImageInfo> {
  return (await openImage(source, options)).info;
}

/**
 * Opens an image file to read several of its time frames: its bytes are fetched once.
 *
 * @throws {DaubError} as {@linkcode readImage} does.
 */
export async function openImage(
  source: Source,
  options: OpenImageOptions = {},
): Promise<ImageFile> {
  const where = options.name ?? nameOfSource(source);
  const bytes = await readSource(source, options.signal);
  if (isTiff(bytes)) return openTiff(bytes, where);
  if (isPng(bytes)) return openPng(bytes, where);
  if (isJpeg(bytes)) return openJpeg(bytes, where);
  throw bytes.length === 0 ? emptyFile(where) : notAnImage(bytes, where);
}

function emptyFile(where: string): DaubError {
  return new DaubError(
    "file",
    `Expected an image in ${where} but found an empty file. Copy or export it again.`,
    { expected: "a TIFF, PNG or JPEG image", found: "an empty file", where },
  );
}

function notAnImage(bytes: Uint8Array, where: string): DaubError {
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  const found = start.startsWith("<")
    ? "a web page or other text"
    : start.startsWith("GIF8")
    ? "a GIF"
    : start.startsWith("BM")
    ? "a BMP"
    : start.startsWith("RIFF")
    ? "a WebP"
    : "something else";
  return new DaubError(
    "image",
    `Expected a TIFF, PNG or JPEG image but found ${found} in ${where}. Save the image as TIFF, ` +
      `for example with ImageJ, and try again.`,
    { expected: "a TIFF, PNG or JPEG image", found, where },
  );
}
