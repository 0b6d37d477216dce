import assert from "node:assert/strict";
import { correlate, sampleColumns } from "../../src/evaluation/correlation.ts";
import { throwsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";
import { askPython, pythonTest } from "./python.ts";

function close(found: ArrayLike<number>, expected: readonly number[], tolerance = 1e-15) {
  assert.equal(found.length, expected.length);
  expected.forEach((value, i) => {
    assert.ok(Math.abs(found[i] - value) <= tolerance, `${i}: ${found[i]} instead of ${value}`);
  });
}

Deno.test("coefficients are those worked out by hand", () => {
  // Deviations (-1, 0, 1), (-1, 1, 0) and (2, -1, -1).
  const { names, values, constant } = correlate({ a: [1, 2, 3], b: [4, 6, 5], c: [9, 6, 6] });
  const r = -3 / Math.sqrt(2 * 6);
  close(values, [1, 1 / 2, r, 1 / 2, 1, r, r, r, 1]);
  assert.deepEqual([names, constant], [["a", "b", "c"], []]);
});

Deno.test("constant columns correlate with themselves alone and are named", () => {
  const third = 1 / 3;
  const { values, constant } = correlate([[third, third, third], [1, 2, 4], [0, 0, 0]], [
    "flat",
    "rising",
    "zero",
  ]);
  assert.deepEqual([...values], [1, 0, 0, 0, 1, 0, 0, 0, 1]);
  assert.deepEqual(constant, ["flat", "zero"]);
});

Deno.test("a shift and a scale change nothing, however large the shift", () => {
  const random = randomNumbers(6);
  const a = Array.from({ length: 1000 }, random);
  const shifted = a.map((value) => 1e6 - 3 * value);
  close(correlate([a, shifted]).values, [1, -1, -1, 1], 1e-9);
  assert.ok(correlate([a, shifted]).values.every((value) => Math.abs(value) <= 1));
});

Deno.test("rows without a value do not count for the pair", () => {
  const { values } = correlate([[1, 2, NaN, 3], [2, 4, 9, 6], [NaN, NaN, 5, NaN]]);
  close(values.subarray(0, 2), [1, 1]);
  assert.ok(Number.isNaN(values[2]), "no row in common");
  close(values.subarray(5, 6), [0]);
});

Deno.test("samples become columns", () => {
  const columns = sampleColumns(Float32Array.of(1, 10, 2, 20, 3, 30), 2);
  assert.deepEqual(columns, [Float32Array.of(1, 2, 3), Float32Array.of(10, 20, 30)]);
});

await pythonTest("coefficients equal NumPy's", "numpy", async () => {
  const random = randomNumbers(9);
  const columns = Array.from(
    { length: 12 },
    (_, c) => Array.from({ length: 700 }, (_, i) => 100 * c + (1 + c) * random() + Math.sin(i * c)),
  );
  const code = "import json, sys, numpy; " +
    "print(json.dumps(numpy.corrcoef(json.load(sys.stdin)).ravel().tolist()))";
  const expected = await askPython<number[]>(["-c", code], columns);
  assert.ok(expected, "NumPy did not answer");
  close(correlate(columns).values, expected, 1e-12);
});

Deno.test("what is no table is refused", () => {
  throwsDaub("options", /at least one row/, () => correlate([]));
  throwsDaub("options", /at least one row/, () => correlate({ a: [] }));
  throwsDaub("options", /2 rows but found 1 in b/, () => correlate({ a: [1, 2], b: [1] }));
  throwsDaub("options", /2 names.* found 1/, () => correlate([[1], [2]], ["a"]));
  throwsDaub("options", /found Infinity in a, row 1/, () => correlate({ a: [1, Infinity] }));
});
