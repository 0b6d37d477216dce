import type { BackendChoice } from "../backend.ts";
import type { Image } from "../image/image.ts";
import type { LabelImage } from "../labeling/labels.ts";
import { Annotation } from "./annotation.ts";
import type { AnnotationSnapshot } from "./annotation_snapshot.ts";
import { AnnotationSource } from "./annotation_source.ts";
import type {
  Engine,
  EngineClassifier,
  EngineOptions,
  EngineResult,
  EngineWant,
} from "./engine.ts";
import { defaultEngineOptions, sameFeatures, sameOptions } from "./engine_options.ts";
import { importanceTable, sizeHistogram, statisticsTable } from "./figures/tables.ts";
import { generateCode } from "./generated_code.ts";
import type { Live } from "./live.ts";
import type { LiveSource } from "./live_switch.ts";
import { openLocalEngine } from "./local_engine.ts";
import { areaFractions, objectSizes } from "./object_sizes.ts";
import { segmentLive } from "./segmentation.ts";
import { distinct, observe, Value, type ValueSource } from "./value_source.ts";

/** What is used of a variable of Observable's runtime. */
export interface CellVariable {
  // deno-lint-ignore no-explicit-any
  define(name: string, inputs: string[], definition: (...inputs: any[]) => unknown): unknown;
}

/** What is used of a module of Observable's runtime. */
export interface CellModule {
  variable(observer?: unknown): CellVariable;
}

/** What is used of Observable's runtime. */
export interface CellRuntime {
  module(): CellModule;
}

/**
 * The graph of the notebook as an Observable module: image, strokes and options go in, features,
 * classifier, classes, labels and what is told of them come out.
 *
 * It uses neither a page nor Deno. Cells whose name begins with `viewof` are sources: objects with a
 * `value` and `input` events, to be redefined by elements where there is a page. A cell runs again
 * only if a change reaches it: a stroke leaves the features alone, another positive class all but
 * the labels, and an opacity everything.
 *
 * | cell | what it is |
 * |---|---|
 * | `viewof image`, `image` | the channels of the image; undefined at first |
 * | `backend`, `engine` | where it is computed |
 * | `viewof annotation`, `annotation` | the strokes |
 * | `viewof options`, `options` | features, forest, positive class, connectivity |
 * | `viewof live`, `live` | whether changes are followed at once |
 * | `viewof want` | what beside the labels is computed |
 * | `segmentation` | all of a result as it comes |
 * | `pump`, `status` | what computes it, with `update` and `cancel`; its state |
 * | `features`, `samples`, `forest`, `classifier`, `classes`, `labels` | the stages |
 * | `viewof opacity`, `opacity`, `viewof view`, `view`, `display` | how labels are looked at |
 * | `objects`, `sizes`, `histogram`, `areas` | what is counted |
 * | `importances`, `statistics` | what the forest says of its features |
 * | `code` | the same as a command and as programs |
 *
 * @param observer Gives an observer for a cell by its name, or nothing.
 */
