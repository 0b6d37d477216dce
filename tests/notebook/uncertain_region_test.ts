import assert from "node:assert/strict";
import { mostUncertainRegion } from "../../src/notebook/uncertain_region.ts";

const [WIDTH, HEIGHT] = [100, 80];

/** Certain everywhere but in a box. */
function uncertainIn(left: number, top: number, side: number, z = 0, depth = 1) {
  const data = new Float32Array(WIDTH * HEIGHT * depth).fill(0.1);
  for (let y = top; y < top + side; y++) {
    const row = (z * HEIGHT + y) * WIDTH;
    data.fill(0.9, row + left, row + left + side);
  }
  return { data, width: WIDTH, height: HEIGHT, depth };
}

Deno.test("the window found holds the uncertain place, also at the edges", () => {
  for (const [left, top] of [[0, 0], [40, 30], [92, 72], [0, 72], [57, 11]]) {
    const region = mostUncertainRegion(uncertainIn(left, top, 8), { size: 16 })!;
    assert.ok(region.x <= left && left + 8 <= region.x + region.width, `${left}, ${top}`);
    assert.ok(region.y <= top && top + 8 <= region.y + region.height, `${left}, ${top}`);
    assert.ok(region.x >= 0 && region.x + region.width <= WIDTH);
    assert.ok(Math.abs(region.uncertainty - (0.1 + 0.8 * 64 / 256)) < 1e-6);
  }
});

Deno.test("places that were painted are left out, and the next best is found", () => {
  const image = uncertainIn(40, 30, 8);
  image.data.fill(0.5, 70 * WIDTH + 80, 70 * WIDTH + 90);
  const annotation = new Uint8Array(WIDTH * HEIGHT);
  for (let y = 25; y < 45; y++) annotation.fill(1, y * WIDTH + 30, y * WIDTH + 60);
  const region = mostUncertainRegion(image, { size: 16, annotation })!;
  assert.ok(region.x <= 80 && region.y <= 70 && region.y + region.height > 70);
});

Deno.test("windows that were looked at are left out, and what overlaps them", () => {
  const image = uncertainIn(40, 30, 8);
  image.data.fill(0.5, 70 * WIDTH + 80, 70 * WIDTH + 90);
  const options = { size: 16 };
  const first = mostUncertainRegion(image, options)!;
  const second = mostUncertainRegion(image, { ...options, except: [first] })!;
  assert.ok(second.x <= 80 && second.y <= 70 && second.y + second.height > 70);
  const third = mostUncertainRegion(image, { ...options, except: [first, second] })!;
  for (const { x, y } of [first, second]) {
    assert.ok(Math.abs(third.x - x) >= 16 || Math.abs(third.y - y) >= 16);
  }
  // One plane says nothing of another.
  const volume = uncertainIn(40, 30, 8, 1, 2);
  assert.equal(mostUncertainRegion(volume, { ...options, except: [first] })!.z, 1);
});

Deno.test("nothing is found where all is certain or painted", () => {
  const image = uncertainIn(0, 0, 4);
  assert.equal(mostUncertainRegion({ ...image, data: new Float32Array(8000) }), undefined);
  const annotation = new Uint8Array(8000).fill(1);
  assert.equal(mostUncertainRegion(image, { annotation }), undefined);
});

Deno.test("in volumes the plane is found, and small images are one window", () => {
  assert.equal(mostUncertainRegion(uncertainIn(30, 30, 10, 3, 5))!.z, 3);
  const small = { data: Float32Array.of(0.25, 0.75), width: 2, height: 1, depth: 1 };
  assert.deepEqual(mostUncertainRegion(small), {
    x: 0,
    y: 0,
    z: 0,
    width: 2,
    height: 1,
    uncertainty: 0.5,
  });
});
