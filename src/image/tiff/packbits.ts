/**
 * Undoes Apple's PackBits run lengths: a count n of 0 to 127 precedes n + 1 bytes, -1 to -127 a
 * byte that occurs 1 - n times, and -128 nothing. Returns undefined when the input ends early.
 */
export function decodePackBits(input: Uint8Array, size: number): Uint8Array | undefined {
  const output = new Uint8Array(size);
  let from = 0;
  let to = 0;
  while (to < size) {
    if (from >= input.length) return undefined;
    const count = input[from++];
    if (count < 128) {
      const end = Math.min(from + count + 1, from + size - to);
      if (end > input.length) return undefined;
      output.set(input.subarray(from, end), to);
      to += end - from;
      from += count + 1;
    } else if (count > 128) {
      if (from >= input.length) return undefined;
      const length = Math.min(257 - count, size - to);
      output.fill(input[from++], to, to + length);
      to += length;
    }
  }
  return output;
}
