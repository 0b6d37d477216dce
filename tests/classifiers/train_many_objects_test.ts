import assert from "node:assert/strict";
import { ObjectClassifier } from "../../src/classifiers/object_classifier.ts";
import { ObjectMerger } from "../../src/classifiers/object_merger.ts";
import { ObjectSelector } from "../../src/classifiers/object_selector.ts";
import { rejectsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

const size = { width: 40, height: 12, depth: 1 };

/** A grid of touching boxes of random brightness, with strokes over some of them. */
function paint(seed: number, classes: readonly number[]) {
  const random = randomNumbers(seed);
  const boxOf = (i: number) => 1 + Math.floor((i % 40) / 4) + 10 * Math.floor(i / 160);
  const brightness = Array.from({ length: 31 }, () => 100 * random());
  const label = Uint32Array.from({ length: 480 }, (_, i) => boxOf(i));
  return {
    labels: { ...size, data: label },
    image: { ...size, data: Float32Array.from(label, (box) => brightness[box] + random()) },
    annotation: {
      ...size,
      data: Uint8Array.from(
        { length: 480 },
        (_, i) =>
          Math.floor(i / 40) === 5 && i % 40 < 28 ? classes[Math.floor((i % 40) / 9)] ?? 0 : 0,
      ),
    },
  };
}

const forest = { numTrees: 9, backend: "cpu" } as const;
const many = [paint(1, [1, 2]), paint(2, [2, 1]), paint(3, [1, 1, 2])];

Deno.test("objects of many images give the forest of training on one after the other", async () => {
  const options = { ...forest, features: "mean_intensity max_intensity" };
  for (const Kind of [ObjectClassifier, ObjectSelector]) {
    const together = await Kind.trainOnMany(many, options);
    let one = await Kind.train({ ...many[0], ...options });
    for (const pair of many.slice(1)) one = await one.continueTraining({ ...pair, ...forest });
    assert.equal(together.toString(), one.toString());
    assert.notEqual(together.toString(), (await Kind.trainOnMany([many[0]], options)).toString());
  }
});

Deno.test("borders of many images give the forest of training on one after the other", async () => {
  const options = { ...forest, features: "mean_touch_intensity touch_portion" };
  const together = await ObjectMerger.trainOnMany(many, options);
  let one = await ObjectMerger.train({ ...many[0], ...options });
  for (const pair of many.slice(1)) one = await one.continueTraining({ ...pair, ...forest });
  assert.equal(together.toString(), one.toString());
});

Deno.test("an image may lack a class that others have, channels come as a list", async () => {
  const [a, b] = [paint(1, [1, 1]), paint(2, [2, 2])];
  const images = [a, b].map(({ labels, image, annotation }) => ({
    labels: [labels],
    image: [image],
    annotation: [annotation],
  }));
  const classifier = await ObjectClassifier.trainOnMany(images, forest);
  assert.deepEqual(classifier.classes, [1, 2]);
});

Deno.test("an image that does not fit the others is refused by its name", async () => {
  const [a, b] = many;
  const options = { ...forest, features: "mean_intensity" };
  const two = { ...b, image: [b.image, b.image], name: "two.tif" };
  await rejectsDaub(
    "image",
    /^two\.tif: .*features/,
    () => ObjectClassifier.trainOnMany([a, two], options),
  );
  const colour = { ...b, labels: [b.labels, b.labels, b.labels], name: "colour.tif" };
  await rejectsDaub(
    "image",
    /^colour\.tif: Expected a label image with one channel.*found 3/,
    () => ObjectMerger.trainOnMany([a, colour], forest),
  );
  const blank = { ...b, annotation: { ...size, data: new Uint8Array(480) }, name: "blank.tif" };
  await rejectsDaub(
    "annotation",
    /^blank\.tif: /,
    () => ObjectSelector.trainOnMany([a, blank], options),
  );
  await rejectsDaub(
    "options",
    /painted classes 1, 2 but found 5/,
    () => ObjectSelector.trainOnMany([a], { ...options, positiveClass: 5 }),
  );
  await rejectsDaub("annotation", /at least one image/, () => ObjectMerger.trainOnMany([]));
});
