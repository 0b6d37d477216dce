import assert from "node:assert/strict";
import { ObjectClassifier } from "../../src/classifiers/object_classifier.ts";
import { ObjectSelector } from "../../src/classifiers/object_selector.ts";
import { measure } from "../../src/flow/measure.ts";
import type { Image, PixelArray } from "../../src/image/image.ts";
import { backendTest } from "../support/backends.ts";
import { rejectsDaub, throwsDaub } from "../support/errors.ts";

/** A row of pixels as an image. */
function row<Pixels extends PixelArray>(data: Pixels): Image<Pixels> {
  return { data, width: data.length, height: 1, depth: 1 };
}

/** Bars of 1, 3, 1 and 3 pixels, numbered with gaps, the last two brighter. */
const labels = row(Uint32Array.of(7, 0, 9, 9, 9, 0, 20, 0, 4, 4, 4, 0));
const image = row(Float32Array.of(1, 0, 1, 1, 1, 0, 5, 0, 5, 5, 5, 0));
const annotation = row(Uint8Array.of(1, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0));
const options = { labels, annotation, features: "area", backend: "cpu" as const };

Deno.test("every object is painted with its class, whatever the numbers of labels", async () => {
  const classifier = await ObjectClassifier.train(options);
  const classes = await classifier.predict(labels, undefined, { backend: "cpu" });
  assert.deepEqual([...classes.data], [1, 0, 4, 4, 4, 0, 1, 0, 4, 4, 4, 0]);
  assert.deepEqual(classifier.classes, [1, 4]);
});

Deno.test("classes are told object by object, ascending by label, with the measurements", async () => {
  const classifier = await ObjectClassifier.train(options);
  const found = await classifier.classify(labels, undefined, { backend: "cpu" });
  assert.deepEqual([...found.labels], [4, 7, 9, 20]);
  assert.deepEqual([...found.classes], [4, 1, 4, 1]);
  assert.deepEqual([...found.table.columns.area], [3, 1, 3, 1]);
});

Deno.test("the selector keeps one class and numbers in raster order", async () => {
  const selector = await ObjectSelector.train({ ...options, positiveClass: 4 });
  const found = await selector.predict(labels, undefined, { backend: "cpu" });
  assert.deepEqual([...found.data], [0, 0, 1, 1, 1, 0, 0, 0, 2, 2, 2, 0]);
  assert.equal(found.count, 2);
  const again = ObjectSelector.parse(selector.toString());
  assert.equal(again.positiveClass, 4);
  assert.deepEqual((await again.predict(labels)).data, found.data);
});

Deno.test("of several strokes over an object the largest class wins, background does not count", async () => {
  const strokes = row(Uint8Array.of(1, 2, 1, 4, 1, 2, 0, 2, 0, 0, 0, 2));
  const classifier = await ObjectClassifier.train({ ...options, annotation: strokes });
  assert.deepEqual(classifier.classes, [1, 4]);
});

Deno.test("features may be any that is measured, with an image or without", async () => {
  const bright = row(Uint8Array.of(1, 0, 1, 1, 1, 0, 2, 0, 2, 2, 2, 0));
  const classifier = await ObjectClassifier.train({
    ...options,
    annotation: bright,
    image,
    features: "median_intensity, axis_major_length average_distance_of_n_nearest_neighbors = 1",
  });
  assert.equal(
    classifier.featureSpecification,
    "median_intensity axis_major_length average_distance_of_n_nearest_neighbors=1",
  );
  const { classes } = await classifier.classify(labels, image, { backend: "cpu" });
  assert.deepEqual([...classes], [2, 1, 1, 2]);
});

Deno.test("objects for which a feature is not defined get class 0", async () => {
  const classifier = await ObjectClassifier.train({
    ...options,
    annotation: row(Uint8Array.of(0, 0, 1, 1, 1, 0, 0, 0, 2, 2, 2, 0)),
    image,
    features: "mean_intensity mean_max_distance_to_centroid_ratio",
  });
  const { classes } = await classifier.classify(labels, image, { backend: "cpu" });
  assert.deepEqual([...classes], [2, 0, 1, 0], "an object of one pixel has no mean distance");
});

Deno.test("intensities of several channels are told apart by name", async () => {
  const flat = row(new Float32Array(12).fill(3));
  const classifier = await ObjectClassifier.train({
    ...options,
    annotation: row(Uint8Array.of(1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0)),
    image: [flat, image],
    features: "area mean_intensity",
  });
  assert.deepEqual(classifier.featureNames, [
    "area",
    "mean_intensity_channel1",
    "mean_intensity_channel2",
  ]);
  const { classes } = await classifier.classify(labels, [flat, image], { backend: "cpu" });
  assert.deepEqual([...classes], [2, 1, 1, 2]);
  await rejectsDaub(
    "options",
    /1 channels but found channel 2/,
    () => classifier.predict(labels, image, { backend: "cpu" }),
  );
});

Deno.test("an image with more channels than in training is refused", async () => {
  const classifier = await ObjectClassifier.train({
    ...options,
    image,
    features: "mean_intensity",
  });
  await rejectsDaub(
    "image",
    /features are mean_intensity, as in training, but found mean_intensity_channel1/,
    () => classifier.predict(labels, [image, image], { backend: "cpu" }),
  );
  await rejectsDaub(
    "image",
    /as in training/,
    () =>
      classifier.continueTraining({ labels, annotation, image: [image, image], backend: "cpu" }),
  );
});

