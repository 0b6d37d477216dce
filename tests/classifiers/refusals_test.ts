import assert from "node:assert/strict";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { PixelClassifier } from "../../src/classifiers/pixel_classifier.ts";
import { segmentImage } from "../../src/segment.ts";
import { rejectsDaub } from "../support/errors.ts";

const size = { width: 16, height: 8, depth: 1 };
const image = { ...size, data: Uint8Array.from({ length: 128 }, (_, i) => i % 16 < 8 ? 10 : 200) };
const annotation = {
  ...size,
  data: Uint8Array.from({ length: 128 }, (_, i) => [1, 0, 0, 2][(i % 16) >> 2]),
};
const options = { image, annotation, features: "original", numTrees: 5, backend: "cpu" as const };

Deno.test("labels of a classifier without a positive class are refused, with the classes", async () => {
  const classifier = await PixelClassifier.train(options);
  const want = { labels: true };
  await rejectsDaub(
    "options",
    /Name one of 1, 2/,
    () => segmentImage(image, classifier, { want, backend: "cpu" }),
  );
  await rejectsDaub(
    "options",
    /1, 2 but found 7/,
    () => segmentImage(image, classifier, { want, positiveClass: 7, backend: "cpu" }),
  );
  const { labels } = await segmentImage(image, classifier, {
    want,
    positiveClass: 2,
    backend: "cpu",
  });
  assert.equal(labels?.count, 1);
});

Deno.test("training goes on with images of the same kind only", async () => {
  const segmenter = await ObjectSegmenter.train(options);
  const volume = { width: 16, height: 4, depth: 2 };
  await rejectsDaub("image", /Expected a 2D image/, () =>
    segmenter.continueTraining({
      image: { ...volume, data: image.data },
      annotation: { ...volume, data: annotation.data },
      backend: "cpu",
    }));
  await rejectsDaub(
    "image",
    /1 features.*found 2/,
    () => segmenter.continueTraining({ image: [image, image], annotation, backend: "cpu" }),
  );
  const again = await segmenter.continueTraining({ image, annotation, backend: "cpu" });
  const weight = (s: ObjectSegmenter) => s.forest.trees[0].counts[0] + s.forest.trees[0].counts[1];
  assert.equal(weight(again), 2 * weight(segmenter));
});

Deno.test("a classifier read from its text does not know its samples", async () => {
  const segmenter = ObjectSegmenter.parse((await ObjectSegmenter.train(options)).toString());
  await rejectsDaub(
    "classifier",
    /read from a file/,
    () => segmenter.continueTraining({ image, annotation, backend: "cpu" }),
  );
});

Deno.test("every kind reports how long its stages took", async () => {
  const stages: string[] = [];
  const onStage = (stage: string) => stages.push(stage);
  const classifier = await PixelClassifier.train({ ...options, onStage });
  await classifier.predict(image, { backend: "cpu", onStage });
  assert.deepEqual(stages, ["features", "train", "classify"]);
});
