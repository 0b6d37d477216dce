import assert from "node:assert/strict";
import type { Backend } from "../../src/backend.ts";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import type { Image } from "../../src/image/image.ts";
import type { Engine, EngineOptions, EngineResult } from "../../src/notebook/engine.ts";
import { openLocalEngine } from "../../src/notebook/local_engine.ts";
import { backendTest } from "../support/backends.ts";
import { rejectsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

const SIZE = { width: 48, height: 40, depth: 1 };
const OPTIONS: EngineOptions = {
  features: "original gaussian_blur=1 sobel_of_gaussian_blur=1",
  channels: [0],
  positiveClass: 2,
  connectivity: 4,
  maxDepth: 2,
  numTrees: 20,
  randomState: 0,
  votes: "fraction",
};

/** Bright squares on a dark, noisy ground. */
function squares(seed = 1): Image<Float32Array> {
  const random = randomNumbers(seed);
  const data = Float32Array.from({ length: SIZE.width * SIZE.height }, (_, i) => {
    const [x, y] = [i % SIZE.width, Math.floor(i / SIZE.width)];
    return (x % 12 < 6 && y % 10 < 5 ? 100 : 10) + 8 * random();
  });
  return { data, ...SIZE };
}

/** A line of ground and a line through squares. */
function strokes(end = 20): Uint8Array {
  const annotation = new Uint8Array(SIZE.width * SIZE.height);
  for (let x = 0; x < end; x++) annotation[7 * SIZE.width + x] = 1;
  for (let x = 0; x < 5; x++) annotation[2 * SIZE.width + x] = 2;
  return annotation;
}

function stages(result: EngineResult): string[] {
  return Object.keys(result.milliseconds);
}

backendTest("labels are those of training and predicting in one go", async (backend) => {
  const image = squares();
  const segmenter = await ObjectSegmenter.train({
    image,
    annotation: { data: strokes(), ...SIZE },
    backend,
    ...OPTIONS,
  });
  const expected = await segmenter.predict(image, { backend });
  for (const featureBytes of [undefined, 0]) {
    await using engine = await openLocalEngine(image, { backend, featureBytes });
    const result = await engine.compute({ revision: 7, annotation: strokes(), options: OPTIONS });
    assert.equal(result.revision, 7);
    assert.equal(result.labels.count, 16);
    assert.deepEqual(result.labels, expected);
    assert.equal(result.classifier.text, segmenter.toString());
    assert.deepEqual(result.classifier.featureImportances, segmenter.featureImportances());
    assert.deepEqual(result.classifier.statistics, segmenter.statistics());
  }
});

backendTest("each change runs the stages that it reaches and no others", async (backend) => {
  for (const keep of [true, false]) {
    await using engine = await openLocalEngine(squares(), {
      backend,
      featureBytes: keep ? undefined : 0,
    });
    const run = async (annotation: Uint8Array, options = OPTIONS) =>
      stages(await engine.compute({ revision: 0, annotation, options }));
    const features = keep ? ["features"] : [];
    const onward = ["samples", "train", "classes", "labels"];
    assert.deepEqual(await run(strokes()), [...features, ...onward], "first");
    assert.deepEqual(await run(strokes()), [], "nothing");
    assert.deepEqual(await run(strokes(21)), onward, "a stroke");
    const wider = { ...OPTIONS, features: OPTIONS.features.replace("blur=1", "blur=2") };
    assert.deepEqual(await run(strokes(21), wider), [...features, ...onward], "a sigma");
    const deeper = { ...wider, maxDepth: 3 };
    assert.deepEqual(await run(strokes(21), deeper), onward.slice(1), "a depth");
    const ground = { ...deeper, positiveClass: 1 };
    assert.deepEqual(await run(strokes(21), ground), ["labels"], "a positive class");
    const joined = { ...ground, connectivity: 8 as const };
    assert.deepEqual(await run(strokes(21), joined), ["labels"], "a connectivity");
  }
});

backendTest("what is not asked for is not there, and what is asked for is", async (backend) => {
  await using engine = await openLocalEngine(squares(), { backend });
  const request = { revision: 0, annotation: strokes(), options: OPTIONS };
  const bare = await engine.compute(request);
  assert.deepEqual([bare.classes, bare.probabilities, bare.uncertainty], [
    undefined,
    undefined,
    undefined,
  ]);
  const want = { classes: true, probabilities: true, uncertainty: true };
  const full = await engine.compute({ ...request, want });
  assert.deepEqual(stages(full), ["classes", "labels"]);
  assert.deepEqual(full.labels, bare.labels);
  const { data } = full.classes!;
  const counts: Record<number, number> = {};
  for (const value of data) counts[value] = (counts[value] ?? 0) + 1;
  assert.deepEqual(full.areas, counts);
  for (const pixel of [0, 500, 1919]) {
    const p = full.probabilities!.map((plane) => plane.data[pixel]);
    assert.ok(Math.abs(p[0] + p[1] - 1) < 1e-6);
    assert.equal(data[pixel], p[0] >= p[1] ? 1 : 2);
    assert.ok(Math.abs(full.uncertainty!.data[pixel] - (1 - Math.abs(p[0] - p[1]))) < 1e-6);
  }
});

async function open(use: (engine: Engine) => Promise<void>, image: Image | Image[] = squares()) {
  await using engine = await openLocalEngine(image, { backend: "cpu" });
  await use(engine);
}

Deno.test("bands of a large image give what a single call gives", async () => {
  const [width, height] = [700, 800];
  const data = Float32Array.from({ length: width * height }, (_, i) => (i * 7919) % 251);
  const annotation = new Uint8Array(data.length);
  for (let i = 0; i < 500; i++) annotation[i * 97] = data[i * 97] > 120 ? 2 : 1;
  const image = { data, width, height, depth: 1 };
  await using kept = await openLocalEngine(image, { backend: "cpu" });
  await using tiled = await openLocalEngine(image, { backend: "cpu", featureBytes: 0 });
  const request = {
    revision: 0,
    annotation,
    options: OPTIONS,
    want: { classes: true, probabilities: true, uncertainty: true },
  };
  const [a, b] = [await kept.compute(request), await tiled.compute(request)];
  assert.deepEqual(a.classes, b.classes);
  assert.deepEqual(a.probabilities, b.probabilities);
  assert.deepEqual(a.uncertainty, b.uncertainty);
  assert.deepEqual(a.labels.count, b.labels.count);
});

Deno.test("channels are chosen by number, and only they are read", async () => {
  const [signal, noise] = [squares(), squares(2).data.fill(3)];
  await open(async (engine) => {
    const request = { revision: 0, annotation: strokes() };
    const options = { ...OPTIONS, channels: [1] };
    const { labels } = await engine.compute({ ...request, options });
    assert.equal(labels.count, 16);
    const both = await engine.compute({ ...request, options: { ...options, channels: [0, 1] } });
    assert.equal(Object.keys(both.classifier.featureImportances).length, 6);
    await rejectsDaub(
      "options",
      /channels from 0 to 1 but found 2/,
      () => engine.compute({ ...request, options: { ...options, channels: [2] } }),
    );
  }, [{ data: noise, ...SIZE }, signal]);
});

Deno.test("a cancelled computation stops and the next one is right", async () => {
  await open(async (engine) => {
    const controller = new AbortController();
    const request = { revision: 1, annotation: strokes(), options: OPTIONS };
    await rejectsDaub("cancelled", /cancelled/, () =>
      engine.compute({
        ...request,
        signal: controller.signal,
        onProgress: ({ stage }) => stage === "train" && controller.abort(),
      }));
    const { labels, milliseconds } = await engine.compute(request);
    assert.equal(labels.count, 16);
    assert.deepEqual(Object.keys(milliseconds), ["train", "classes", "labels"]);
  });
});

Deno.test("of computations that wait, only the newest runs", async () => {
  await open(async (engine) => {
    const compute = (revision: number) =>
      engine.compute({ revision, annotation: strokes(revision), options: OPTIONS });
    const results = await Promise.allSettled([compute(5), compute(6), compute(7)]);
    assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  });
});

Deno.test("progress tells every stage from start to end", async () => {
  await open(async (engine) => {
    const last = new Map<string, number>();
    await engine.compute({
      revision: 0,
      annotation: strokes(),
      options: OPTIONS,
      onProgress: ({ stage, fraction }) => {
        assert.ok(fraction > (last.get(stage) ?? 0) && fraction <= 1);
        last.set(stage, fraction);
      },
    });
    assert.deepEqual([...last], [["features", 1], ["train", 1], ["classes", 1], ["labels", 1]]);
  });
});

Deno.test("planes for display are those that training used", async () => {
  await open(async (engine) => {
    const { names, planes } = await engine.features(OPTIONS);
    assert.deepEqual(names, OPTIONS.features.split(" "));
    assert.deepEqual(planes[0], engine.image.channels[0].data);
    const result = await engine.compute({ revision: 0, annotation: strokes(), options: OPTIONS });
    assert.ok(!stages(result).includes("features"));
  });
  await using small = await openLocalEngine(squares(), { backend: "cpu", featureBytes: 100 });
  await rejectsDaub("features", /at most 1 MB/, () => small.features(OPTIONS));
});

Deno.test("planes for display outlive those that the engine keeps", async () => {
  await using engine = await openLocalEngine(squares(), { backend: "cpu" });
  const { planes } = await engine.features(OPTIONS);
  const before = planes.map((plane) => plane.slice());
  for (const features of ["gaussian_blur=3 gaussian_blur=2", "gaussian_blur=4"]) {
    await engine.compute({ revision: 1, annotation: strokes(), options: { ...OPTIONS, features } });
  }
  assert.deepEqual(planes, before);
});

Deno.test("strokes that cannot be learnt from are refused with what to do", async () => {
  await open(async (engine) => {
    const compute = (annotation: Uint8Array, options = OPTIONS) =>
      engine.compute({ revision: 0, annotation, options });
    const empty = new Uint8Array(SIZE.width * SIZE.height);
    await rejectsDaub("annotation", /no labelled pixels/, () => compute(empty));
    await rejectsDaub("annotation", /like the image/, () => compute(empty.subarray(1)));
    await rejectsDaub("annotation", /class/, () => compute(strokes().map((v) => v && 1)));
    await rejectsDaub(
      "options",
      /Paint class 3/,
      () => compute(strokes(), { ...OPTIONS, positiveClass: 3 }),
    );
    assert.equal((await compute(strokes())).labels.count, 16);
  });
});

Deno.test("a backend that was given stays open, one that was opened is closed", async () => {
  let closed = 0;
  const backend = { kind: "cpu", device: "none", [Symbol.asyncDispose]: () => closed++ };
  const engine = await openLocalEngine(squares(), { backend: backend as unknown as Backend });
  await engine[Symbol.asyncDispose]();
  assert.equal(closed, 0);
  await rejectsDaub(
    "backend",
    /closed/,
    () => engine.compute({ revision: 0, annotation: strokes(), options: OPTIONS }),
  );
});
