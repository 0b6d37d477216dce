import assert from "node:assert/strict";
import { floatOfOrderedBits, orderedBits, orderedFloor } from "../../src/forest/float_order.ts";
import { ThresholdRanks } from "../../src/forest/threshold_ranks.ts";
import { randomNumbers } from "./random_cases.ts";

const random = randomNumbers(11);
const SPECIAL = [
  -Infinity,
  -1e38,
  -1,
  -(2 ** -149),
  -0,
  0,
  2 ** -149,
  2 ** -126,
  1,
  1e38,
  Infinity,
];

const AXES: Record<string, number[]> = {
  "one threshold": [0.3],
  "even thresholds": Array.from({ length: 200 }, (_, i) => i),
  "crowded thresholds": [-1e30, ...Array.from({ length: 300 }, () => random()), 1e30],
  "denormal thresholds": [2 ** -149, 2 ** -148, 2 ** -147],
  "special thresholds": SPECIAL,
};

for (const [name, thresholds] of Object.entries(AXES)) {
  Deno.test(`the rank of a value is the number of thresholds below it: ${name}`, () => {
    const ranks = new ThresholdRanks(thresholds.map(orderedFloor));
    const distinct = Array.from(ranks.thresholds, floatOfOrderedBits);
    const around = distinct.flatMap((value) =>
      [-1, 0, 1].map((step) => floatOfOrderedBits(orderedFloor(value) + step))
    );
    const floats = Float32Array.from([
      ...SPECIAL,
      ...around.filter((value) => !Number.isNaN(value)),
      ...Array.from({ length: 500 }, () => (random() - 0.25) * 400 * random()),
      NaN,
    ]);
    const bits = new Int32Array(floats.buffer).map(orderedBits);
    const result = new Int32Array(floats.length);
    ranks.rank({ bits, floats, stride: floats.length }, 0, floats.length, 7, 3, result, 0);
    floats.forEach((value, i) => {
      const below = Number.isNaN(value)
        ? distinct.length
        : distinct.filter((threshold) => threshold < value).length;
      assert.equal(result[i], 7 + 3 * below, `${value}`);
    });
  });
}
