import { DaubError } from "../errors.ts";
import { asChannels, describeSize, type Image, pixelCount } from "./image.ts";
import type { ImageFile, ImageInfo } from "./image_file.ts";
import { inflatesBeyond } from "./inflates_beyond.ts";
import { packPng } from "./pack_png.ts";
import { damagedPicture, openPicture } from "./picture.ts";
import { pixelChunks } from "./png_chunks.ts";

/** A picture: 8-bit red, green and blue (and alpha) of every pixel, in raster order. */
export interface Picture {
  /** The pixels in raster order, 3 or 4 bytes each. */
  readonly data: Uint8Array;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Channels by colour type; type 3 is looked up in its palette. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };
/** What deflate makes of one byte at the most. */
const MAX_RATIO = 1100;

/** Whether bytes begin as a PNG file does. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/**
 * Opens a PNG file: its channels as stored, palettes looked up, an opaque alpha left out.
 *
 * @throws {DaubError} `file` when it is damaged; `image` when it is stored in a way not read.
 */
export function openPng(bytes: Uint8Array, where: string): ImageFile {
  const header = readHeader(bytes, where);
  const { width, height, bits, colorType } = header;
  const info: ImageInfo = {
    width,
    height,
    depth: 1,
    channels: CHANNELS[colorType],
    frames: 1,
    sampleType: bits === 16 ? "uint16" : "uint8",
    format: "png",
  };
  return openPicture(info, where, () => decodeSamples(bytes, header, where));
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly colorType: number;
}

/** Walks the chunks within bounds and checks that the header can be true. */
function readHeader(bytes: Uint8Array, where: string): Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fail = (expected: string, found: string) => damagedPicture("PNG", where, expected, found);
  if (bytes.length < 33 || view.getUint32(12) !== 0x49484452) throw fail("a header", "none");
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [bits, colorType, , , interlace] = bytes.subarray(24, 29);
  if (width === 0 || height === 0 || CHANNELS[colorType] === undefined) {
    throw fail("a width, height and colour type", `${width} × ${height}, type ${colorType}`);
  }
  let compressed = 0;
  let ended = false;
  for (let at = 8; !ended;) {
    if (at + 12 > bytes.length) throw fail("an end", `that it stops at byte ${bytes.length}`);
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    at += 12 + length;
    if (at > bytes.length) throw fail(`${at} bytes or more`, `${bytes.length}`);
    if (type === 0x49444154) compressed += length;
    ended = type === 0x49454e44;
  }
  const needed = Math.ceil(width * bits / 8) * height;
  if (needed > compressed * MAX_RATIO) throw fail(`${needed} bytes of pixels`, "too few");
  if (interlace !== 0 && bits < 8) {
    throw new DaubError(
      "image",
      `Expected a PNG of 8 or 16 bits, or one that is not interlaced, but found ${bits} bits, ` +
        `interlaced, in ${where}. Save it without interlacing.`,
      { expected: "no interlacing", found: `interlaced, ${bits} bits`, where },
    );
  }
  return { width, height, bits, colorType };
}

async function decodeSamples(bytes: Uint8Array, header: Header, where: string) {
  const { width, height, bits, colorType } = header;
  const { png: pixels, compressed } = pixelChunks(bytes);
  const most = pixelBytes(header);
  if (await inflatesBeyond(compressed, most)) {
    throw damagedPicture("PNG", where, `at most ${most} bytes of pixels`, "more");
  }
  try {
    const { convertIndexedToRgb, decode } = await import("npm:fast-png@8.0.0");
    const png = decode(pixels, { checkCrc: true });
    if (colorType === 3) {
      const data = convertIndexedToRgb(png);
      return { data, channels: data.length / (width * height) };
    }
    if (bits < 8) return { data: unpack(png.data as Uint8Array, header), channels: 1 };
    return { data: png.data as Uint8Array | Uint16Array, channels: png.channels };
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw damagedPicture("PNG", where, "pixels", `that they cannot be decoded (${found})`, cause);
  }
}

/** The most bytes that pixels need before they are compressed; interlacing adds a little. */
function pixelBytes({ width, height, bits, colorType }: Header): number {
  const samples = colorType === 3 ? 1 : CHANNELS[colorType];
  const row = 1 + Math.ceil(width * samples * bits / 8);
  return row * height + 16 * (width + height) + 1024;
}

/** Grey values of 1, 2 or 4 bits, packed from the left, in bytes of their own. */
function unpack(packed: Uint8Array, { width, height, bits }: Header): Uint8Array {
  const rowBytes = Math.ceil(width * bits / 8);
  const mask = (1 << bits) - 1;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * bits;
      const byte = packed[y * rowBytes + (bit >> 3)];
      data[y * width + x] = byte >> (8 - bits - (bit & 7)) & mask;
    }
  }
  return data;
}

/**
 * Encodes a 2D image of 8 or 16-bit unsigned channels as PNG: one is grey, two are grey and alpha,
 * three are red, green and blue, four have alpha too. A picture has its pixels interleaved.
 *
 * @throws {DaubError} `image` when PNG cannot hold the image.
 *
 * @example Encode a grey image
 * ```ts
 * import { encodePng, readImage } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = { data: Uint8Array.of(0, 85, 170, 255), width: 2, height: 2, depth: 1 };
 * assert.deepEqual(await readImage(await encodePng(image)), [image]);
 * ```
 */
export async function encodePng(image: Image | readonly Image[] | Picture): Promise<Uint8Array> {
  if (!Array.isArray(image) && !("depth" in image)) {
    const { width, height, data } = image as Picture;
    return await packPng({ width, height, channels: data.length / (width * height), data });
  }
  const channels = asChannels(image as Image | readonly Image[]);
  const { width, height } = channels[0];
  const bits = expectEncodable(channels);
  const pixels = pixelCount(channels[0]);
  const array = bits === 16 ? Uint16Array : Uint8Array;
  const data = new array(pixels * channels.length);
  channels.forEach((channel, c) => {
    for (let i = 0; i < pixels; i++) data[i * channels.length + c] = Number(channel.data[i]);
  });
  return await packPng({ width, height, channels: channels.length, data });
}

function expectEncodable(channels: readonly Image[]): 8 | 16 {
  const fail = (expected: string, found: string, advice: string) =>
    new DaubError("image", `Expected ${expected} for a PNG file but found ${found}. ${advice}`, {
      expected,
      found,
    });
  const [first] = channels;
  if (first.depth > 1) {
    throw fail("a 2D image", `one of ${describeSize(first)}`, "Write a TIFF file instead.");
  }
  if (channels.length > 4) {
    throw fail("1 to 4 channels", `${channels.length}`, "Write a TIFF file instead.");
  }
  const bits = first.data instanceof Uint8Array ? 8 : first.data instanceof Uint16Array ? 16 : 0;
  const other = channels.find(({ data }) => data.constructor !== first.data.constructor);
  if (bits === 0 || other) {
    const names = [first, ...other ? [other] : []].map(({ data }) => data.constructor.name);
    throw fail("8 or 16-bit unsigned pixels", names.join(" and "), "Write a TIFF file instead.");
  }
  return bits;
}
