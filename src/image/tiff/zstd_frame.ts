const MAGIC = 0xfd2fb528;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];

/**
 * The first Zstandard frame of some bytes (RFC 8878) with its content size in the header, or
 * undefined when it is incomplete or has another content size.
 *
 * The decoder that is used decodes such a frame in one bounded step; of frames that keep silent
 * about their size it reads damaged ones for ever.
 */
export function sizedZstdFrame(input: Uint8Array, contentSize: number): Uint8Array | undefined {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (input.length < 9 || view.getUint32(0, true) !== MAGIC) return undefined;
  const descriptor = input[4];
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeAt = 5 + (singleSegment ? 0 : 1) + DICTIONARY_ID_BYTES[descriptor & 3];
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 && singleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag];
  const blocksAt = sizeAt + sizeBytes;
  const end = endOfFrame(input, blocksAt, (descriptor & 4) !== 0);
  if (end === undefined) return undefined;
  if (sizeBytes > 0) {
    return readSize(view, sizeAt, sizeBytes) === contentSize ? input.subarray(0, end) : undefined;
  }
  const frame = new Uint8Array(end + 8);
  frame.set(input.subarray(0, sizeAt));
  frame[4] |= 0xc0;
  new DataView(frame.buffer).setBigUint64(sizeAt, BigInt(contentSize), true);
  frame.set(input.subarray(sizeAt, end), sizeAt + 8);
  return frame;
}

function readSize(view: DataView, at: number, bytes: number): number {
  switch (bytes) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}

/** Walks the blocks of a frame to the one that says it is the last. */
function endOfFrame(input: Uint8Array, at: number, checksum: boolean): number | undefined {
  while (at + 3 <= input.length) {
    const header = input[at] | input[at + 1] << 8 | input[at + 2] << 16;
    const runLength = (header >> 1 & 3) === 1;
    at += 3 + (runLength ? 1 : header >> 3);
    if (header & 1) {
      const end = at + (checksum ? 4 : 0);
      return end <= input.length ? end : undefined;
    }
  }
  return undefined;
}
