import assert from "node:assert/strict";
import { ObjectMerger } from "../../src/classifiers/object_merger.ts";
import { measure } from "../../src/flow/measure.ts";
import type { Image, PixelArray } from "../../src/image/image.ts";
import { backendTest } from "../support/backends.ts";
import { rejectsDaub, throwsDaub } from "../support/errors.ts";

/** A row of pixels as an image. */
function row<Pixels extends PixelArray>(data: Pixels): Image<Pixels> {
  return { data, width: data.length, height: 1, depth: 1 };
}

/** Four neighbours in a row, numbered with gaps; the middle border is dark, the others bright. */
const labels = row(Uint32Array.of(8, 8, 3, 3, 3, 5, 5, 90, 90, 90));
const image = row(Float32Array.of(1, 1, 1, 1, 0.25, 0.25, 1, 1, 1, 1));
const annotation = row(Uint8Array.of(0, 1, 1, 0, 2, 2, 0, 0, 0, 0));
const options = { labels, annotation, image, backend: "cpu" as const };
const features = "mean_touch_intensity";

Deno.test("objects are merged across borders like those painted with 1, others kept", async () => {
  const merger = await ObjectMerger.train({ ...options, features });
  const merged = await merger.predict(labels, image, { backend: "cpu" });
  assert.deepEqual([...merged.data], [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
  assert.equal(merged.count, 2);
  const again = ObjectMerger.parse(merger.toString());
  assert.deepEqual((await again.predict(labels, image)).data, merged.data);
});

Deno.test("pairs are told with their labels and what is decided of them", async () => {
  const merger = await ObjectMerger.train({ ...options, features });
  const { first, second, classes } = await merger.classify(labels, image, { backend: "cpu" });
  const found = Array.from(first, (label, i) => [label, second[i], classes[i]]);
  assert.deepEqual(found, [[3, 5, 2], [3, 8, 1], [5, 90, 1]]);
});

Deno.test("chains of merged pairs become one object, the background stays", async () => {
  const chain = row(Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 7));
  const bright = row(Float32Array.of(9, 9, 9, 9, 9, 9, 9, -9));
  const strokes = row(Uint8Array.of(1, 1, 0, 0, 0, 0, 2, 2));
  const merger = await ObjectMerger.train({
    labels: chain,
    image: bright,
    annotation: strokes,
    features,
  });
  const merged = await merger.predict(chain, bright);
  assert.deepEqual([...merged.data], [1, 1, 1, 0, 2, 2, 2, 3]);
});

Deno.test("intensities along borders are exact unless whole ones are asked for", async () => {
  const exact = await ObjectMerger.train({ ...options, features });
  assert.ok(!exact.integerIntensities);
  // (1 + 1) / 2 = 1 and (0.25 + 0.25) / 2 = 0.25.
  assert.equal(exact.forest.trees[0].threshold[0], 0.625);
  const whole = await ObjectMerger.train({ ...options, features, integerIntensities: true });
  assert.equal(whole.forest.trees[0].threshold[0], 0.5);
  assert.match(whole.toString(), /^apoc_version = .*\(daub .*, intensities integer/m);
  assert.ok(ObjectMerger.parse(whole.toString()).integerIntensities);
  assert.ok(!ObjectMerger.parse(exact.toString()).integerIntensities);
});

Deno.test("borders painted with both numbers are a class of their own, and are kept", async () => {
  const twice = (...values: number[]) => ({
    data: Uint8Array.from([...values, ...values]),
    width: values.length,
    height: 2,
    depth: 1,
  });
  const bars = twice(1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7);
  const bright = twice(1, 1, 5, 5, 9, 9, 1, 1, 5, 5, 9, 9);
  const strokes = twice(1, 1, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0);
  strokes.data.fill(2, 16, 18);
  const merger = await ObjectMerger.train({
    labels: bars,
    image: bright,
    annotation: strokes,
    features,
  });
  assert.deepEqual(merger.classes, [1, 2, 3]);
  assert.equal([...(await merger.predict(bars, bright)).data].join(""), "111223333445".repeat(2));
  const { classes } = await merger.classify(bars, bright);
  assert.deepEqual([...classes], [1, 2, 2, 1, 2, 2]);
  const again = ObjectMerger.parse(merger.toString());
  assert.deepEqual((await again.classify(bars, bright)).classes, classes);
});

Deno.test("measurements of both objects are compared by their difference", async () => {
  const bars = row(Uint8Array.of(1, 2, 3, 3, 3, 3, 4, 4, 4, 4));
  const strokes = row(Uint8Array.of(0, 2, 2, 0, 0, 1, 1, 0, 0, 0));
  const mergedBy = async (features: string) => {
    const merger = await ObjectMerger.train({ labels: bars, annotation: strokes, features });
    return [...(await merger.predict(bars)).data].join("");
  };
  assert.equal(await mergedBy("area_difference"), "1122222222");
  assert.equal(await mergedBy("area"), "1122222222", "APOC's short name");
  assert.equal(await mergedBy("centroid_distance"), "1233333333");
});

Deno.test("intensities of several channels are told apart by name", async () => {
  const flat = row(new Uint8Array(10).fill(7));
  const merger = await ObjectMerger.train({
    ...options,
    image: [flat, image],
    features: "touch_count mean_touch_intensity mean_intensity_difference",
  });
  assert.deepEqual(merger.featureNames, [
    "touch_count",
    "mean_touch_intensity_channel1",
    "mean_touch_intensity_channel2",
    "mean_intensity_channel1_difference",
    "mean_intensity_channel2_difference",
  ]);
  const merged = await merger.predict(labels, [flat, image]);
  assert.equal(merged.count, 2);
  await rejectsDaub("options", /channel 2/, () => merger.predict(labels, image));
  const single = await ObjectMerger.train({ ...options, features });
  await rejectsDaub("image", /as in training/, () => single.predict(labels, [flat, image]));
});

Deno.test("measurements made before are used", async () => {
  const table = await measure(labels, image, { properties: ["mean_intensity"] });
  const difference = "mean_intensity_difference";
  const merger = await ObjectMerger.train({ ...options, features: difference, table });
  const measured = await ObjectMerger.train({ ...options, features: difference });
  assert.equal(merger.toString(), measured.toString());
});

Deno.test("training goes on with further pairs, intensities measured as before", async () => {
  const first = await ObjectMerger.train({ ...options, features, integerIntensities: true });
  const both = await first.continueTraining({ labels, annotation, image });
  const [tree] = both.forest.trees;
  assert.equal(tree.counts[0] + tree.counts[1], 8, "two pairs, two sides each, twice");
  assert.ok(both.integerIntensities);
});

backendTest("volumes are merged across planes", async (backend) => {
  const size = { width: 1, height: 2, depth: 3 };
  const volume = { ...size, data: Uint8Array.of(1, 1, 2, 2, 3, 3) };
  const bright = { ...size, data: Float64Array.of(5, 5, 5, 5, 1, 1) };
  const strokes = { ...size, data: Uint8Array.of(1, 0, 1, 2, 0, 2) };
  const merger = await ObjectMerger.train({
    labels: volume,
    image: bright,
    annotation: strokes,
    features,
    backend,
  });
  const merged = await merger.predict(volume, bright, { backend });
  assert.deepEqual([...merged.data], [1, 1, 1, 1, 2, 2]);
});

Deno.test("input that cannot be learnt from is refused", async () => {
  const train = (changes: Partial<Parameters<typeof ObjectMerger.train>[0]>) => () =>
    ObjectMerger.train({ ...options, features, ...changes });
  const strokes = (...values: number[]) => ({ annotation: row(Uint8Array.from(values)) });
  await rejectsDaub("image", /only background/, train({ labels: row(new Uint32Array(10)) }));
  await rejectsDaub("annotation", /found one of 2 × 1/, train(strokes(1, 2)));
  await rejectsDaub(
    "annotation",
    /1, across borders to remove.*found 3/,
    train(strokes(1, 1, 3, 3, 0, 0, 0, 0, 0, 0)),
  );
  await rejectsDaub(
    "annotation",
    /none that covers both sides/,
    train(strokes(1, 1, 2, 2, 2, 0, 0, 0, 0, 0)),
  );
  await rejectsDaub(
    "annotation",
    /objects that touch but found none/,
    train({ labels: row(Uint8Array.of(1, 0, 2, 0, 3, 0, 0, 0, 0, 0)) }),
  );
  await rejectsDaub(
    "annotation",
    /pairs of objects of at least two classes.*only class 1/,
    train(strokes(1, 1, 1, 0, 0, 0, 0, 0, 0, 0)),
  );
  for (const values of [[0, 0, 0, 0, 2, 2, 0, 0, 0, 0], [0, 2, 2, 0, 2, 2, 0, 2, 2, 0]]) {
    await rejectsDaub(
      "annotation",
      /Expected borders painted with 1, to be merged.*found only borders with 2/,
      train(strokes(...values)),
    );
  }
  await rejectsDaub(
    "image",
    /image of 1 × 1 pixels/,
    train({ image: row(Uint8Array.of(1)) }),
  );
  const holed = row(Float32Array.of(1, 1, 1, NaN, 1, 1, 1, 1, 1, 1));
  await rejectsDaub(
    "image",
    /finite pixel values but found NaN at \(3, 0\)/,
    () =>
      ObjectMerger.train({
        ...options,
        labels: row(Uint8Array.of(1, 2, 2, 3, 4, 4, 5, 5, 5, 5)),
        features,
        image: holed,
      }),
  );
  await rejectsDaub(
    "options",
    /Expected an image.*mean_touch_intensity/,
    train({ image: undefined }),
  );
  await rejectsDaub(
    "options",
    /"touch_portoin"\. Did you mean touch_portion\?/,
    train({ features: "touch_portoin" }),
  );
  await rejectsDaub("options", /aera/, train({ features: "aera_difference" }));
});

Deno.test("a file of another kind is refused", async () => {
  const text = (await ObjectMerger.train({ ...options, features })).toString();
  throwsDaub(
    "classifier",
    /Expected an ObjectMerger but found an ObjectClassifier/,
    () => ObjectMerger.parse(text.replace("= ObjectMerger", "= ObjectClassifier")),
  );
});
