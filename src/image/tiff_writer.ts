import { DaubError, throwIfCancelled } from "../errors.ts";
import { asChannels, type Image } from "./image.ts";
import { sampleFormat, type SampleType, sampleTypeOfPixels } from "./sample_type.ts";
import { MACHINE_IS_LITTLE_ENDIAN } from "./tiff/byte_order.ts";
import { describeStack } from "./tiff/describe.ts";
import { toRational } from "./tiff/rational.ts";
import { align, directorySize, type OutputField, writeDirectory } from "./tiff/write_directory.ts";

/** How {@linkcode encodeTiff} encodes. */
export interface EncodeTiffOptions {
  /** Default `"deflate"`, by which label images shrink to a few percent. */
  readonly compression?: "deflate" | "none";
  /** How many time points the slices are of, those of one after those of another. Default 1. */
  readonly frames?: number;
  /** Whether to write BigTIFF, which fewer programs read. Default: where 4 GiB do not suffice. */
  readonly bigTiff?: boolean;
  /** Gives up early. */
  readonly signal?: AbortSignal;
}

/** Rows are compressed in strips of about so many bytes. */
const STRIP_BYTES = 2 ** 20;
/** Files that end beyond this need BigTIFF. */
const CLASSIC_LIMIT = 2 ** 32 - 1;

/**
 * Encodes one image or several channels as TIFF, one page per plane and channel.
 *
 * Channels, slices, voxel size and unit are described as ImageJ does for types that it has (8 and
 * 16-bit unsigned, 32-bit floating point), else in JSON as Python's tifffile does; both survive
 * {@linkcode readImage}. Files above 4 GiB are BigTIFF.
 *
 * @throws {DaubError} `image` when the channels differ in size or type; `options` when the slices
 * are not so many time points; `cancelled`.
 *
 * @example Keep the voxel size
 * ```ts
 * import { encodeTiff, readImage } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const voxelSize = { x: 0.1, y: 0.1, z: 0.5, unit: "micron" };
 * const volume = { data: new Uint16Array(24), width: 3, height: 2, depth: 4, voxelSize };
 * const [same] = await readImage(await encodeTiff(volume));
 * assert.deepEqual(same, volume);
 * ```
 */
export async function encodeTiff(
  image: Image | readonly Image[],
  options: EncodeTiffOptions = {},
): Promise<Uint8Array> {
  const channels = asChannels(image);
  const type = expectOneType(channels);
  const { frames = 1 } = options;
  expectFrames(channels[0].depth, frames);
  const compressed = options.compression !== "none";
  const { width, height } = channels[0];
  const rowBytes = width * type.bytes;
  // Uncompressed, a page is one strip and follows the page before it, as ImageJ expects.
  const rowsPerStrip = compressed
    ? Math.min(height, Math.max(1, Math.floor(STRIP_BYTES / rowBytes)))
    : height;
  const pages: Uint8Array[][] = [];
  for (const plane of planesOf(channels)) {
    const strips: Uint8Array[] = [];
    for (let y = 0; y < height; y += rowsPerStrip) {
      throwIfCancelled(options.signal);
      const strip = plane.subarray(y * rowBytes, (y + rowsPerStrip) * rowBytes);
      strips.push(compressed ? await deflate(strip) : strip);
    }
    pages.push(strips);
  }
  const common = commonFields(channels[0], type, rowsPerStrip, compressed);
  return assemble(pages, common, describeStack(channels, type, frames), options.bigTiff ?? false);
}

function expectOneType(channels: readonly Image[]): SampleType {
  const type = sampleTypeOfPixels(channels[0].data);
  const other = channels.find(({ data }) => sampleTypeOfPixels(data) !== type);
  if (!other) return type;
  const found = sampleTypeOfPixels(other.data).name;
  throw new DaubError(
    "image",
    `Expected channels of one type but found ${type.name} and ${found}. Convert them to one type.`,
    { expected: type.name, found },
  );
}

