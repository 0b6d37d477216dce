/**
 * Maps the bit pattern of a 32-bit float to an integer that orders as the float does.
 *
 * Comparing integers makes every device agree, whatever it does to denormal numbers: both zeros
 * are 0, and NaN of either sign is larger than infinity.
 */
export function orderedBits(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fffffff;
  return bits < 0 ? (0x80000000 - bits) | 0 : bits;
}

/** The float whose {@linkcode orderedBits} these are. */
export function floatOfOrderedBits(ordered: number): number {
  scratchBits[0] = ordered < 0 ? (0x80000000 - ordered) | 0 : ordered;
  return scratch[0];
}

/** The ordered bits of the largest 32-bit float that is at most `value`. */
export function orderedFloor(value: number): number {
  scratch[0] = value;
  const ordered = orderedBits(scratchBits[0]);
  return scratch[0] > value ? ordered - 1 : ordered;
}

/** The ordered bits of the 32-bit float nearest to `value`. */
export function orderedRound(value: number): number {
  scratch[0] = value;
  return orderedBits(scratchBits[0]);
}

const scratch = new Float32Array(1);
const scratchBits = new Int32Array(scratch.buffer);
