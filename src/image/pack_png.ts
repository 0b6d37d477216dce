/** Interleaved samples as PNG stores them. */
export interface PngSamples {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 2 with alpha, 3 for red, green and blue, 4 with alpha. */
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Colour types by the number of channels. */
const COLOR_TYPES = [0, 0, 4, 2, 6];
/** Rows are handed to the compressor in pieces of about so many bytes. */
const PIECE_BYTES = 2 ** 20;

/**
 * Packs samples into a PNG file, compressed by the platform's own deflate, which takes a third of the
 * time of one written in JavaScript.
 *
 * @see PNG specification, third edition, https://www.w3.org/TR/png-3/
 */
export async function packPng({ width, height, channels, data }: PngSamples): Promise<Uint8Array> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8 * data.BYTES_PER_ELEMENT, COLOR_TYPES[channels]], 8);
  const rows = new Blob([...rowsOf(data, width * channels)]).stream();
  const deflated = new Response(rows.pipeThrough(new CompressionStream("deflate")));
  const compressed = new Uint8Array(await deflated.arrayBuffer());
  const parts = [
    SIGNATURE,
    chunk("IHDR", header),
    chunk("IDAT", compressed),
    chunk("IEND", new Uint8Array()),
  ];
  const file = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    file.set(part, at);
    at += part.length;
  }
  return file;
}

/** The rows, each behind the number of its filter: 0, none, after which labels are the smallest. */
function* rowsOf(data: PngSamples["data"], rowSamples: number): Generator<Uint8Array<ArrayBuffer>> {
  const numRows = data.length / rowSamples;
  const stride = 1 + rowSamples * data.BYTES_PER_ELEMENT;
  const step = Math.max(1, Math.floor(PIECE_BYTES / stride));
  for (let start = 0; start < numRows; start += step) {
    const end = Math.min(numRows, start + step);
    const piece = new Uint8Array((end - start) * stride);
    for (let y = start; y < end; y++) {
      const row = data.subarray(y * rowSamples, (y + 1) * rowSamples);
      const at = (y - start) * stride + 1;
      if (row instanceof Uint8Array) piece.set(row, at);
      else writeBigEndian(piece, at, row);
    }
    yield piece;
  }
}

function writeBigEndian(bytes: Uint8Array, at: number, values: Uint16Array): void {
  for (let i = 0; i < values.length; i++) {
    bytes[at + 2 * i] = values[i] >> 8;
    bytes[at + 2 * i + 1] = values[i] & 255;
  }
}

/** Length, name, content and checksum. */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + content.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = name.charCodeAt(i);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, checksum(bytes.subarray(4, 8 + content.length)));
  return bytes;
}

/** CRC-32 of the PNG specification, annex D. */
function checksum(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) rest = REMAINDERS[(rest ^ bytes[i]) & 255] ^ rest >>> 8;
  return ~rest >>> 0;
}

const REMAINDERS = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ rest >>> 1 : rest >>> 1;
  return rest;
});
