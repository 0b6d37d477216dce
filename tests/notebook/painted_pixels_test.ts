import assert from "node:assert/strict";
import { findPaintedPixels, samePainting } from "../../src/notebook/painted_pixels.ts";
import { randomNumbers } from "../support/random.ts";

Deno.test("painted pixels are found wherever they lie in memory", () => {
  const random = randomNumbers(3);
  for (let round = 0; round < 50; round++) {
    const offset = round % 9;
    const length = Math.floor(random() * 4000);
    const density = random() ** 4;
    const annotation = new Uint8Array(new ArrayBuffer(offset + length), offset);
    for (let i = 0; i < length; i++) if (random() < density) annotation[i] = 255 * random() + 1;
    const pixels = Array.from(annotation.keys()).filter((i) => annotation[i] > 0);
    const found = findPaintedPixels(annotation);
    assert.deepEqual(Array.from(found.pixels), pixels);
    assert.deepEqual(Array.from(found.classes), pixels.map((i) => annotation[i]));
  }
});

Deno.test("paintings are the same only if pixels and classes are", () => {
  const painting = findPaintedPixels(Uint8Array.of(0, 1, 2, 0));
  assert.ok(samePainting(painting, findPaintedPixels(Uint8Array.of(0, 1, 2, 0, 0))));
  assert.ok(!samePainting(painting, findPaintedPixels(Uint8Array.of(0, 1, 3, 0))));
  assert.ok(!samePainting(painting, findPaintedPixels(Uint8Array.of(1, 2, 0, 0))));
  assert.ok(!samePainting(painting, findPaintedPixels(Uint8Array.of(0, 1, 2, 2))));
});
