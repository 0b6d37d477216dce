import assert from "node:assert/strict";
import { pairwiseSum } from "../../src/forest/pairwise_sum.ts";

Deno.test("whole numbers are summed exactly at every length", () => {
  for (const length of [0, 1, 7, 8, 9, 16, 31, 128, 129, 300, 1000]) {
    const values = Float64Array.from({ length }, (_, i) => i + 1);
    assert.equal(pairwiseSum(values), length * (length + 1) / 2);
  }
});

Deno.test("eight values are added in pairs, fewer one after the other", () => {
  // 2^53 swallows a single 1 but not two of them added first.
  assert.equal(pairwiseSum(Float64Array.of(2 ** 53, 0, 1, 1, 0, 0, 0, 0)), 2 ** 53 + 2);
  assert.equal(pairwiseSum(Float64Array.of(2 ** 53, 0, 1, 1, 0, 0, 0)), 2 ** 53);
});
