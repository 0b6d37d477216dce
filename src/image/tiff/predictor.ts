import type { SampleType } from "../sample_type.ts";

/** Reverses the bytes of every sample, between big and little endian. */
export function swapBytes(bytes: Uint8Array, size: number): void {
  for (let i = 0; i < bytes.length; i += size) {
    for (let a = i, b = i + size - 1; a < b; a++, b--) {
      const byte = bytes[a];
      bytes[a] = bytes[b];
      bytes[b] = byte;
    }
  }
}

/**
 * Undoes horizontal differencing (TIFF 6.0, section 14): every sample is stored as its difference
 * from the same sample of the pixel to its left, modulo its size. Floats are differenced as bits.
 *
 * @param bytes whole rows in the machine's byte order, aligned to the sample
 */
export function undoDifferences(
  bytes: Uint8Array,
  { bytes: size }: SampleType,
  rowSamples: number,
  samples: number,
): void {
  const { byteOffset, byteLength } = bytes;
  const buffer = bytes.buffer as ArrayBuffer;
  const count = byteLength / size;
  if (size === 8) {
    const words = new BigUint64Array(buffer, byteOffset, count);
    for (let row = 0; row < count; row += rowSamples) {
      for (let i = row + samples; i < row + rowSamples; i++) words[i] += words[i - samples];
    }
    return;
  }
  const array = size === 1 ? Uint8Array : size === 2 ? Uint16Array : Uint32Array;
  const words = new array(buffer, byteOffset, count);
  for (let row = 0; row < count; row += rowSamples) {
    for (let i = row + samples; i < row + rowSamples; i++) words[i] += words[i - samples];
  }
}

/**
 * Undoes the floating point predictor (Adobe Photoshop TIFF Technical Note 3): a row is stored as
 * the differences of its bytes, those of all first bytes before those of all second bytes, the
 * most significant ones first. The result is little endian whatever the file is.
 */
export function undoFloatDifferences(
  bytes: Uint8Array,
  { bytes: size }: SampleType,
  rowSamples: number,
  samples: number,
): void {
  const rowBytes = rowSamples * size;
  const shuffled = new Uint8Array(rowBytes);
  for (let row = 0; row < bytes.length; row += rowBytes) {
    shuffled.set(bytes.subarray(row, row + rowBytes));
    for (let i = samples; i < rowBytes; i++) shuffled[i] += shuffled[i - samples];
    for (let i = 0; i < rowSamples; i++) {
      for (let b = 0; b < size; b++) {
        bytes[row + i * size + b] = shuffled[(size - 1 - b) * rowSamples + i];
      }
    }
  }
}
