/**
 * Small image files that would fill the memory of whoever believes them.
 *
 * @module
 */
import { crc32, deflateSync } from "node:zlib";
import { buildTiff } from "../image/tiff_bytes.ts";

/** More than strips may hold beside their rows. */
const MUCH = 80_000_000;

/** A PNG of 2 × 2 pixels in which 80 million are packed. */
export function pngBomb(): Uint8Array<ArrayBuffer> {
  return png([2, 2], [["IDAT", deflateSync(new Uint8Array(MUCH))]]);
}

/** A PNG of 2 × 1 pixels with values 0, and a profile and texts that cannot be unpacked. */
export function pngWithWrongProfile(): Uint8Array<ArrayBuffer> {
  const packed = Uint8Array.of(0x78, 0, 0, 0x78, 0x9c, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  const pixels = deflateSync(Uint8Array.of(0, 0, 0));
  return png([2, 1], [["iCCP", packed], ["zTXt", packed], ["IDAT", pixels]]);
}

/** A PNG that says that it has two thousand million rows and columns. */
export function giantPng(): Uint8Array<ArrayBuffer> {
  return png([2 ** 31 - 1, 2 ** 31 - 1], [["IDAT", deflateSync(new Uint8Array(1000))]]);
}

/** TIFFs of 2 × 2 pixels in which 80 million are packed, by compression. */
export const tiffBombs: Readonly<Record<string, () => Uint8Array<ArrayBuffer>>> = {
  deflate: () => tiff(2, 8, deflateSync(new Uint8Array(MUCH))),
  LZW: () => tiff(2, 5, lzwZeros(MUCH)),
};

/** A TIFF of 100,000 rows and columns, and no more than a few bytes. */
export function giantTiff(compression: 1 | 5 | 8): Uint8Array<ArrayBuffer> {
  return tiff(100_000, compression, deflateSync(new Uint8Array(1000)));
}

/** A JPEG of 60,000 rows and columns, and no more than a few bytes. */
export function giantJpeg(): Uint8Array<ArrayBuffer> {
  const [high, low] = [60_000 >> 8, 60_000 & 255];
  const frame = [0xff, 0xc0, 0, 11, 8, high, low, high, low, 1, 1, 0x11, 0];
  const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 3];
  return Uint8Array.of(0xff, 0xd8, ...frame, ...scan, 0xff, 0xd9);
}

function png(
  [width, height]: readonly number[],
  chunks: readonly (readonly [string, Uint8Array])[],
): Uint8Array<ArrayBuffer> {
  const number = (n: number) => Uint8Array.of(n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255);
  const parts = [Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)];
  const header = Uint8Array.of(...number(width), ...number(height), 8, 0, 0, 0, 0);
  for (const [name, data] of [["IHDR", header], ...chunks, ["IEND", new Uint8Array()]] as const) {
    const typed = join([new TextEncoder().encode(name), data]);
    parts.push(number(data.length), typed, number(crc32(typed)));
  }
  return join(parts);
}

function tiff(side: number, compression: number, strip: Uint8Array): Uint8Array<ArrayBuffer> {
  const fields = [[256, side], [257, side], [258, 8], [259, compression], [262, 1], [278, side]]
    .map(([tag, value]) => ({ tag, type: 4, values: [value] }) as const);
  return Uint8Array.from(buildTiff([{ fields, segments: [strip] }]));
}

/** Zeros as TIFF's LZW packs them: each code stands for one more than the one before. */
function lzwZeros(count: number): Uint8Array {
  const bits: number[] = [];
  const bytes: number[] = [];
  const put = (code: number, width: number) => {
    for (let bit = width - 1; bit >= 0; bit--) bits.push(code >> bit & 1);
    while (bits.length >= 8) {
      bytes.push(bits.splice(0, 8).reduce((byte, bit) => byte << 1 | bit));
    }
  };
  let done = 0;
  put(256, 9);
  while (done < count) {
    put(0, 9);
    let width = 9;
    for (let code = 258; code < 4094 && done < count; code++) {
      put(code, width);
      done += code - 256;
      if (code + 2 >= 1 << width && width < 12) width++;
    }
    put(256, width);
  }
  put(257, 9);
  put(0, 7);
  return Uint8Array.from(bytes);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
