const LIMIT = 2 ** 32 - 1;

/**
 * The fraction of 32-bit integers that is nearest to a number greater than 0, or as near as
 * floating point tells, by continued fractions.
 */
export function toRational(value: number): [numerator: number, denominator: number] {
  let [p0, q0, p1, q1] = [0, 1, 1, 0];
  let rest = value;
  while (true) {
    const whole = Math.floor(rest);
    const [p2, q2] = [whole * p1 + p0, whole * q1 + q0];
    if (p2 > LIMIT || q2 > LIMIT) break;
    [p0, q0, p1, q1] = [p1, q1, p2, q2];
    if (p1 / q1 === value || rest === whole) break;
    rest = 1 / (rest - whole);
  }
  if (q1 === 0) return [LIMIT, 1];
  return p1 === 0 ? [1, LIMIT] : [p1, q1];
}
