import assert from "node:assert/strict";
import { computeFeatures, labelComponents, type LabelImage, ObjectSegmenter } from "../../mod.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { readImage } from "../../src/image/read.ts";
import { rejectsDaub } from "../support/errors.ts";
import { samePixels } from "../support/same_pixels.ts";

const SAMPLES = new URL("../../samples/", import.meta.url);

for (const kind of ["cpu", "gpu"] as const) {
  Deno.test(`${kind}: features, masks and objects overwrite what they are given`, async () => {
    await using backend = await openBackend(kind);
    const image = await readImage(new URL("blobs.tif", SAMPLES));
    const annotation = await readImage(new URL("blobs_annotation.tif", SAMPLES));
    const other = image.map((channel) => ({ ...channel, data: channel.data.toReversed() }));
    const features = "original gaussian_blur=1 sobel_of_gaussian_blur=2";

    const expected = await computeFeatures(image, features, { backend });
    const stack = await computeFeatures(other, features, { backend });
    const again = await computeFeatures(image, features, { backend, into: stack });
    again.planes.forEach((plane, i) => samePixels(plane, expected.planes[i]));
    if (kind === "cpu") assert.equal(again.planes[0], stack.planes[0]);

    const options = { image, annotation, features, backend };
    const segmenter = await ObjectSegmenter.train({ ...options, positiveClass: 2 });
    const objects = await segmenter.predict(image, { backend });
    const into = await segmenter.predict(other, { backend });
    const found = await segmenter.predict(image, { backend, into });
    assert.equal(found.count, objects.count);
    samePixels(found.data, objects.data);
    if (kind === "cpu") assert.equal(found.data, into.data);

    const mask = { ...image[0], data: objects.data.map((label) => label > 0 ? 1 : 0) };
    const full = { ...objects, data: objects.data.map(() => 7) };
    samePixels((await labelComponents(mask, { backend, into: full })).data, objects.data);
  });
}

Deno.test("what is to be overwritten must have the result's size", async () => {
  const size = { width: 4, height: 3, depth: 1 };
  const image = { data: new Float32Array(12), ...size };
  const labels: LabelImage = { data: new Uint32Array(11), ...size, count: 0 };
  const stack = await computeFeatures(image, "original", { backend: "cpu" });
  await rejectsDaub("options", /4 × 3.*11/, () => {
    return labelComponents(image, { backend: "cpu", into: labels });
  });
  await rejectsDaub("options", /2 planes of 12 pixels.*1 of 12/, () => {
    return computeFeatures(image, "original gaussian_blur=1", { backend: "cpu", into: stack });
  });
});
