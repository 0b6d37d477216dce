import { DaubError } from "../errors.ts";
import { asChannels, describeSize, type Image, sameSize } from "../image/image.ts";
import type { ImageFile } from "../image/image_file.ts";
import { imageKey } from "./annotation_key.ts";

/** The time points of an image, read when they are asked for. */
export interface TimeSeries {
  /** How many there are. */
  readonly frames: number;
  /** The channels of one of them, from 0. */
  read(frame: number, signal?: AbortSignal): Promise<readonly Image[]>;
}

/** An image without time, as a series of one. */
export function stillImage(channels: readonly Image[]): TimeSeries {
  return { frames: 1, read: () => Promise.resolve(channels) };
}

/** The time points of a file whose bytes are in memory. */
export function seriesOf(file: ImageFile): TimeSeries {
  return {
    frames: file.info.frames,
    read: (frame, signal) => file.read({ frame, signal }),
  };
}

/**
 * Reads a time point of a series and checks that it is of the size of the first one.
 *
 * @throws {DaubError} `options` when there is no such time point; `image` when it differs in size or
 * channels; what reading finds.
 */
export async function readFrame(
  series: TimeSeries,
  first: readonly Image[],
  frame: number,
  signal?: AbortSignal,
): Promise<readonly Image[]> {
  if (!Number.isInteger(frame) || frame < 0 || frame >= series.frames) {
    throw new DaubError(
      "options",
      `Expected a time point from 0 to ${
        series.frames - 1
      } but found ${frame}. Choose another one.`,
      { expected: series.frames - 1, found: frame },
    );
  }
  if (frame === 0) return first;
  const channels = asChannels(await series.read(frame, signal));
  if (channels.length === first.length && sameSize(channels[0], first[0])) return channels;
  throw new DaubError(
    "image",
    `Expected all time points to have ${first.length} channels of ${
      describeSize(first[0])
    } pixels ` +
      `but found ${channels.length} of ${describeSize(channels[0])} at time point ${frame}. Save ` +
      `the series with time points of one size.`,
    { expected: describeSize(first[0]), found: describeSize(channels[0]), where: `${frame}` },
  );
}

/**
 * A name for a series by its content. Of a long one not every time point is read: the first, middle
 * and last and their number name it. A series of one is named as its image.
 */
export async function seriesKey(series: TimeSeries, first: readonly Image[]): Promise<string> {
  const { frames } = series;
  if (frames === 1) return await imageKey(first);
  const channels = [...first];
  for (const frame of new Set([frames >> 1, frames - 1])) {
    channels.push(...await readFrame(series, first, frame));
  }
  const numbers = { data: Uint32Array.of(frames), width: 1, height: 1, depth: 1 };
  const keys = [await imageKey(channels), await imageKey(numbers)];
  const bytes = new TextEncoder().encode(keys.join(" "));
  const key = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(key, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
