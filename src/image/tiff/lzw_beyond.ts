const CLEAR = 256;
const END = 257;

/**
 * Whether LZW codes of TIFF stand for more than `most` bytes: only lengths are followed, so that a
 * hostile strip never fills the memory. Codes that cannot be are the decoder's to describe.
 */
export function lzwBeyond(input: Uint8Array, most: number): boolean {
  const lengths = new Uint32Array(4098).fill(1, 0, CLEAR);
  let next = END + 1;
  let width = 9;
  let previous = CLEAR;
  let total = 0;
  let bits = 0;
  let buffer = 0;
  for (const byte of input) {
    buffer = (buffer << 8 | byte) & 0xffffff;
    bits += 8;
    if (bits < width) continue;
    bits -= width;
    const code = buffer >> bits & (1 << width) - 1;
    if (code === END) break;
    if (code === CLEAR) {
      next = END + 1;
      width = 9;
    } else {
      const known = code < next || previous === CLEAR;
      if (previous !== CLEAR && next < 4096) lengths[next++] = lengths[previous] + 1;
      total += known ? lengths[code] : lengths[previous] + 1;
      if (total > most) return true;
      // One code early, as TIFF has it.
      if (next + 1 >= 1 << width && width < 12) width++;
    }
    previous = code;
  }
  return false;
}