export default function define(
  runtime: CellRuntime,
  observer: (name: string) => unknown = () => undefined,
): CellModule {
  const main = runtime.module();
  const cell = (
    name: string,
    inputs: string[],
    // deno-lint-ignore no-explicit-any
    definition: (...inputs: any[]) => unknown,
  ) => void main.variable(observer(name)).define(name, inputs, definition);
  const view = <T>(name: string, inputs: string[], make: (...inputs: never[]) => ValueSource<T>) =>
    cell(`viewof ${name}`, inputs, make);

  view("image", [], () => new Value<Image | readonly Image[] | undefined>(undefined));
  cell("image", ["viewof image"], (source) => present(observe(source)));
  cell("backend", [], (): BackendChoice => "auto");
  cell("engine", ["image", "backend", "invalidation"], openEngine);

  view(
    "annotation",
    ["engine"],
    ({ image }: Engine) => new AnnotationSource(new Annotation(image.size)),
  );
  cell("annotation", ["viewof annotation"], (source) => observe(source));
  view("options", ["engine"], ({ image }: Engine) => new Value(defaultEngineOptions(image.size)));
  cell("options", ["viewof options"], (source) => observe(source, sameOptions));
  view("live", [], () => new Value(true));
  cell("live", ["viewof live"], (source) => observe(source));
  view("want", [], () => new Value<EngineWant>({}));

  cell(
    "results",
    ["engine", "viewof annotation", "viewof options", "viewof want", "viewof live", "invalidation"],
    startResults,
  );
  cell("pump", ["results"], ({ pump }: Live<EngineResult>) => pump);
  cell("status", ["pump"], (pump: Live<EngineResult>["pump"]) => pump.states());
  cell("segmentation", ["pump"], (pump) => pump.results());

  cell("feature options", ["viewof options"], (source) => observe(source, sameFeatures));
  cell("features", ["engine", "feature options", "invalidation"], computeFeatures);
  cell("samples", ["annotation", "feature options"], describeSamples);
  cell("forest", ["pump"], (pump) =>
    parts(pump, ({ classifier }) => classifier.statistics, (
      { classifier: { classes, featureImportances, statistics } },
    ) => ({ classes, featureImportances, statistics })));
  cell("classifier", ["pump"], (pump) => parts(pump, ({ classifier }) => classifier));
  cell(
    "classes",
    ["pump"],
    (pump) =>
      parts(pump, ({ areas }) => areas, ({ areas, classes, probabilities, uncertainty }) => ({
        areas,
        ...(classes && { classes }),
        ...(probabilities && { probabilities }),
        ...(uncertainty && { uncertainty }),
      })),
  );
  cell("labels", ["pump"], (pump) => parts(pump, ({ labels }) => labels));

  view("opacity", [], () => new Value(0.7));
  cell("opacity", ["viewof opacity"], (source) => observe(source));
  view("view", [], () => new Value({ contours: false, swipe: 1 }));
  cell("view", ["viewof view"], (source) => observe(source));
  cell("display", ["labels", "opacity", "view"], (labels, opacity, view) => ({
    labels,
    opacity,
    ...view,
  }));

  cell("objects", ["labels"], ({ count }: LabelImage) => count);
  cell("sizes", ["labels"], objectSizes);
  cell("histogram", ["sizes"], (sizes) => sizeHistogram(sizes));
  cell("areas", ["classes"], ({ areas }: EngineResult) => areaFractions(areas));
  cell("importances", ["forest"], (forest: EngineClassifier) => importanceTable(forest));
  cell("statistics", ["forest"], (forest: EngineClassifier) => statisticsTable(forest));
  cell(
    "code",
    ["options", "engine"],
    (options: EngineOptions, { image }: Engine) => generateCode(options, { image }),
  );
  return main;
}

async function* present<T>(values: AsyncIterable<T | undefined>): AsyncGenerator<T, void, void> {
  for await (const value of values) if (value !== undefined) yield value;
}

async function openEngine(
  image: Image | readonly Image[],
  backend: BackendChoice,
  invalidation: Promise<void>,
): Promise<Engine> {
  const engine = await openLocalEngine(image, { backend });
  invalidation.then(() => engine[Symbol.asyncDispose]());
  return engine;
}

function startResults(
  engine: Engine,
  annotation: ValueSource<AnnotationSnapshot>,
  options: ValueSource<EngineOptions>,
  want: ValueSource<EngineWant>,
  isLive: LiveSource,
  invalidation: Promise<void>,
): { readonly pump: Live<EngineResult>["pump"] } {
  const results = segmentLive(engine, { annotation, options, want, live: isLive });
  invalidation.then(() => results.return());
  return { pump: results.pump };
}

async function computeFeatures(
  engine: Engine,
  options: EngineOptions,
  invalidation: Promise<void>,
): ReturnType<Engine["features"]> {
  const controller = new AbortController();
  invalidation.then(() => controller.abort());
  return await engine.features(options, controller.signal);
}

function describeSamples(annotation: AnnotationSnapshot, { features }: EngineOptions) {
  return {
    features,
    pixels: annotation.labelled,
    classes: annotation.classes.map((value) => ({
      class: value,
      pixels: annotation.counts[value],
    })),
  };
}

/** Part of every result whose `key` differs from the one before. */
async function* parts<Part = unknown>(
  pump: Live<EngineResult>["pump"],
  key: (result: EngineResult) => unknown,
  part: (result: EngineResult) => Part = key as (result: EngineResult) => Part,
): AsyncGenerator<Part, void, void> {
  for await (const result of distinct(pump.results(), key)) yield part(result);
}
