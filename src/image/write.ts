import { DaubError } from "../errors.ts";
import { writeFileAtomically, type WriteFileOptions } from "./file.ts";
import type { Image } from "./image.ts";
import { encodePng } from "./png.ts";
import { encodeTiff, type EncodeTiffOptions } from "./tiff_writer.ts";

/** How {@linkcode writeImage} writes. */
export interface WriteImageOptions extends WriteFileOptions, EncodeTiffOptions {}

/**
 * Writes one image or several channels to a `.tif`, `.tiff` or `.png` file, whole or not at all.
 *
 * TIFF keeps every type, volumes, channels and the voxel size, see {@linkcode encodeTiff}; PNG
 * holds 2D images of 8 or 16-bit unsigned integers, see {@linkcode encodePng}.
 *
 * @throws {DaubError} `file` when the file exists and `overwrite` is not set, or cannot be written;
 * `image` when the format cannot hold the image; `options` when the name has another ending.
 *
 * @example Write an image and read it again
 * ```ts
 * import { readImage, writeImage } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * const image = { data: Float32Array.of(0.5, 1, 1.5, 2), width: 2, height: 2, depth: 1 };
 * await writeImage(`${folder}/small.tif`, image);
 * assert.deepEqual(await readImage(`${folder}/small.tif`), [image]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeImage(
  path: string | URL,
  image: Image | readonly Image[],
  options: WriteImageOptions = {},
): Promise<void> {
  const name = path instanceof URL ? path.pathname : path;
  const bytes = /\.tiff?$/i.test(name)
    ? await encodeTiff(image, options)
    : /\.png$/i.test(name)
    ? await encodePng(image)
    : undefined;
  if (bytes) return await writeFileAtomically(path, bytes, options);
  throw new DaubError(
    "options",
    `Expected a file name that ends in .tif, .tiff or .png but found ${name}. Rename it.`,
    { expected: [".tif", ".tiff", ".png"], found: name, where: "path" },
  );
}
