import assert from "node:assert/strict";
import { Runtime } from "npm:@observablehq/runtime@6.0.1";
import type { Image } from "../../src/image/image.ts";
import type { Annotation } from "../../src/notebook/annotation.ts";
import type { AnnotationSource } from "../../src/notebook/annotation_source.ts";
import define, { type CellRuntime } from "../../src/notebook/cells.ts";
import type { Engine, EngineOptions, EngineResult } from "../../src/notebook/engine.ts";
import type { LiveState, Pump } from "../../src/notebook/live.ts";
import { openLocalEngine } from "../../src/notebook/local_engine.ts";
import type { Value } from "../../src/notebook/value_source.ts";

const [WIDTH, HEIGHT] = [60, 40];

/** Bright squares, 10 apart, on a dark ground with a texture. */
function squares(): Image<Float32Array> {
  const data = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    return (x % 10 < 5 && y % 10 < 5 ? 200 : 20) + (i * 7919) % 13;
  });
  return { data, width: WIDTH, height: HEIGHT, depth: 1 };
}

interface Module {
  value(name: string): Promise<unknown>;
  redefine(name: string, inputs: string[], definition: (...inputs: never[]) => unknown): void;
}

/** The graph on a runtime, with everything in view and every evaluation and every stage counted. */
class Page implements AsyncDisposable {
  readonly evaluations = new Map<string, number>();
  readonly values = new Map<string, unknown>();
  readonly stages = new Map<string, number>();
  /** Slows every computation down, so that a stroke can go on meanwhile. */
  pause: () => Promise<void> = () => Promise.resolve();
  readonly main: Module;
  readonly #runtime: { dispose(): void };
  #engine: Engine | undefined;

  constructor() {
    const runtime = new Runtime();
    this.#runtime = runtime as { dispose(): void };
    this.main = runtime.module((runtime: CellRuntime, observer: (name: string) => unknown) => {
      define(runtime, observer);
    }, (name: string) => ({
      fulfilled: (value: unknown) => {
        this.evaluations.set(name, (this.evaluations.get(name) ?? 0) + 1);
        this.values.set(name, value);
      },
      rejected: (error: unknown) => this.values.set(name, error),
    })) as Module;
    this.main.redefine("engine", ["image"], (image: Image) => this.#open(image));
  }

  async source<T>(name: string): Promise<Value<T>> {
    return await this.main.value(`viewof ${name}`) as Value<T>;
  }

  async annotation(): Promise<Annotation> {
    return (await this.main.value("viewof annotation") as AnnotationSource).annotation;
  }

  /** Ends when a cell has a value that will do; the test fails when it never comes. */
  async until<T>(name: string, isRight: (value: T) => boolean): Promise<T> {
    for (let turn = 0; turn < 4000; turn++) {
      if (this.values.has(name) && isRight(this.values.get(name) as T)) {
        return this.values.get(name) as T;
      }
      await macrotask();
    }
    throw new Error(`${name} stayed ${Deno.inspect(this.values.get(name))}`);
  }

  /** Ends when nothing is left to do. */
  async rest(): Promise<void> {
    await this.until<LiveState>("status", ({ status }) => status !== "running");
    for (let quiet = 0, last = ""; quiet < 25; quiet++) {
      await macrotask();
      const now = JSON.stringify([...this.evaluations]);
      if (now !== last) quiet = 0;
      last = now;
    }
  }

  /** Which cells are evaluated, and which stages run, because of what a function does. */
  async effectsOf(change: () => void): Promise<{ cells: string[]; stages: string[] }> {
    await this.rest();
    const before = [new Map(this.evaluations), new Map(this.stages)];
    change();
    await this.rest();
    const grown = (now: Map<string, number>, then: Map<string, number>) =>
      [...now].flatMap(([name, count]) => {
        const more = count - (then.get(name) ?? 0);
        assert.ok(more <= 1 || name === "status", `${name} was evaluated ${more} times`);
        return more > 0 ? [name] : [];
      }).sort();
    return { cells: grown(this.evaluations, before[0]), stages: grown(this.stages, before[1]) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#runtime.dispose();
    await macrotask();
    await this.#engine?.[Symbol.asyncDispose]();
  }

  async #open(image: Image): Promise<Engine> {
    const engine = this.#engine = await openLocalEngine(image, {
      backend: "cpu",
      name: "squares.tif",
    });
    const count = (stage: string) => this.stages.set(stage, (this.stages.get(stage) ?? 0) + 1);
    return {
      image: engine.image,
      device: engine.device,
      frame: (time, signal) => engine.frame(time, signal),
      compute: async (request) => {
        const result = await engine.compute(request);
        Object.keys(result.milliseconds).forEach(count);
        await this.pause();
        return result;
      },
      features: (options, signal) => engine.features(options, signal),
      [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
    };
  }
}

