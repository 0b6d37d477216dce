import assert from "node:assert/strict";

/**
 * Asserts that two lists of numbers are the same. `deepEqual` writes out how long lists differ, for
 * which it takes memory with the square of their length: tens of gigabytes for a small image.
 */
export function samePixels(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(found.length, expected.length, "as many pixels");
  let differing = 0;
  let first = -1;
  for (let i = 0; i < expected.length; i++) {
    if (found[i] === expected[i]) continue;
    if (first < 0) first = i;
    differing++;
  }
  const where = `pixel ${first}: ${found[first]} instead of ${expected[first]}`;
  assert.ok(differing === 0, `${differing} of ${expected.length} pixels differ, first ${where}`);
}
