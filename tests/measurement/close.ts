import assert from "node:assert/strict";

/** Fails where two columns differ by more than a fraction of the expected value. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  name: string,
): void {
  assert.equal(actual.length, expected.length, `${name}: number of values`);
  for (let i = 0; i < expected.length; i++) {
    const isSame = Object.is(actual[i], expected[i]) ||
      Math.abs(actual[i] - expected[i]) <= tolerance * Math.abs(expected[i]);
    assert.ok(isSame, `${name}[${i}]: expected ${expected[i]} but found ${actual[i]}`);
  }
}