function expectFrames(depth: number, frames: number): void {
  if (Number.isInteger(frames) && frames >= 1 && depth % frames === 0) return;
  throw new DaubError(
    "options",
    `Expected a number of time points that divides the ${depth} slices but found ${frames}. Give ` +
      `the slices of all time points one after the other.`,
    { expected: depth, found: frames },
  );
}

/** The bytes of each page: plane by plane, and of each plane its channels. */
function* planesOf(channels: readonly Image[]): Generator<Uint8Array> {
  const [{ depth }] = channels;
  for (let z = 0; z < depth; z++) {
    for (const { data } of channels) {
      const size = data.byteLength / depth;
      yield new Uint8Array(data.buffer, data.byteOffset + z * size, size);
    }
  }
}

async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
    .pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** The fields that all pages share. */
function commonFields(
  { width, height, voxelSize }: Image,
  type: SampleType,
  rowsPerStrip: number,
  compressed: boolean,
): OutputField[] {
  const resolution = (extent: number): readonly number[] => toRational(extent).toReversed();
  return [
    { tag: 256, type: "long", values: [width] },
    { tag: 257, type: "long", values: [height] },
    { tag: 258, type: "short", values: [type.bytes * 8] },
    { tag: 259, type: "short", values: [compressed ? 8 : 1] },
    { tag: 262, type: "short", values: [1] },
    { tag: 277, type: "short", values: [1] },
    { tag: 278, type: "long", values: [rowsPerStrip] },
    { tag: 339, type: "short", values: [sampleFormat(type)] },
    ...(voxelSize
      ? [
        { tag: 282, type: "rational", values: resolution(voxelSize.x) } as const,
        { tag: 283, type: "rational", values: resolution(voxelSize.y) } as const,
        { tag: 296, type: "short", values: [1] } as const,
      ]
      : []),
  ];
}

/** Header, all strips one after the other, then all directories. */
function assemble(
  pages: readonly (readonly Uint8Array[])[],
  common: readonly OutputField[],
  description: string,
  bigTiff: boolean,
): Uint8Array {
  const ascii = Array.from(description, (character) => character.charCodeAt(0)).concat(0);
  const layOut = (big: boolean) => {
    let offset = big ? 16 : 8;
    const fields = pages.map((strips, page): OutputField[] => [
      ...common,
      ...(page === 0 ? [{ tag: 270, type: "ascii", values: ascii } as const] : []),
      { tag: 273, type: "offset", values: strips.map((s) => (offset += s.length) - s.length) },
      { tag: 279, type: "offset", values: strips.map((s) => s.length) },
    ]);
    const start = align(offset);
    const size = fields.reduce((sum, page) => sum + directorySize(page, big), start);
    return { big, fields, start, size };
  };
  const smallest = layOut(bigTiff);
  const { big, fields, start, size } = smallest.size > CLASSIC_LIMIT ? layOut(true) : smallest;
  const bytes = allocate(size);
  const view = new DataView(bytes.buffer);
  writeHeader(view, start, big);
  let at = big ? 16 : 8;
  for (const strip of pages.flat()) {
    bytes.set(strip, at);
    at += strip.length;
  }
  at = start;
  fields.forEach((page, i) => {
    const next = at + directorySize(page, big);
    writeDirectory(view, at, page, i + 1 < fields.length ? next : 0, big);
    at = next;
  });
  return bytes;
}

function writeHeader(view: DataView, firstDirectory: number, big: boolean): void {
  const little = MACHINE_IS_LITTLE_ENDIAN;
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, big ? 43 : 42, little);
  if (big) {
    view.setUint16(4, 8, little);
    view.setBigUint64(8, BigInt(firstDirectory), little);
  } else {
    view.setUint32(4, firstDirectory, little);
  }
}

function allocate(size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    throw new DaubError(
      "image",
      `Expected an image whose file fits into memory but it needs ${size} bytes. Crop it, or ` +
        `write its channels to files of their own.`,
      { found: size, cause },
    );
  }
}
