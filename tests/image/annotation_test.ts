import assert from "node:assert/strict";
import { countClasses, readAnnotation } from "../../src/image/annotation.ts";
import type { Image, PixelArray } from "../../src/image/image.ts";
import { throwsDaub } from "../support/errors.ts";

const image = (data: PixelArray, width = data.length, depth = 1): Image => ({
  data,
  width,
  height: data.length / width / depth,
  depth,
});

Deno.test("class numbers of any numeric type are accepted", () => {
  const values = [0, 1, 2, 255];
  const arrays: PixelArray[] = [
    Uint8Array.from(values),
    Uint16Array.from(values),
    Uint32Array.from(values),
    Int16Array.from(values),
    Int32Array.from(values),
    Float32Array.from(values),
    Float64Array.from(values),
    BigInt64Array.from(values, BigInt),
    BigUint64Array.from(values, BigInt),
  ];
  for (const data of arrays) {
    assert.deepEqual(readAnnotation(image(data)), Uint8Array.from(values), data.constructor.name);
  }
  assert.deepEqual(readAnnotation(image(Int8Array.of(0, 127))), Uint8Array.of(0, 127));
  assert.deepEqual(readAnnotation(image(Float32Array.of(-0, 1))), Uint8Array.of(0, 1));
});

const REFUSED: [data: PixelArray, message: RegExp][] = [
  [Int32Array.of(0, 1, -3, 1), /found -3, which is negative, at \(0, 1\)/],
  [Float32Array.of(0, 1.5, 1, 1), /found 1.5, which is not a whole number, at \(1, 0\)/],
  [Float64Array.of(0, 1, 1, NaN), /found NaN, which is not a number, at \(1, 1\)/],
  [Float32Array.of(Infinity, 1, 1, 1), /found Infinity, which is infinite, at \(0, 0\)/],
  [Uint16Array.of(0, 256, 1, 1), /found 256, which is too large, at \(1, 0\)/],
  [BigUint64Array.of(2n ** 64n - 1n, 1n, 1n, 1n), /found 18446744073709551615, .*too large/],
  [BigInt64Array.of(-1n, 1n, 1n, 1n), /found -1, which is negative/],
];

for (const [data, message] of REFUSED) {
  Deno.test(`an annotation of ${data} (${data.constructor.name}) is refused`, () => {
    throwsDaub("annotation", message, () => readAnnotation(image(data, 2)));
  });
}

Deno.test("the place of a wrong value in a volume is told", () => {
  const volume = image(Float32Array.of(0, 0, 0, 0, 0, 0, 0.5, 1), 2, 2);
  throwsDaub("annotation", /at \(0, 1, 1\)/, () => readAnnotation(volume));
});

Deno.test("an annotation without labels is refused", () => {
  throwsDaub("annotation", /no labelled pixels/, () => readAnnotation(image(new Int32Array(9))));
});

Deno.test("pixels are counted class by class, unlabelled ones are not", () => {
  const counts = countClasses(Uint8Array.of(2, 0, 7, 2, 255, 0, 2));
  assert.deepEqual([...counts], [[2, 3], [7, 1], [255, 1]]);
});
