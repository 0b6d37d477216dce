/**
 * A file holds thresholds rounded to 32 bits. A forest that asks "at most" needs to know which of
 * them were rounded up: a value equal to such a literal lies above the threshold itself. One bit a
 * decision, in the order of the file, four to a hexadecimal digit, first bit lowest; zeros at the
 * end are left out.
 */
export function encodeRounding(roundedUp: readonly boolean[]): string {
  const digits: string[] = [];
  for (let i = 0; i < roundedUp.length; i += 4) {
    let digit = 0;
    for (let bit = 0; bit < 4; bit++) if (roundedUp[i + bit]) digit |= 1 << bit;
    digits.push(digit.toString(16));
  }
  let length = digits.length;
  while (length > 0 && digits[length - 1] === "0") length--;
  return digits.slice(0, length).join("");
}

/** Whether the decision of this number was rounded up. */
export function isRoundedUp(encoded: string, decision: number): boolean {
  const digit = encoded.charAt(decision >> 2);
  return digit !== "" && (parseInt(digit, 16) >> (decision & 3) & 1) === 1;
}

/**
 * A threshold that was rounded up to `literal`: above the next smaller 32-bit float, below
 * `literal`, and so near to it that it is rounded to it again.
 */
export function thresholdRoundedTo(literal: number): number {
  return literal - (literal - floatBelow(literal)) / 4;
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The next smaller 32-bit float. */
function floatBelow(value: number): number {
  float[0] = value;
  if (value === 0) bits[0] = -0x7fffffff; // The smallest negative float, 0x80000001.
  else bits[0] += value > 0 ? -1 : 1;
  return float[0];
}
