import assert from "node:assert/strict";
import { Annotation } from "../../src/notebook/annotation.ts";
import { classifyLive } from "../../src/notebook/client/follow_strokes.ts";
import { defaultEngineOptions } from "../../src/notebook/engine_options.ts";
import { live } from "../../src/notebook/live.ts";
import { meanwhile } from "../../src/notebook/meanwhile.ts";
import {
  expectFound,
  isNothingYet,
  noQualityYet,
  nothingClassifiedYet,
  nothingMergedYet,
  nothingYet,
} from "../../src/notebook/nothing_yet.ts";
import { objectSizes } from "../../src/notebook/object_sizes.ts";
import { Value } from "../../src/notebook/value_source.ts";
import { throwsDaub } from "../support/errors.ts";

const size = { width: 5, height: 4, depth: 1, frames: 1 };
const image = {
  name: "image",
  size,
  channels: [{ data: new Uint8Array(20), width: 5, height: 4, depth: 1 }],
  contentKey: "",
};

Deno.test("a substitute is shown until the first result, and follows what it depends on", async () => {
  const size = new Value(2);
  let find = (_: number) => {};
  const results = meanwhile(
    live({}, () => new Promise<number>((resolve) => find = resolve)),
    size,
    () => size.value > 0 ? -size.value : undefined,
  );
  assert.equal((await results.next()).value, -2);
  size.change(0);
  size.change(3);
  assert.equal((await results.next()).value, -3);
  find(7);
  assert.equal((await results.next()).value, 7);
  size.change(4);
  results.pump.change();
  // What is computed for the pump's change is the next that is told, and not a substitute.
  await Promise.resolve();
  find(8);
  assert.equal((await results.next()).value, 8);
  await results.return();
  assert.equal((await results.next()).done, true);
});

Deno.test("before anything is painted there are no objects and all features contribute nothing", () => {
  const options = { ...defaultEngineOptions(size), features: "original gaussian_blur=2" };
  const found = nothingYet(image, options, { probabilities: true, uncertainty: true })!;
  assert.ok(isNothingYet(found) && isNothingYet(found.labels));
  assert.equal(found.labels.count, 0);
  assert.deepEqual([...found.labels.data], Array(20).fill(0));
  assert.equal(objectSizes(found.labels).length, 0);
  assert.deepEqual(found.classifier.featureImportances, { "original": 0, "gaussian_blur=2": 0 });
  assert.deepEqual(found.classifier.statistics.map(({ name }) => name), [
    "original",
    "gaussian_blur=2",
  ]);
  assert.ok(found.uncertainty!.data.every(Number.isNaN));
  assert.equal(found.probabilities!.length, 2);
  assert.equal(nothingYet(image, { ...options, features: "no_such_filter=1" }), undefined);
});

Deno.test("what was not found yet cannot be saved", () => {
  const found = nothingYet(image, defaultEngineOptions(size))!;
  const hint = /found none yet. Paint some pixels of each class first/;
  assert.throws(() => expectFound(found.labels), hint);
  assert.throws(() => found.classifier.text, hint);
  assert.equal(expectFound("text"), "text");
  assert.deepEqual(expectFound({ revision: 0 }), { revision: 0 });
});

Deno.test("the quality of no strokes is not a number", () => {
  const { accuracy, confusion, correlation } = noQualityYet(["a", "b"]);
  assert.ok(Number.isNaN(accuracy));
  assert.equal(confusion.total, 0);
  assert.deepEqual(correlation.names, ["a", "b"]);
  assert.ok(correlation.values.length === 4 && correlation.values.every(Number.isNaN));
});

Deno.test("before any stroke across borders pieces are as they are, and there is no merger", () => {
  const data = Uint32Array.of(1, 1, 0, 2, 2, 2);
  const pieces = { data, width: 3, height: 2, depth: 1, count: 2 };
  const found = nothingMergedYet(pieces, {
    features: "touch_portion  mean_touch_intensity ",
    maxDepth: 2,
    numTrees: 10,
  });
  assert.ok(isNothingYet(found));
  assert.equal(found.labels, pieces);
  assert.equal(found.count, 2);
  assert.deepEqual(found.featureImportances, { touch_portion: 0, mean_touch_intensity: 0 });
  assert.equal(found.decisions.length, 0);
  throwsDaub("annotation", /Paint some pixels of each class/, () => found.classifier);
});

const measured = {
  labels: { data: Uint32Array.of(3, 3, 0, 7, 7, 7), width: 3, height: 2, depth: 1, count: 2 },
  table: { rowCount: 2, columns: { label: Uint32Array.of(3, 7), area: Float64Array.of(2, 3) } },
  count: 2,
};
const objectOptions = { features: "area circularity", positiveClass: 2, maxDepth: 2, numTrees: 9 };

Deno.test("before any stroke over objects none has a class, and none is kept", () => {
  const found = nothingClassifiedYet(measured, objectOptions);
  assert.ok(isNothingYet(found));
  assert.equal(found.count, 2);
  assert.deepEqual([...found.labels], [3, 7]);
  assert.deepEqual([...found.classes, ...found.painted], [0, 0, 0, 0]);
  assert.equal(found.kept.count, 0);
  assert.deepEqual([...found.kept.data], [0, 0, 0, 0, 0, 0]);
  assert.equal(found.selector, undefined);
  assert.deepEqual(found.featureImportances, { area: 0, circularity: 0 });
  throwsDaub("annotation", /Paint some pixels of each class/, () => found.classifier);
});

Deno.test("while nothing is painted over objects none has a class; else the result before stays", async () => {
  const annotation = new Annotation({ width: 3, height: 2, depth: 1, frames: 1 });
  const strokes = new Value(annotation.snapshot());
  const waiting = () => new Promise<never>(() => {});
  const computer = { measure: waiting, classify: waiting, merge: waiting };
  const classify = (objects: typeof measured) =>
    classifyLive(computer, { objects, annotation: strokes, options: objectOptions });
  const first = classify(measured);
  assert.ok(isNothingYet((await first.next()).value));
  await first.return();

  annotation.apply({ kind: "stroke", points: [0, 1, 2, 1], size: 1, value: 1 });
  strokes.change(annotation.snapshot());
  const second = classify(measured);
  const early = await Promise.race([
    second.next(),
    new Promise((resolve) => setTimeout(resolve, 50, "nothing")),
  ]);
  assert.equal(early, "nothing");
  await second.return();

  const labels = { ...measured.labels, revision: NaN };
  const third = classify({ ...measured, labels });
  assert.ok(isNothingYet((await third.next()).value), "there are no objects yet");
  await third.return();
});
