import assert from "node:assert/strict";
import { DaubError, ObjectClassifier, ObjectMerger, readImage } from "../../mod.ts";
import { relabel } from "../../src/labeling/relabel.ts";
import { ObjectLink } from "../../src/notebook/object_link.ts";
import { keptObjects, ObjectWorkbench, selectorFile } from "../../src/notebook/object_workbench.ts";
import { throwsDaub } from "../support/errors.ts";

const size = { width: 12, height: 1, depth: 1 };
const labels = { ...size, data: Uint32Array.of(1, 0, 2, 2, 2, 0, 3, 3, 3, 0, 4, 0), count: 4 };
const image = { ...size, data: Float32Array.from({ length: 12 }, (_, i) => i) };
const strokes = (...data: number[]) => ({ ...size, data: Uint8Array.from(data) });
const options = { features: "area", positiveClass: 2 };

Deno.test("objects are measured once, and strokes over some give all a class", async () => {
  const workbench = new ObjectWorkbench();
  const table = await workbench.measure(labels, [image]);
  assert.deepEqual([...table.columns.area], [1, 3, 3, 1]);
  const annotation = strokes(1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0);
  const found = await workbench.classify(annotation, options);
  assert.deepEqual([...found.labels], [1, 2, 3, 4]);
  assert.deepEqual([...found.classes], [1, 2, 2, 1]);
  assert.deepEqual([...found.painted], [1, 2, 0, 0]);
  assert.equal([...found.kept.data].join(""), "001110222000");
  assert.equal(found.kept.count, 2);
  assert.equal(keptObjects(found, options), found.kept);
  assert.match(selectorFile(found, options), /classifier_class_name = ObjectSelector/);
  const classifier = ObjectClassifier.parse(found.classifier);
  const classes = await classifier.predict(labels, undefined, { backend: "cpu" });
  assert.equal([...classes.data].join(""), "102220222010");
});

Deno.test("nothing is kept while the class to keep is not painted", async () => {
  const workbench = new ObjectWorkbench();
  await workbench.measure(labels, [image]);
  const annotation = strokes(1, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0);
  const found = await workbench.classify(annotation, options);
  assert.deepEqual([...found.classes], [1, 3, 3, 1]);
  assert.equal(found.kept.count, 0);
  assert.equal(found.selector, undefined);
  const message = /strokes of class 2, which the selector keeps, but found none over an object/;
  throwsDaub("annotation", message, () => selectorFile(found, options));
  throwsDaub("annotation", message, () => keptObjects(found, options));
});

Deno.test("strokes beside all objects are told to go over them", async () => {
  const workbench = new ObjectWorkbench();
  await workbench.measure(labels, [image]);
  const isHint = (error: unknown) => error instanceof DaubError && error.tag === "annotation";
  await assert.rejects(
    workbench.classify(strokes(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), options),
    isHint,
  );
  await assert.rejects(
    workbench.classify(strokes(1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), options),
    isHint,
  );
});

Deno.test("objects must be measured before they are classified", async () => {
  await assert.rejects(
    new ObjectWorkbench().classify(strokes(1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0), options),
    (error) => error instanceof DaubError && error.tag === "image",
  );
});

Deno.test("pieces are merged as the merger alone merges them", async () => {
  const folder = new URL("../../samples/", import.meta.url);
  const read = async (name: string) => (await readImage(new URL(`${name}.tif`, folder)))[0];
  const pieces = relabel(await read("membranes_labels"));
  const annotation = await read("membranes_annotation");
  const truth = await read("membranes_truth");
  const workbench = new ObjectWorkbench();
  const membranes = [await read("membranes")];
  await workbench.measure(pieces, membranes);
  const features = "mean_touch_intensity touch_portion";
  const strokes = { ...annotation, data: Uint8Array.from(annotation.data, Number) };
  const found = await workbench.merge(strokes, { features });
  assert.deepEqual(Array.from(found.labels.data), Array.from(truth.data, Number));
  for (const [pair, decision] of found.decisions.entries()) {
    const cellOf = (piece: number) => Number(truth.data[pieces.data.indexOf(piece)]);
    if (decision === 1) assert.equal(cellOf(found.first[pair]), cellOf(found.second[pair]));
  }
  const merger = ObjectMerger.parse(found.classifier);
  const merged = await merger.predict(pieces, membranes, { backend: "cpu" });
  assert.deepEqual(merged.data, found.labels.data);
});

Deno.test("linked views are told once of each change, and of none that is none", () => {
  const link = new ObjectLink();
  let told = 0;
  link.listen(() => told++);
  link.hover(3);
  link.hover(3);
  link.select([1, 2, 0]);
  link.select([2, 1]);
  assert.equal(told, 2);
  assert.equal(link.hovered, 3);
  link.toggle(2);
  link.toggle(5);
  assert.deepEqual([...link.selected], [1, 5]);
});
