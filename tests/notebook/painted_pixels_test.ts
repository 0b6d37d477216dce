import assert from "node:assert/strict";
import { Annotation } from "../../src/notebook/annotation.ts";
import { densePixels, findPaintedPixels, samePainting } from "../../src/notebook/painted_pixels.ts";
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

Deno.test("what is painted on tiles is what the dense image holds, slice by slice", () => {
  const random = randomNumbers(5);
  for (
    const size of [
      { width: 700, height: 300, depth: 1, frames: 3 },
      { width: 40, height: 30, depth: 3, frames: 2 },
    ]
  ) {
    const annotation = new Annotation(size);
    for (let i = 0; i < 20; i++) {
      const points = Array.from(
        { length: 4 },
        (_, i) => Math.floor(2 * random() * (i % 2 ? size.height : size.width)),
      );
      annotation.apply({
        kind: "stroke",
        points,
        size: 1 + Math.floor(30 * random()),
        value: Math.floor(3 * random()),
        z: Math.floor(size.depth * random()),
        t: Math.floor((size.frames - 1) * random()),
      });
    }
    const snapshot = annotation.snapshot();
    const painted = snapshot.painted();
    assert.ok(painted.length > 0 && painted.every(({ pixels }) => pixels.length > 0));
    for (let frame = 0; frame < size.frames; frame++) {
      const { data } = snapshot.toImage(frame);
      const found = painted.find((each) => each.frame === frame);
      const { pixels, classes } = findPaintedPixels(data);
      assert.deepEqual(found?.pixels ?? new Uint32Array(0), pixels);
      assert.deepEqual(found?.classes ?? new Uint8Array(0), classes);
      if (found) assert.deepEqual(densePixels(found, data.length), data);
    }
  }
});
