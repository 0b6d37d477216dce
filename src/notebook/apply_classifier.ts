import type { Backend, BackendChoice } from "../backend.ts";
import { withBackend } from "../backends/open_backend.ts";
import type { ObjectSegmenter } from "../classifiers/object_segmenter.ts";
import { DaubError } from "../errors.ts";
import type { Image } from "../image/image.ts";
import type { Connectivity, LabelImage } from "../labeling/labels.ts";

/** One of many images: its name and how to read it when its turn comes. */
export interface NamedImage {
  readonly name: string;
  readonly read: () => Promise<Image | readonly Image[]>;
}

/** How {@linkcode applyToAll} computes. */
export interface ApplyOptions {
  /** An open backend, or which to open. Default `"auto"`. */
  readonly backend?: Backend | BackendChoice;
  /** 4 or 8 in 2D, 6 or 26 in 3D. Default 4 or 6. */
  readonly connectivity?: Connectivity;
  /** Ends after the image under way. */
  readonly signal?: AbortSignal;
}

/** What was found in one of many images: labels, or why there are none. */
export interface Applied {
  readonly name: string;
  /** How many images are done, this one included, and how many there are. */
  readonly done: number;
  readonly total: number;
  readonly labels?: LabelImage;
  readonly error?: unknown;
}

/**
 * Applies a saved classifier to many images, one after the other; a picture of progress comes with
 * every result. An image that cannot be read or segmented is told of, and the next one follows.
 *
 * @throws {DaubError} `backend` when the backend asked for cannot be had.
 */
export async function* applyToAll(
  segmenter: ObjectSegmenter,
  images: readonly NamedImage[],
  { backend, connectivity, signal }: ApplyOptions = {},
): AsyncGenerator<Applied, void, void> {
  for (const [i, { name, read }] of images.entries()) {
    if (signal?.aborted) return;
    const place = { name, done: i + 1, total: images.length };
    try {
      const image = await read();
      const labels = await withBackend(
        backend,
        (open) => segmenter.predict(image, { backend: open, connectivity, signal }),
      );
      yield { ...place, labels };
    } catch (error) {
      if (error instanceof DaubError && error.tag === "cancelled") return;
      yield { ...place, error };
    }
  }
}