function macrotask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Draws a line with a small brush. */
function draw(annotation: Annotation, value: number, x0: number, x1: number, y: number): void {
  const points = [2 * x0 + 1, 2 * y + 1, 2 * x1 + 1, 2 * y + 1];
  annotation.apply({ kind: "stroke", points, size: 1, value });
}

/** A page with an image and strokes of background and object. */
async function painted(): Promise<Page> {
  const page = new Page();
  (await page.source<Image>("image")).change(squares());
  const annotation = await page.annotation();
  draw(annotation, 1, 0, 30, 7);
  draw(annotation, 2, 0, 4, 2);
  await page.until("objects", (count) => count === 24);
  return page;
}

const FROM_LABELS = ["display", "histogram", "labels", "objects", "sizes"];
const FROM_CLASSES = [...FROM_LABELS, "areas", "classes"];
const FROM_SAMPLES = [
  ...FROM_CLASSES,
  "classifier",
  "forest",
  "importances",
  "samples",
  "segmentation",
  "statistics",
];

Deno.test("a stroke re-runs samples, training, classes and labels but not features", async () => {
  await using page = await painted();
  const annotation = await page.annotation();
  const { cells, stages } = await page.effectsOf(() => draw(annotation, 1, 30, 40, 17));
  assert.deepEqual(stages, ["classes", "labels", "samples", "train"]);
  assert.deepEqual(cells, [...FROM_SAMPLES, "annotation", "status"].sort());
});

Deno.test("a sigma re-runs features and everything after", async () => {
  await using page = await painted();
  const options = await page.source<EngineOptions>("options");
  const features = "original gaussian_blur=2";
  const { cells, stages } = await page.effectsOf(() =>
    options.change({ ...options.value, features })
  );
  assert.deepEqual(stages, ["classes", "features", "labels", "samples", "train"]);
  assert.deepEqual(
    cells,
    [...FROM_SAMPLES, "code", "feature options", "features", "options", "status"].sort(),
  );
  assert.deepEqual((page.values.get("features") as { names: string[] }).names, [
    "original",
    "gaussian_blur=2",
  ]);
});

Deno.test("opacity and view re-run nothing but the display", async () => {
  await using page = await painted();
  const opacity = await page.source<number>("opacity");
  const view = await page.source<object>("view");
  assert.deepEqual(await page.effectsOf(() => opacity.change(0.3)), {
    cells: ["display", "opacity"],
    stages: [],
  });
  assert.deepEqual(await page.effectsOf(() => view.change({ contours: true })), {
    cells: ["display", "view"],
    stages: [],
  });
});

Deno.test("an edit of the positive class re-runs labels only", async () => {
  await using page = await painted();
  const options = await page.source<EngineOptions>("options");
  const { cells, stages } = await page.effectsOf(() =>
    options.change({ ...options.value, positiveClass: 1 })
  );
  assert.deepEqual(stages, ["labels"]);
  // The file names the class, and the code the options.
  assert.deepEqual(
    cells,
    [...FROM_LABELS, "classifier", "code", "options", "segmentation", "status"].sort(),
  );
  const sizes = page.values.get("sizes") as Uint32Array;
  const { areas } = page.values.get("classes") as EngineResult;
  assert.equal(sizes.reduce((a, b) => a + b), areas[1]);
});

Deno.test("options that are the same in other words re-run nothing", async () => {
  await using page = await painted();
  const options = await page.source<EngineOptions>("options");
  const { cells, stages } = await page.effectsOf(() => options.change({ ...options.value }));
  assert.deepEqual(stages, []);
  assert.deepEqual(cells, ["segmentation", "status"]);
});

