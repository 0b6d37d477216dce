import assert from "node:assert/strict";
import { Annotation } from "../../src/notebook/annotation.ts";
import type { EnginePort } from "../../src/notebook/engine_messages.ts";
import { defaultEngineOptions } from "../../src/notebook/engine_options.ts";
import type { ShownFeatures } from "../../src/notebook/live_features.ts";
import { qualityLive } from "../../src/notebook/live_quality.ts";
import { EngineLine } from "../../src/notebook/port_engine.ts";
import { serveEngine } from "../../src/notebook/serve_engine.ts";
import { qualityWorkbench } from "../../src/notebook/training_quality.ts";
import { trainingSet } from "../../src/notebook/training_set.ts";
import { Value } from "../../src/notebook/value_source.ts";
import { rejectsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

const size = { width: 40, height: 9, depth: 1 };
const options = {
  ...defaultEngineOptions(size),
  features: "original gaussian_blur=1",
};

/** The left half dark, the right half bright; a second feature that is the first turned over. */
const features: ShownFeatures = {
  names: ["original", "gaussian_blur=1"],
  planes: [1, -2].map((factor) =>
    Float32Array.from({ length: 360 }, (_, i) => factor * (i % 40 < 20 ? i % 7 : 50 + i % 5))
  ),
  options,
};

/** The centres of pixels from one to another, in half pixels as strokes are. */
const line = (
  from: number,
  to: number,
  y: number,
) => [2 * from + 1, 2 * y + 1, 2 * to + 1, 2 * y + 1];

/** Two strokes of each class, on dark and on bright ground. */
function paint(): Annotation {
  const annotation = new Annotation(size);
  for (const y of [1, 7]) {
    annotation.apply({ kind: "stroke", points: line(3, 15, y), size: 1, value: 1 });
    annotation.apply({ kind: "stroke", points: line(23, 35, y), size: 1, value: 2 });
  }
  return annotation;
}

Deno.test("a training set holds the features of what is painted, in raster order", () => {
  const set = trainingSet(features, paint().snapshot(), options);
  assert.equal(set.painted.pixels.length, 4 * 13);
  const [first] = set.painted.pixels;
  assert.equal(first, 40 + 3);
  assert.deepEqual([...set.samples.values.slice(0, 2)], [43 % 7, -2 * (43 % 7)]);
  assert.equal([...set.samples.classes.slice(0, 26)].join(""), "1".repeat(13) + "2".repeat(13));
  assert.deepEqual(set.names, ["original", "gaussian_blur=1"]);
});

Deno.test("pixels without strokes go along, and the suggestion tells what becomes of them", async () => {
  // The second feature tells the strokes apart as well, but turns half of the other pixels over.
  const [first] = features.planes;
  const painted = new Set(paint().snapshot().painted()[0].pixels);
  const other = first.map((value, i) => painted.has(i) || i < 180 ? value : 55 - value);
  const set = trainingSet({ ...features, planes: [other, first] }, paint().snapshot(), options);
  const { names, unpainted } = set;
  assert.ok(unpainted.length / names.length > 700, "most of a thousand pixels");
  for (let row = 0; row < unpainted.length; row += names.length) {
    assert.ok([unpainted[row + 1], 55 - unpainted[row + 1]].includes(unpainted[row]));
  }
  const { features: chosen, agreement, all, statement } = await qualityWorkbench.suggest(set);
  assert.equal(all.agreement, 1);
  assert.equal(chosen, "original");
  assert.ok(agreement! > 0.4 && agreement! <= 1);
  assert.match(statement, /Of the pixels without strokes, [\d.]+ % get the same class/);
});

Deno.test("classes that are far apart are told apart, and features that mirror each other found out", async () => {
  const set = trainingSet(features, paint().snapshot(), options);
  const { accuracy, confusion, correlation } = await qualityWorkbench.judge(set);
  assert.equal(accuracy, 1);
  assert.deepEqual(confusion.classes, [1, 2]);
  assert.deepEqual([...confusion.counts], [26, 0, 0, 26]);
  assert.deepEqual([...correlation.values].map((value) => Number(value.toFixed(6))), [
    1,
    -1,
    -1,
    1,
  ]);
});

Deno.test("strokes are tested whole, and one of two equal features is suggested", async () => {
  const set = trainingSet(features, paint().snapshot(), options);
  const fractions: number[] = [];
  const onProgress = ({ fraction }: { fraction: number }) => void fractions.push(fraction);
  const validation = await qualityWorkbench.crossValidate(set, { onProgress });
  assert.equal(validation.accuracy, 1);
  assert.deepEqual(validation.folds.map(({ numTested }) => numTested), [26, 26]);
  assert.deepEqual([...validation.groupsPerClass], [[1, 2], [2, 2]]);
  assert.deepEqual(fractions, [0.5, 1]);
  const suggestion = await qualityWorkbench.suggest(set);
  assert.equal(suggestion.features, "original");
  assert.equal(suggestion.all.numFeatures, 2);
});

Deno.test("another thread judges the same, tells how far it is, and stops when told", async () => {
  const { port1, port2 } = new MessageChannel();
  serveEngine(port1 as unknown as EnginePort);
  const { quality } = new EngineLine(port2 as unknown as EnginePort);
  try {
    const set = trainingSet(features, paint().snapshot(), options);
    const here = await qualityWorkbench.judge(set);
    const there = await quality.judge(set);
    assert.deepEqual([...there.confusion.counts], [...here.confusion.counts]);
    assert.deepEqual([...there.correlation.values], [...here.correlation.values]);
    let told = 0;
    const onProgress = () => void told++;
    assert.equal((await quality.suggest(set, { onProgress })).features, "original");
    assert.ok(told > 1, `${told} times`);
    // Enough work that there is something to stop.
    const random = randomNumbers(7);
    const planes = features.planes.map((plane) => plane.map(() => random()));
    const annotation = new Annotation(size);
    for (const [x, value] of [[0, 1], [20, 2]]) {
      annotation.apply({ kind: "stroke", points: line(x + 4, x + 15, 4), size: 7, value });
    }
    const noise = trainingSet({ ...features, planes }, annotation.snapshot(), options);
    const many = { ...noise, forest: { ...noise.forest, maxDepth: 12, numTrees: 10_000 } };
    const controller = new AbortController();
    const stopped = quality.judge(many, { signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await rejectsDaub("cancelled", /cancelled/, () => stopped);
  } finally {
    port1.close();
    port2.close();
  }
});

Deno.test("with one class only, what is to be painted is said", async () => {
  const annotation = new Annotation(size);
  annotation.apply({ kind: "stroke", points: line(3, 9, 1), size: 1, value: 1 });
  const set = trainingSet(features, annotation.snapshot(), options);
  for (const ask of [qualityWorkbench.judge, qualityWorkbench.suggest]) {
    await rejectsDaub("annotation", /two classes or more.*Paint some pixels/, () => ask(set));
  }
  await rejectsDaub("annotation", /two classes/, () => qualityWorkbench.crossValidate(set));
});

Deno.test("a judgement follows the strokes", async () => {
  const annotation = new Value(paint().snapshot());
  const judged = qualityLive(qualityWorkbench, {
    features,
    annotation,
    options: new Value(options),
  });
  const { value: first } = await judged.next();
  assert.equal(first!.confusion.total, 52);
  const more = paint();
  more.apply({ kind: "stroke", points: line(5, 5, 4), size: 1, value: 2 });
  annotation.change(more.snapshot());
  const { value: second } = await judged.next();
  assert.equal(second!.confusion.total, 53);
  assert.equal(second!.revision, more.snapshot().revision);
  await judged.return();
});
