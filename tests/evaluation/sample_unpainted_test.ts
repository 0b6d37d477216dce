import assert from "node:assert/strict";
import { computeFeatures } from "../../src/flow/compute_features.ts";
import { sampleUnpainted } from "../../src/evaluation/sample_unpainted.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { rejectsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

const size = { width: 40, height: 30, depth: 1 };
const random = randomNumbers(8);
// No two pixels are equal, so a value tells where it is from.
const image = { ...size, data: Float32Array.from({ length: 1200 }, (_, i) => i + 0.5 * random()) };
const annotation = { ...size, data: Uint8Array.from({ length: 1200 }, (_, i) => i % 3) };
const features = "original gaussian_blur=1";
const plan = planFeatures(features, { dimensions: 2 });

Deno.test("features of unpainted pixels are those of the image, each pixel once", async () => {
  const values = await sampleUnpainted(image, annotation, plan, { count: 100, backend: "cpu" });
  assert.equal(values.length, 200);
  const { planes } = await computeFeatures(image, features, { backend: "cpu" });
  const seen = new Set<number>();
  for (let row = 0; row < 100; row++) {
    const pixel = image.data.indexOf(values[2 * row]);
    assert.equal(annotation.data[pixel], 0, "nobody painted there");
    assert.ok(Math.abs(values[2 * row + 1] - planes[1][pixel]) < 1e-3);
    seen.add(pixel);
  }
  assert.equal(seen.size, 100);
  const middle = [...seen].filter((pixel) => pixel >= 400 && pixel < 800).length;
  assert.ok(middle > 15 && middle < 55, "from everywhere");
});

Deno.test("there are no more than are not painted, and the seed decides which", async () => {
  const sample = (options: { count?: number; randomState?: number }) =>
    sampleUnpainted(image, annotation, plan, { ...options, backend: "cpu" });
  assert.equal((await sample({})).length, 2 * 400, "a third is not painted");
  const [a, b, c] = [
    await sample({ count: 9 }),
    await sample({ count: 9 }),
    await sample({ count: 9, randomState: 1 }),
  ];
  assert.deepEqual(a, b);
  assert.notDeepEqual(a, c);
  const full = { ...size, data: new Uint8Array(1200).fill(1) };
  assert.equal((await sampleUnpainted(image, full, plan, { backend: "cpu" })).length, 0);
});

Deno.test("strokes of another size are refused", async () => {
  const other = { ...size, height: 10, data: new Uint8Array(400).fill(1) };
  await rejectsDaub(
    "annotation",
    /of 40 × 30 pixels, like the image, but found one of 40 × 10/,
    () => sampleUnpainted(image, other, plan, { backend: "cpu" }),
  );
});