Deno.test("what is told of the result agrees with it", async () => {
  await using page = await painted();
  await page.rest();
  const value = <T>(name: string) => page.values.get(name) as T;
  const sizes = value<Uint32Array>("sizes");
  const areas = value<{ class: number; pixels: number; fraction: number }[]>("areas");
  assert.equal(sizes.length, 24);
  assert.equal(sizes.reduce((a, b) => a + b), areas.find((area) => area.class === 2)!.pixels);
  assert.equal(areas.reduce((sum, { pixels }) => sum + pixels, 0), WIDTH * HEIGHT);
  assert.ok(Math.abs(areas.reduce((sum, { fraction }) => sum + fraction, 0) - 1) < 1e-12);
  const histogram = value<{ count: number }[]>("histogram");
  assert.equal(histogram.reduce((sum, { count }) => sum + count, 0), 24);
  const importances = value<{ importance: number }[]>("importances");
  assert.ok(Math.abs(importances.reduce((sum, row) => sum + row.importance, 0) - 1) < 1e-9);
  assert.deepEqual(value<{ classes: unknown }>("samples").classes, [
    { class: 1, pixels: 31 },
    { class: 2, pixels: 5 },
  ]);
  assert.match(value<{ command: string }>("code").command, /squares\.tif --classifier/);
  const { names, planes } = value<{ names: string[]; planes: Float32Array[] }>("features");
  assert.deepEqual(names, value<EngineOptions>("options").features.split(" "));
  assert.equal(planes.length, names.length);
});

Deno.test("results arrive while a stroke goes on, each of a later moment, the last of its end", async () => {
  await using page = await painted();
  const annotation = await page.annotation();
  await page.rest();
  page.pause = () => new Promise((resolve) => setTimeout(resolve, 15));
  const seen: number[] = [];
  let moves = 0;
  // The stroke ends only when results have been seen while it was drawn.
  while (new Set(seen).size < 4) {
    assert.ok(++moves < 2000, "no result came while the stroke was drawn");
    const y = 10 * (moves % 4) + 6 + moves % 3;
    draw(annotation, 1, moves % WIDTH, moves % WIDTH, y);
    if (moves % 7 === 0) draw(annotation, 0, moves % WIDTH, moves % WIDTH, y);
    const { revision } = page.values.get("segmentation") as EngineResult;
    if (moves > 1 && revision > (seen.at(-1) ?? 2) && revision < annotation.revision) {
      seen.push(revision);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.deepEqual(seen, [...seen].sort((a, b) => a - b));
  await page.until<EngineResult>(
    "segmentation",
    ({ revision }) => revision === annotation.revision,
  );
  assert.equal((page.values.get("status") as LiveState).status, "done");
  assert.ok(page.stages.get("train")! < moves, "not every revision was computed");
});

Deno.test("without live nothing runs until an update is asked for", async () => {
  await using page = await painted();
  const [live, annotation] = [await page.source<boolean>("live"), await page.annotation()];
  await page.rest();
  live.change(false);
  const { cells, stages } = await page.effectsOf(() => draw(annotation, 1, 30, 40, 17));
  assert.deepEqual(stages, []);
  assert.deepEqual(cells, ["annotation", "samples", "status"]);
  assert.equal((page.values.get("status") as LiveState).status, "stale");
  const pump = page.values.get("pump") as Pump<unknown, unknown>;
  assert.deepEqual((await page.effectsOf(() => pump.update())).stages, [
    "classes",
    "labels",
    "samples",
    "train",
  ]);
  assert.equal((page.values.get("status") as LiveState).status, "done");
});

Deno.test("a failure keeps the last good result and says why; the next stroke mends it", async () => {
  await using page = await painted();
  const annotation = await page.annotation();
  await page.rest();
  const { cells } = await page.effectsOf(() => annotation.apply({ kind: "clear", value: 2 }));
  assert.deepEqual(cells, ["annotation", "samples", "status"]);
  const { status, error } = page.values.get("status") as LiveState;
  assert.equal(status, "failed");
  assert.match(String(error), /class/);
  assert.equal(page.values.get("objects"), 24);
  annotation.undo();
  await page.until<LiveState>("status", ({ status }) => status === "done");
});

Deno.test("another image opens another engine and starts with no strokes", async () => {
  await using page = await painted();
  const first = await page.annotation();
  await page.rest();
  (await page.source<Image>("image")).change({
    ...squares(),
    data: squares().data.map((v) => 255 - v),
  });
  await page.until<LiveState>("status", ({ status }) => status === "failed");
  const second = await page.annotation();
  assert.notEqual(first, second);
  draw(second, 1, 0, 30, 7);
  draw(second, 2, 0, 4, 2);
  await page.until<EngineResult>("segmentation", ({ revision }) => revision === second.revision);
});
