/// <reference lib="dom" />
import type { Image } from "../../image/image.ts";
import type { LabelImage } from "../../labeling/labels.ts";
import { frameName, labelNames } from "../applied_names.ts";
import type { Found, FoundFrame } from "../image_batch.ts";
import type { ApplyRow } from "./apply_rows.ts";

/** What became of one image. */
export interface AppliedResult {
  readonly name: string;
  /** How many objects were found, at all time points together. */
  readonly count?: number;
  readonly milliseconds?: number;
  /** Why there are none. */
  readonly error?: string;
  /** The label image of a time point. Default the first. */
  readonly labels: (frame?: number) => Promise<LabelImage | undefined>;
}

/** An image in which objects were found. */
export type DoneRow = ApplyRow & { readonly found: Found };

/** Reads an image file, in a thread. */
export type ReadFile = (file: Blob) => Promise<readonly Image[]>;

/** What users get to know of an image. */
export function resultOf({ name, found, error }: ApplyRow, read: ReadFile): AppliedResult {
  return {
    name,
    ...(found && { count: countObjects(found), milliseconds: found.milliseconds }),
    ...(error && { error: error.message }),
    labels: async (frame = 0) => {
      const file = found?.frames[frame];
      return file && await readLabels(file, read);
    },
  };
}

/** The label image of a time point. */
export async function readLabels(
  { labels, count }: FoundFrame,
  read: ReadFile,
): Promise<LabelImage> {
  const [{ data, ...size }] = await read(labels);
  // Of 16 or 32 bits, as they were written.
  const pixels = data as Uint16Array | Uint32Array;
  return { ...size, data: pixels instanceof Uint32Array ? pixels : new Uint32Array(pixels), count };
}

/** How many objects were found at all time points together. */
export function countObjects({ frames }: Found): number {
  return frames.reduce((sum, { count }) => sum + count, 0);
}

/** The label images of all time points, by the names of their files. */
export function* labelFiles(rows: readonly DoneRow[]): Generator<readonly [string, Blob]> {
  const names = labelNames(rows.map(({ name }) => name));
  for (const [i, { found: { frames } }] of rows.entries()) {
    for (const [frame, { labels }] of frames.entries()) {
      yield [frameName(names[i], frame, frames.length), labels];
    }
  }
}
