import type { PixelArray } from "../image.ts";
import { MACHINE_IS_LITTLE_ENDIAN } from "./byte_order.ts";
import { decompress } from "./decompress.ts";
import type { TiffBytes } from "./directory.ts";
import { type Page, segmentsPerPlane } from "./page.ts";
import { swapBytes, undoDifferences, undoFloatDifferences } from "./predictor.ts";

/** Where a plane of pixels goes. */
export interface Target {
  readonly pixels: PixelArray;
  /** The index of its first pixel. */
  readonly start: number;
}

/**
 * Decodes a page: its sample `s` goes to `targets[s]` unless that is undefined.
 *
 * @throws {DaubError} `file` when a strip or tile is damaged.
 */
export async function decodePage(
  file: TiffBytes,
  page: Page,
  targets: readonly (Target | undefined)[],
): Promise<void> {
  const perPlane = segmentsPerPlane(page);
  const samples = page.planar ? 1 : page.samples;
  for (let i = 0; i < page.segments.length; i++) {
    const plane = Math.floor(i / perPlane);
    const wanted = page.planar ? targets.slice(plane, plane + 1) : targets;
    if (wanted.every((target) => target === undefined)) continue;
    const place = placeOf(page, i % perPlane);
    const segment = await decompress(
      file,
      page.compression,
      page.segments[i],
      page.segmentWidth * samples * page.sampleType.bytes,
      place.rows,
    );
    scatter(page, samplesOf(file, page, segment, samples), samples, place, wanted);
  }
}

interface Place {
  readonly left: number;
  readonly top: number;
  /** The rows that are stored, which tiles have beyond the lower edge too. */
  readonly rows: number;
}

function placeOf(page: Page, index: number): Place {
  const columns = Math.ceil(page.width / page.segmentWidth);
  const top = Math.floor(index / columns) * page.segmentHeight;
  const rows = page.tiled ? page.segmentHeight : Math.min(page.segmentHeight, page.height - top);
  return { left: index % columns * page.segmentWidth, top, rows };
}

/** The samples of a decompressed segment, in the machine's byte order. */
function samplesOf(file: TiffBytes, page: Page, segment: Uint8Array, samples: number): PixelArray {
  const { sampleType, predictor, segmentWidth } = page;
  const { bytes: size, array } = sampleType;
  // The bytes of the file are not ours to change, and samples have to be aligned.
  const ours = segment.buffer !== file.bytes.buffer && segment.byteOffset % size === 0;
  const bytes = ours ? segment : segment.slice();
  const rowSamples = segmentWidth * samples;
  let littleEndian = file.littleEndian;
  if (predictor === 3) {
    undoFloatDifferences(bytes, sampleType, rowSamples, samples);
    littleEndian = true;
  }
  if (littleEndian !== MACHINE_IS_LITTLE_ENDIAN && size > 1) swapBytes(bytes, size);
  if (predictor === 2) undoDifferences(bytes, sampleType, rowSamples, samples);
  return new array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length / size);
}

/** Lays the samples of a segment into the planes they belong to. */
function scatter(
  page: Page,
  values: PixelArray,
  samples: number,
  { left, top, rows }: Place,
  targets: readonly (Target | undefined)[],
): void {
  const width = Math.min(page.segmentWidth, page.width - left);
  const height = Math.min(rows, page.height - top);
  for (let y = 0; y < height; y++) {
    const from = y * page.segmentWidth * samples;
    for (let s = 0; s < samples; s++) {
      const target = targets[s];
      if (target === undefined) continue;
      const { pixels } = target;
      const to = target.start + (top + y) * page.width + left;
      if (samples === 1) {
        pixels.set(values.subarray(from, from + width) as never, to);
      } else {
        for (let x = 0; x < width; x++) pixels[to + x] = values[from + x * samples + s];
      }
    }
  }
}
