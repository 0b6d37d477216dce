import { DaubError } from "../errors.ts";
import { listFolder, pathOf } from "./file.ts";
import type { Image } from "./image.ts";
import { matchNames } from "./match_names.ts";
import { readImage } from "./read.ts";

/** Whether a file's ending is one of an image that is read. */
export function isImageName(name: string): boolean {
  return /\.(tiff?|png|jpe?g)$/i.test(name);
}

/** Images of one name, one of each folder. */
export type FolderImages<Key extends string> =
  & { readonly name: string }
  & { readonly [key in Key]: Image[] };

/**
 * Reads the images of the same names in several folders, one after the other, so that only those of
 * one name are in memory. Endings may differ; hidden files and files that are no images are left
 * out. As people count, `a2` comes before `a10`.
 *
 * The counterpart of what APOC's `train_classifier_from_image_folders` does with its folders, but
 * for a name that is missing in one of them, which APOC meets in the middle of its training.
 *
 * @param folders By what their images are, for example
 * `{ image: "training/images", annotation: "training/masks" }`.
 * @throws {DaubError} `file` when a folder is missing or empty, or names do not match, which the
 * message lists; then as {@linkcode readImage} does.
 *
 * @example Train on two folders
 * ```ts
 * import { PixelClassifier, readImageFolders, writeImage } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * for (const name of ["images", "masks"]) await Deno.mkdir(`${folder}/${name}`);
 * const size = { width: 4, height: 1, depth: 1 };
 * for (const name of ["a.tif", "b.tif"]) {
 *   await writeImage(`${folder}/images/${name}`, { ...size, data: Uint8Array.of(1, 1, 9, 9) });
 *   await writeImage(`${folder}/masks/${name}`, { ...size, data: Uint8Array.of(1, 1, 2, 2) });
 * }
 * const pairs = readImageFolders({ image: `${folder}/images`, annotation: `${folder}/masks` });
 * const options = { features: "original", backend: "cpu" } as const;
 * const classifier = await PixelClassifier.trainOnMany(pairs, options);
 * assert.deepEqual(classifier.classes, [1, 2]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function* readImageFolders<Key extends string>(
  folders: Readonly<Record<Key, string | URL>>,
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<FolderImages<Key>> {
  const keys = Object.keys(folders) as Key[];
  const lists = {} as Record<Key, string[]>;
  for (const key of keys) lists[key] = await listImages(folders[key]);
  for (const { stem, paths } of matchNames(lists)) {
    const images = {} as Record<Key, Image[]>;
    for (const key of keys) images[key] = await readImage(paths[key], options);
    yield { ...images, name: stem };
  }
}

async function listImages(folder: string | URL): Promise<string[]> {
  const names = await listFolder(folder);
  const images = names.filter((name) => isImageName(name) && !name.startsWith("."));
  const path = pathOf(folder).replace(/[/\\]+$/, "");
  if (images.length > 0) return images.map((name) => `${path}/${name}`);
  throw new DaubError(
    "file",
    `Expected TIFF, PNG or JPEG images in the folder ${path} but found none. Check the name.`,
    { expected: "images", where: path },
  );
}
