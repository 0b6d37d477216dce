import { DaubError } from "../errors.ts";
import { nameOfSource, readSource, type Source } from "./file.ts";
import type { Image } from "./image.ts";
import type { ImageFile, ImageInfo } from "./image_file.ts";
import { isTiff } from "./tiff/directory.ts";
import { openTiff } from "./tiff/decode.ts";

/** How {@linkcode readImage} reads. */
export interface ReadImageOptions {
  /** Which time frame, from 0; default 0. */
  readonly frame?: number;
  /** Gives up early. */
  readonly signal?: AbortSignal;
  /** What messages call the file; default its path or address. */
  readonly name?: string;
}

export async function readImage(source: Source, options: ReadImageOptions = {}): Promise<Image[]> {
  const file = await openImage(source, options);
  return await file.read(options);
}

export async function readImageInfo(
  source: Source,
  options: Omit<ReadImageOptions, "frame"> = {},
): Promise<ImageInfo> {
  return (await openImage(source, options)).info;
}

export async function openImage(
  source: Source,
  options: Omit<ReadImageOptions, "frame"> = {},
): Promise<ImageFile> {
  const where = options.name ?? nameOfSource(source);
  const bytes = await readSource(source, options.signal);
  if (isTiff(bytes)) return openTiff(bytes, where);
  throw new DaubError(
    "image",
    `Expected a TIFF, PNG or JPEG image but found another kind of file in ${where}.`,
  );
}
