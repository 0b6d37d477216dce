import { DaubError } from "../errors.ts";
import { joinCsv } from "../measurement/join_csv.ts";
import type { AppliedImage, ApplyingOptions } from "./applied_image.ts";
import { isServerGone } from "./remote_errors.ts";

/** A time point whose objects were found; its files are kept where the browser has room. */
export interface FoundFrame {
  readonly count: number;
  /** The label image as a TIFF file. */
  readonly labels: Blob;
  /** What was measured of the objects, as CSV. */
  readonly table: Blob;
}

/** What was found in an image. */
export interface Found {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly frames: readonly FoundFrame[];
  readonly milliseconds: number;
}

/** One of many images, and what became of it. */
export interface BatchImage {
  /** With the folder that it lies in. */
  readonly name: string;
  state: "waiting" | "running" | "done" | "failed";
  /** How much of the work is done, from 0 to 1. */
  fraction: number;
  found?: Found;
  /** Why nothing was found. */
  error?: DaubError;
}

/** Applies a classifier to one of the images. */
export type ApplyToOne<Image> = (image: Image, options: ApplyingOptions) => Promise<AppliedImage>;

/**
 * Applies a classifier to images, one after the other. What is wrong with an image is told of it,
 * and the next one follows; the one under way when the signal aborts waits again.
 *
 * @param onChange Called whenever an image changes.
 * @throws {DaubError} `server` when the server is gone; `cancelled`.
 */
export async function applyInTurn<Image extends BatchImage>(
  images: readonly Image[],
  apply: ApplyToOne<Image>,
  { signal, onChange }: { signal?: AbortSignal; onChange: (image: Image) => void },
): Promise<void> {
  const change = (image: Image, change: Partial<BatchImage>) => {
    onChange(Object.assign(image, change));
  };
  for (const image of images) {
    change(image, { state: "running", fraction: 0, found: undefined, error: undefined });
    try {
      const found = await apply(image, {
        signal,
        onProgress: ({ fraction }) => image.state === "running" && change(image, { fraction }),
      });
      change(image, { state: "done", fraction: 1, found: asFiles(found) });
    } catch (error) {
      if (!(error instanceof DaubError) || error.tag === "cancelled" || isServerGone(error)) {
        change(image, { state: "waiting", fraction: 0 });
        throw error;
      }
      change(image, { state: "failed", error });
    }
  }
}

/** One table of the objects of all images, with the image of each in the column `file`. */
export async function joinTables(
  images: readonly { readonly name: string; readonly found: Found }[],
): Promise<Blob> {
  const hasFrames = images.some(({ found }) => found.frames.length > 1);
  const parts = images.flatMap(({ name, found }) =>
    found.frames.map(({ table }, frame) => ({
      first: hasFrames ? [name, frame] : [name],
      read: () => table.text(),
    }))
  );
  const text: string[] = [];
  for await (const part of joinCsv(hasFrames ? ["file", "frame"] : ["file"], parts)) {
    text.push(part);
  }
  return new Blob(text, { type: "text/csv" });
}

function asFiles({ frames, ...rest }: AppliedImage): Found {
  return {
    ...rest,
    frames: frames.map(({ count, labels, table }) => ({
      count,
      labels: new Blob([labels as BlobPart], { type: "image/tiff" }),
      table: new Blob([table], { type: "text/csv" }),
    })),
  };
}