Deno.test("measurements made before are used instead of an image", async () => {
  const table = await measure(labels, image, { properties: ["label", "area", "mean_intensity"] });
  const features = "mean_intensity area";
  const classifier = await ObjectClassifier.train({ ...options, table, features });
  const measured = await ObjectClassifier.train({ ...options, image, features });
  assert.equal(classifier.toString(), measured.toString());
  assert.deepEqual(
    (await classifier.predict(labels, undefined, { table })).data,
    (await classifier.predict(labels, image, { backend: "cpu" })).data,
  );
  await rejectsDaub(
    "features",
    /4 rows, one for each object, but found 1/,
    () => classifier.classify(labels, undefined, { table: { rowCount: 1, columns: {} } }),
  );
});

Deno.test("training goes on with further objects in addition to those before", async () => {
  const first = await ObjectSelector.train({ ...options, positiveClass: 4, numTrees: 9 });
  const both = await first.continueTraining({ labels, annotation, backend: "cpu" });
  const [tree] = both.forest.trees;
  assert.equal(tree.counts[0] + tree.counts[1], 4);
  assert.equal(both.positiveClass, 4);
  assert.equal(both.forest.trees.length, 9);
  await rejectsDaub(
    "classifier",
    /read from a file/,
    () => ObjectSelector.parse(both.toString()).continueTraining({ labels, annotation }),
  );
});

Deno.test("stages are reported", async () => {
  const stages: string[] = [];
  const onStage = (stage: string) => stages.push(stage);
  const classifier = await ObjectClassifier.train({ ...options, onStage });
  await classifier.predict(labels, undefined, { backend: "cpu", onStage });
  assert.deepEqual(stages, ["measure", "train", "measure", "classify"]);
});

Deno.test("importances and statistics are told by feature", async () => {
  const classifier = await ObjectClassifier.train({
    ...options,
    image,
    features: "area bbox_min_y",
  });
  assert.deepEqual(classifier.featureImportances(), { area: 1, bbox_min_y: 0 });
  assert.deepEqual(classifier.statistics().map(({ name, shares }) => [name, shares[0]]), [
    ["area", 1],
    ["bbox_min_y", 0],
  ]);
  assert.match(classifier.describe(), /ObjectClassifier\nFeatures: area bbox_min_y\nForest: 100/);
});

backendTest("volumes are classified as planes are", async (backend) => {
  const size = { width: 4, height: 3, depth: 2 };
  const volume = {
    ...size,
    data: Uint16Array.of(1, 1, 0, 2, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 3),
  };
  const strokes = { ...size, data: Uint8Array.from(volume.data, (label) => [0, 2, 1, 0][label]) };
  const classifier = await ObjectClassifier.train({
    labels: volume,
    annotation: strokes,
    features: "area bbox_depth",
    backend,
  });
  const classes = await classifier.predict(volume, undefined, { backend });
  assert.deepEqual([...classes.data], [...volume.data].map((label) => [0, 2, 1, 1][label]));
});

Deno.test("input that cannot be learnt from is refused", async () => {
  const train = (changes: Partial<Parameters<typeof ObjectClassifier.train>[0]>) => () =>
    ObjectClassifier.train({ ...options, ...changes });
  const empty = row(new Uint32Array(12));
  await rejectsDaub("image", /only background/, train({ labels: empty }));
  await rejectsDaub(
    "image",
    /whole numbers.*found 0\.5/,
    train({ labels: row(new Float32Array(12).fill(0.5)) }),
  );
  await rejectsDaub(
    "image",
    /labels of 12 × 1.*image of 3 × 1/,
    train({ image: row(Uint8Array.of(1, 2, 3)) }),
  );
  await rejectsDaub(
    "annotation",
    /annotation of 12 × 1.*found one of 3 × 1/,
    train({ annotation: row(Uint8Array.of(1, 2, 3)) }),
  );
  await rejectsDaub(
    "annotation",
    /on background only/,
    train({ annotation: row(Uint8Array.of(0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0)) }),
  );
  await rejectsDaub(
    "annotation",
    /only class 3.*Paint over some objects of each class/,
    train({ annotation: row(new Uint8Array(12).fill(3)) }),
  );
  await rejectsDaub("annotation", /all are 0/, train({ annotation: row(new Uint8Array(12)) }));
  await rejectsDaub(
    "options",
    /Expected an image.*mean_intensity/,
    train({ features: "mean_intensity" }),
  );
  await rejectsDaub("options", /aera/, train({ features: "aera" }));
  await rejectsDaub("features", /names of features/, train({ features: "" }));
  await rejectsDaub(
    "features",
    /mean_max_distance_to_centroid_ratio\. Leave out/,
    train({
      annotation: row(Uint8Array.of(1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0)),
      features: "mean_max_distance_to_centroid_ratio",
    }),
  );
  await rejectsDaub(
    "options",
    /positive class.*1, 4 but found 2/,
    () => ObjectSelector.train(options),
  );
});

Deno.test("a classifier of another kind, or labels that are none, are refused when predicting", async () => {
  const classifier = await ObjectClassifier.train(options);
  const text = classifier.toString();
  throwsDaub(
    "classifier",
    /Expected an ObjectSelector but found an ObjectClassifier/,
    () => ObjectSelector.parse(text),
  );
  await rejectsDaub(
    "image",
    /only background/,
    () => classifier.predict(row(new Uint8Array(4)), undefined, { backend: "cpu" }),
  );
  const withImage = await ObjectClassifier.train({ ...options, image, features: "mean_intensity" });
  await rejectsDaub(
    "options",
    /Expected an image.*mean_intensity/,
    () => withImage.predict(labels, undefined, { backend: "cpu" }),
  );
});
