import assert from "node:assert/strict";
import { ObjectSegmenter, openBackend, readImage } from "../../mod.ts";
import { cropImage } from "../../src/notebook/crop_image.ts";
import { measureObject } from "../../src/notebook/measure_object.ts";
import { PixelProbabilities } from "../../src/notebook/pixel_probabilities.ts";

const sample = (name: string) => readImage(new URL(`../../samples/${name}`, import.meta.url));

for (
  const [name, features] of [
    ["blobs", "original gaussian_blur=2 sobel_of_gaussian_blur=2"],
    ["volume", "original gaussian_blur=1"],
  ]
) {
  Deno.test(`the probability of a pixel of ${name} is that of the whole image there`, async () => {
    const image = await sample(`${name}.tif`);
    const annotation = await sample(`${name}_annotation.tif`);
    const segmenter = await ObjectSegmenter.train({ image, annotation, features, backend: "cpu" });
    await using backend = await openBackend("cpu");
    const request = { classes: true, probabilities: true, uncertainty: false };
    const { classes, probabilities } = await segmenter.classify(image, request, backend);
    await using pixels = new PixelProbabilities();
    const { width, height, depth } = image[0];
    const places = [[0, 0, 0], [width - 1, height - 1, depth - 1], [31, 17, depth >> 1]];
    for (const [x, y, z] of places) {
      const found = await pixels.at(image, { x, y, z }, segmenter.toString(), {
        features,
        channels: [0],
      });
      const at = (z * height + y) * width + x;
      assert.equal(found!.class, classes![at], `${x}, ${y}, ${z}`);
      const expected = probabilities![segmenter.classes.indexOf(found!.class)][at];
      assert.ok(
        Math.abs(found!.probability - expected) < 1e-6,
        `${found!.probability} ${expected}`,
      );
    }
  });
}

Deno.test("what would take too long for a pixel is not computed", async () => {
  await using pixels = new PixelProbabilities();
  const volume = { width: 200, height: 200, depth: 200, data: new Uint8Array(8_000_000) };
  const found = await pixels.at([volume], { x: 100, y: 100, z: 100 }, "", {
    features: "gaussian_blur=25",
    channels: [0],
  });
  assert.equal(found, undefined);
});

Deno.test("a crop has the pixels of its box", () => {
  const data = Uint8Array.from({ length: 12 }, (_, i) => i);
  const box = { x: 1, y: 0, z: 1, width: 2, height: 2, depth: 1 };
  const cropped = cropImage({ width: 3, height: 2, depth: 2, data }, box);
  assert.deepEqual([...cropped.data], [7, 8, 10, 11]);
});

Deno.test("an object is measured from its box as in its whole image", async () => {
  const labels = {
    width: 4,
    height: 3,
    depth: 1,
    count: 2,
    data: Uint32Array.of(1, 0, 0, 0, 0, 2, 2, 1, 0, 2, 0, 0),
  };
  const channel = { ...labels, data: Uint8Array.from({ length: 12 }, (_, i) => 10 * i) };
  const box = { x: 1, y: 1, z: 0, width: 3, height: 2, depth: 1 };
  const found = await measureObject(labels, 2, box, channel);
  assert.equal(found.area, 3);
  assert.deepEqual(found.centre.map((at) => Math.round(1000 * at)), [1333, 1333, 0]);
  assert.equal(found.minIntensity, 50);
  assert.equal(found.maxIntensity, 90);
  assert.ok(Math.abs(found.meanIntensity - 200 / 3) < 1e-9);
});
