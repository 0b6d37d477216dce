import assert from "node:assert/strict";
import { tileOf } from "./chain_plan.ts";
import { cpuFeatures } from "./cpu_features.ts";

const line = (values: number[]) =>
  tileOf({ width: values.length, height: 1, depth: 1 }, (x) => values[x]);

Deno.test("power raises every pixel", () => {
  const tile = line([0, 1, 4, 9, 2.25]);
  const planes = cpuFeatures(tile, "power=0.5 power=2 power=0 power=1");
  assert.deepEqual([...planes[0]], [0, 1, 2, 3, 1.5]);
  assert.deepEqual([...planes[1]], [0, 1, 16, 81, 5.0625]);
  assert.deepEqual([...planes[2]], [1, 1, 1, 1, 1]);
  assert.deepEqual([...planes[3]], [0, 1, 4, 9, 2.25]);
});

Deno.test("a negative pixel has a square but no square root", () => {
  const planes = cpuFeatures(line([-4]), "power=2 power=0.5");
  assert.equal(planes[0][0], 16);
  assert.ok(Number.isNaN(planes[1][0]));
});

Deno.test("gamma correction bends between 0 and the largest value", () => {
  const planes = cpuFeatures(line([0, 25, 100]), "gamma_correction=0.5 gamma_correction=2");
  assert.deepEqual([...planes[0]], [0, 50, 100]);
  assert.deepEqual([...planes[1]], [0, 6.25, 100]);
});

Deno.test("gamma correction of a filter takes that filter's largest value", () => {
  const [plane] = cpuFeatures(line([0, 0, 20, 0, 0, 0]), "gamma_correction_of_mean_box=2");
  // Means over five pixels reach 20/5, each squared over the maximum is the same again.
  assert.deepEqual([...plane], [4, 4, 4, 4, 4, 0]);
});

Deno.test("gamma correction of an empty image is empty", () => {
  const [plane] = cpuFeatures(line([0, 0, 0]), "gamma_correction=0.5");
  assert.deepEqual([...plane], [0, 0, 0]);
});

Deno.test("division by an empty background follows IEEE 754", () => {
  const [plane] = cpuFeatures(line([0, 0, 0]), "divide_by_gaussian_background=1");
  assert.ok(plane.every(Number.isNaN));
});
