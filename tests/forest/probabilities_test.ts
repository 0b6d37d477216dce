import assert from "node:assert/strict";
import { predictClasses, predictProbabilities } from "../../src/forest/probabilities.ts";
import { throwsDaub } from "../support/errors.ts";
import { ask, forestOf } from "./hand_made.ts";

const TREES = [
  ask(0, 3, [3, 1, 0], [0, 0, 2]),
  ask(1, 0.5, [0, 6, 0], [2, 2, 4]),
];
const OPTIONS = { numFeatures: 2, classes: [2, 70, 900] };
const SAMPLES = Float32Array.of(3, 0.5, 3, 1, 4, 0, 4, 1);

Deno.test("probabilities are the mean leaf fractions, row by row", () => {
  const probabilities = predictProbabilities(forestOf(TREES, OPTIONS), SAMPLES);
  assert.deepEqual([...probabilities], [
    ...[0.75 / 2, 1.25 / 2, 0],
    ...[1 / 2, 0.5 / 2, 0.5 / 2],
    ...[0, 1 / 2, 1 / 2],
    ...[0.25 / 2, 0.25 / 2, 1.5 / 2],
  ]);
});

Deno.test("votes by count give each class its share of all counts", () => {
  const forest = forestOf(TREES, { ...OPTIONS, votes: "count" });
  // A value equal to the threshold goes right here.
  const expected = [[2, 2, 6], [2, 2, 6], [0, 6, 2], [2, 2, 6]];
  const shares = expected.flatMap((row) => row.map((x) => x / row.reduce((a, b) => a + b)));
  assert.deepEqual([...predictProbabilities(forest, SAMPLES)], shares);
  assert.deepEqual([...predictClasses(forest, SAMPLES)], [900, 900, 70, 900]);
});

Deno.test("classes are class numbers, the first of equal ones", () => {
  assert.deepEqual([...predictClasses(forestOf(TREES, OPTIONS), SAMPLES)], [70, 2, 70, 900]);
  assert.deepEqual([...predictClasses(forestOf(TREES, OPTIONS), new Float32Array(0))], []);
});

Deno.test("samples that do not fit the forest are refused", () => {
  const forest = forestOf(TREES, OPTIONS);
  throwsDaub(
    "features",
    /2 features each.* found 3 values/,
    () => predictClasses(forest, new Float32Array(3)),
  );
  throwsDaub(
    "features",
    /2 features each.* found 4 columns/,
    () => predictProbabilities(forest, SAMPLES, 4),
  );
  throwsDaub(
    "features",
    /NaN in feature 1 of sample 0/,
    () => predictClasses(forest, Float32Array.of(1, NaN)),
  );
});
