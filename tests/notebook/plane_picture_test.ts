import assert from "node:assert/strict";
import { planePicture } from "../../src/notebook/plane_picture.ts";

/** The grey levels of a picture, after a check that they are grey and opaque. */
function greys(pixels: Uint8ClampedArray): number[] {
  return Array.from({ length: pixels.length / 4 }, (_, i) => {
    const [red, green, blue, alpha] = pixels.subarray(4 * i, 4 * i + 4);
    assert.deepEqual([green, blue, alpha], [red, red, 255]);
    return red;
  });
}

Deno.test("the smallest value is black, the largest white, the middle between them", () => {
  const picture = planePicture(Float32Array.of(-3, 0, 3, 1.5), { width: 2, height: 2, depth: 1 });
  assert.deepEqual([picture.low, picture.high], [-3, 3]);
  assert.deepEqual(greys(picture.pixels), [0, 128, 255, 191]);
});

Deno.test("a plane of one value is black, and a few outliers do not darken the rest", () => {
  const size = { width: 40, height: 50, depth: 1 };
  const flat = planePicture(new Float32Array(2000).fill(7), size);
  assert.ok(greys(flat.pixels).every((grey) => grey === 0));
  const ramp = Float32Array.from({ length: 2000 }, (_, i) => i);
  ramp[5] = 1e6;
  const { high, pixels } = planePicture(ramp, size);
  assert.ok(high < 2000);
  assert.ok(Math.abs(greys(pixels)[1000] - 128) <= 2);
});

Deno.test("large planes are averaged down, and the middle of a volume is shown", () => {
  const plane = new Float32Array(3 * 5 * 4);
  plane.fill(9);
  for (let i = 0; i < 20; i++) plane[20 + i] = i % 5;
  const picture = planePicture(plane, { width: 5, height: 4, depth: 3 }, { side: 3 });
  assert.deepEqual([picture.width, picture.height], [3, 2]);
  // Columns 0 and 1, 2 and 3, 4 alone.
  assert.deepEqual(greys(picture.pixels), [0, 146, 255, 0, 146, 255]);
  assert.deepEqual([picture.low, picture.high], [0.5, 4]);
});
