import assert from "node:assert/strict";
import {
  floatOfOrderedBits,
  orderedBits,
  orderedFloor,
  orderedRound,
} from "../../src/forest/float_order.ts";

const TINIEST = 2 ** -149;
const LARGEST = (2 - 2 ** -23) * 2 ** 127;
const ASCENDING = [
  -Infinity,
  -LARGEST,
  -(2 ** 100),
  -1,
  -(2 ** -126),
  -TINIEST,
  0,
  TINIEST,
  2 ** -126,
  0.5,
  1,
  1 + 2 ** -23,
  2 ** 100,
  LARGEST,
  Infinity,
];

function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0];
}

Deno.test("ordered bits order as the floats do", () => {
  const ordered = ASCENDING.map((value) => orderedBits(bitsOf(value)));
  for (let i = 1; i < ordered.length; i++) {
    assert.ok(ordered[i - 1] < ordered[i], `${ASCENDING[i - 1]} < ${ASCENDING[i]}`);
  }
  assert.deepEqual(ordered.map(floatOfOrderedBits), ASCENDING);
});

Deno.test("both zeros are one value, and NaN of either sign is the largest", () => {
  assert.equal(orderedBits(bitsOf(-0)), orderedBits(bitsOf(0)));
  for (const nan of [0x7fc00000, 0xffc00000 | 0, 0x7f800001]) {
    assert.ok(orderedBits(nan) > orderedBits(bitsOf(Infinity)));
  }
});

Deno.test("neighbouring floats have neighbouring ordered bits", () => {
  assert.equal(orderedBits(bitsOf(1 + 2 ** -23)) - orderedBits(bitsOf(1)), 1);
  assert.equal(orderedBits(bitsOf(0)) - orderedBits(bitsOf(-TINIEST)), 1);
});

Deno.test("64-bit thresholds are rounded down to the next 32-bit float", () => {
  const floor = (value: number) => floatOfOrderedBits(orderedFloor(value));
  assert.equal(floor(1 + 2 ** -24 + 2 ** -30), 1);
  assert.equal(floor(-1 - 2 ** -30), -1 - 2 ** -23);
  assert.equal(floor(1e-60), 0);
  assert.equal(floor(-1e-60), -TINIEST);
  assert.equal(floor(1e300), LARGEST);
  assert.equal(floor(-1e300), -Infinity);
  assert.equal(floor(0.75), 0.75);
});

Deno.test("or to the nearest one", () => {
  const round = (value: number) => floatOfOrderedBits(orderedRound(value));
  assert.equal(round(1 + 2 ** -24 + 2 ** -30), 1 + 2 ** -23);
  assert.equal(round(0.1), Math.fround(0.1));
});
