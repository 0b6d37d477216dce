/** What says something of pixels. */
const KEPT = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"];

/** The chunks of a PNG file that are needed to decode it. */
export interface PixelChunks {
  /** The file without any other chunk: profiles and texts may be compressed without end, too. */
  readonly png: Uint8Array;
  /** The compressed pixels. */
  readonly compressed: readonly Uint8Array[];
}

/** Picks the chunks of pixels out of a PNG file whose chunks lie within it. */
export function pixelChunks(bytes: Uint8Array): PixelChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  const kept = [bytes.subarray(0, 8)];
  const compressed: Uint8Array[] = [];
  for (let at = 8, name = ""; name !== "IEND";) {
    const end = at + 12 + view.getUint32(at);
    name = decoder.decode(bytes.subarray(at + 4, at + 8));
    if (KEPT.includes(name)) kept.push(bytes.subarray(at, end));
    if (name === "IDAT") compressed.push(bytes.subarray(at + 8, end - 4));
    at = end;
  }
  const png = new Uint8Array(kept.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of kept) {
    png.set(part, at);
    at += part.length;
  }
  return { png, compressed };
}
