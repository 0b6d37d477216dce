import { damaged, type TiffBytes } from "./directory.ts";
import { inflatesBeyond } from "../inflates_beyond.ts";
import { lzwBeyond } from "./lzw_beyond.ts";
import { type Compression, MAX_RATIO, type Segment, unread } from "./page.ts";
import { decodePackBits } from "./packbits.ts";
import { greyStripTiff } from "./grey_strip.ts";
import { sizedZstdFrame } from "./zstd_frame.ts";

/** Strips may hold more than their rows; what holds still more is meant to fill the memory. */
const SPARE = 2 ** 26;

/**
 * The bytes of a strip or tile, `size` of them.
 *
 * LZW and deflate go to the `tiff` package as one strip of 8-bit grey, which is what it reads
 * without fault, though without verifying checksums; `geotiff` reads zstd, and deflated strips
 * that hold more than their rows. Either is loaded when it is needed.
 *
 * @throws {DaubError} `file` when the segment is damaged.
 */
export async function decompress(
  file: TiffBytes,
  compression: Compression,
  { offset, length }: Segment,
  rowBytes: number,
  rows: number,
): Promise<Uint8Array> {
  const size = rowBytes * rows;
  const input = file.bytes.subarray(offset, offset + length);
  if (compression === "none") return input.subarray(0, size);
  if (compression === "lzw" && input[0] === 0 && (input[1] & 1) === 1) {
    throw unread(file, "compression", "LZW of before 1992", "LZW of TIFF 5 or later");
  }
  const most = 2 * size + SPARE;
  if (await expandsBeyond(input, compression, most)) {
    throw damaged(file, `at most ${most} bytes in a strip or tile`, "more");
  }
  let output: Uint8Array | undefined;
  let cause: unknown;
  try {
    output = compression === "packbits"
      ? decodePackBits(input, size)
      : compression === "zstd"
      ? await decodeZstd(input, size)
      : compression === "lzw"
      ? await decodeStrip(input, 5, rowBytes, rows)
      : await decodeDeflate(input, rowBytes, rows);
  } catch (error) {
    cause = error;
  }
  if (output && output.length >= size) return output.subarray(0, size);
  throw damaged(
    file,
    `${size} bytes in a strip or tile compressed by ${compression}`,
    cause instanceof Error ? `that it cannot be decompressed (${cause.message})` : "fewer",
    cause,
  );
}

/** Whether decoders that hand out all that a strip holds would hand out more than that. */
async function expandsBeyond(
  input: Uint8Array,
  compression: Compression,
  most: number,
): Promise<boolean> {
  if (input.length * MAX_RATIO[compression] <= most) return false;
  if (compression === "lzw") return lzwBeyond(input, most);
  return compression === "deflate" && await inflatesBeyond([input], most);
}

async function decodeStrip(
  input: Uint8Array,
  compression: number,
  rowBytes: number,
  rows: number,
): Promise<Uint8Array> {
  const { decode } = await import("npm:tiff@7.1.3");
  const [page] = decode(greyStripTiff(input, compression, rowBytes, rows), { pages: [0] });
  return page.data as Uint8Array;
}

async function decodeDeflate(
  input: Uint8Array,
  rowBytes: number,
  rows: number,
): Promise<Uint8Array | undefined> {
  const output = await decodeStrip(input, 8, rowBytes, rows);
  if (contains(input, adler32(output))) return output;
  // Damaged, or longer than its rows so that the checksum is of more than these.
  const longer = await decodeByGeotiff(8, input);
  return longer.length > output.length ? longer : undefined;
}

/** Whether bytes hold a big-endian number, sought from the end because padding is short. */
function contains(bytes: Uint8Array, value: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = bytes.length - 4; at >= 0; at--) if (view.getUint32(at) === value) return true;
  return false;
}

async function decodeZstd(input: Uint8Array, size: number): Promise<Uint8Array | undefined> {
  const frame = sizedZstdFrame(input, size);
  const output = frame && await decodeByGeotiff(50000, frame);
  // Of a damaged frame the decoder hands out whatever lies in its memory, of another size.
  return output?.length === size ? output : undefined;
}

async function decodeByGeotiff(compression: number, input: Uint8Array): Promise<Uint8Array> {
  const { getDecoder } = await import("npm:geotiff@3.0.5");
  const decoder = await getDecoder(compression, {
    tileWidth: 0,
    tileHeight: 0,
    predictor: 1,
    bitsPerSample: 8,
    planarConfiguration: 1,
  });
  return new Uint8Array(await decoder.decode(input.slice().buffer));
}

/** The checksum at the end of a zlib stream (RFC 1950). */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let i = 0; i < bytes.length;) {
    // 3800 is how many bytes can be summed before a 32-bit sum overflows.
    const end = Math.min(i + 3800, bytes.length);
    for (; i < end; i++) {
      a += bytes[i];
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return (b * 65536 + a) >>> 0;
}
