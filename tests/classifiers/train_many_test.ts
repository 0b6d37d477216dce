import assert from "node:assert/strict";
import type { TrainingPair } from "../../src/classifiers/model.ts";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { PixelClassifier } from "../../src/classifiers/pixel_classifier.ts";
import { ProbabilityMapper } from "../../src/classifiers/probability_mapper.ts";
import { labelComponents } from "../../src/flow/label.ts";
import type { Image } from "../../src/image/image.ts";
import { rejectsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

const size = { width: 24, height: 10, depth: 1 };

/** A noisy image, bright on the right, and some strokes on both halves. */
function paint(seed: number): TrainingPair & { image: Image; annotation: Image } {
  const random = randomNumbers(seed);
  const noise = Float32Array.from({ length: 240 }, random);
  const data = noise.map((value, i) => value * 120 + (i % 24 < 12 ? 0 : 60));
  const annotation = Uint8Array.from(noise, (value, i) => value < 0.6 ? 0 : i % 24 < 12 ? 1 : 2);
  return { image: { ...size, data }, annotation: { ...size, data: annotation } };
}

const options = { features: "original gaussian_blur=1", numTrees: 7, backend: "cpu" } as const;

Deno.test("training on many images gives the forest of training on one after the other", async () => {
  const [a, b, c] = [1, 2, 3].map(paint);
  const together = await ObjectSegmenter.trainOnMany([a, b, c], options);
  let one = await ObjectSegmenter.train({ ...a, ...options });
  for (const pair of [b, c]) one = await one.continueTraining({ ...pair, backend: "cpu" });
  assert.equal(together.toString(), one.toString());
  assert.notEqual(
    together.toString(),
    (await ObjectSegmenter.trainOnMany([a], options)).toString(),
  );
});

Deno.test("images that are read one at a time are let go before the next is read", async () => {
  let open = 0;
  async function* read(): AsyncGenerator<TrainingPair> {
    for (const seed of [1, 2, 3]) {
      assert.equal(open++, 0, "one image at a time");
      yield await Promise.resolve(paint(seed));
      open--;
    }
  }
  const classifier = await PixelClassifier.trainOnMany(read(), options);
  const expected = await PixelClassifier.trainOnMany([1, 2, 3].map(paint), options);
  assert.equal(classifier.toString(), expected.toString());
});

Deno.test("an image may lack a class that others have", async () => {
  const [a, b] = [1, 2].map(paint);
  const only = (pair: typeof a, kept: number) => ({
    ...pair,
    annotation: {
      ...pair.annotation,
      data: Uint8Array.from(pair.annotation.data as Uint8Array, (v) => v === kept ? v : 0),
    },
  });
  const classifier = await PixelClassifier.trainOnMany([only(a, 1), only(b, 2)], options);
  assert.deepEqual(classifier.classes, [1, 2]);
});

Deno.test("a class that is painted nowhere is refused before features are computed", async () => {
  const pairs = [1, 2].map(paint);
  const stages: string[] = [];
  const onStage = (stage: string) => void stages.push(stage);
  await rejectsDaub(
    "options",
    /painted classes 1, 2 but found 3/,
    () => ObjectSegmenter.trainOnMany(pairs, { ...options, positiveClass: 3, onStage }),
  );
  await rejectsDaub(
    "options",
    /one of 1, 2 but found 3/,
    () =>
      ProbabilityMapper.train({ ...pairs[0], ...options, outputProbabilityOfClass: 3, onStage }),
  );
  assert.deepEqual(stages, []);
});

Deno.test("an image that does not fit the others is refused by its name", async () => {
  const [a, b] = [1, 2].map(paint);
  const two = { ...b, image: [b.image, b.image], name: "two.tif" };
  await rejectsDaub(
    "image",
    /^two\.tif: Expected an image with 2 features.*found 4/,
    () => PixelClassifier.trainOnMany([a, two], options),
  );
  const blank = { ...b, annotation: { ...size, data: new Uint8Array(240) }, name: "blank.tif" };
  await rejectsDaub(
    "annotation",
    /^blank\.tif: .*no labelled pixels/,
    () => PixelClassifier.trainOnMany([a, blank], options),
  );
  const flat = { ...size, width: 240, height: 1 };
  const turned = { ...b, annotation: { ...b.annotation, ...flat }, name: "turned.tif" };
  await rejectsDaub(
    "annotation",
    /^turned\.tif: .*24 × 10 pixels.*240 × 1/,
    () => PixelClassifier.trainOnMany([a, turned], options),
  );
  await rejectsDaub(
    "annotation",
    /at least one image with strokes/,
    () => PixelClassifier.trainOnMany([], options),
  );
});

Deno.test("training on many images is given up between two of them", async () => {
  const controller = new AbortController();
  function* read(): Generator<TrainingPair> {
    yield paint(1);
    controller.abort();
    yield paint(2);
  }
  const { signal } = controller;
  await rejectsDaub(
    "cancelled",
    /cancelled/,
    () => PixelClassifier.trainOnMany(read(), { ...options, signal }),
  );
});

Deno.test("the importance of a feature that is named twice is the sum of both", async () => {
  const pair = paint(1);
  const features = "original gaussian_blur=1 original";
  const classifier = await PixelClassifier.train({ ...pair, ...options, features });
  const [first, blurred, again] = classifier.forest.featureImportances;
  assert.ok(first > 0 && again > 0, "both are asked about");
  assert.deepEqual(classifier.featureImportances(), {
    original: first + again,
    "gaussian_blur=1": blurred,
  });
});

Deno.test("a single tree is told of as one", async () => {
  const forest = { ...options, numTrees: 1, maxDepth: 1, features: "original" };
  const classifier = await PixelClassifier.train({ ...paint(1), ...forest });
  assert.match(classifier.describe(), /Forest: 1 tree of depth 1, 1 feature, classes 1, 2/);
});

Deno.test("labelling is given up when it was cancelled", async () => {
  const signal = AbortSignal.abort();
  const mask = { ...size, data: new Uint8Array(240) };
  await rejectsDaub(
    "cancelled",
    /cancelled/,
    () => labelComponents(mask, { backend: "cpu", signal }),
  );
});
