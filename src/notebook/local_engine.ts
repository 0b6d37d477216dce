import type { Backend, BackendChoice } from "../backend.ts";
import { openBackend } from "../backends/open_backend.ts";
import { WorkerPool } from "../cpu/pool.ts";
import { expectPositiveClass } from "../classifiers/object_segmenter.ts";
import { DaubError, throwIfCancelled } from "../errors.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { labelClasses } from "../flow/label.ts";
import { collectSamples, type Samples } from "../flow/samples.ts";
import { openSource } from "../flow/source.ts";
import type { Forest, Prediction } from "../forest/forest.ts";
import { trainForestOn } from "../forest/train.ts";
import { asChannels, type Image, pixelCount } from "../image/image.ts";
import type { LabelImage } from "../labeling/labels.ts";
import type {
  Engine,
  EngineClassifier,
  EngineImage,
  EngineOptions,
  EngineResult,
  EngineWant,
} from "./engine.ts";
import { type EngineRun, silent, startRun } from "./engine_run.ts";
import {
  classifyPixels,
  FEATURE_BYTES,
  type FeatureSource,
  gatherSamples,
} from "./feature_memory.ts";
import { LocalFeatures, stackBytes } from "./local_features.ts";
import {
  describeClassifier,
  describeForest,
  describePrediction,
  type ForestFacts,
  type PredictionImages,
} from "./local_result.ts";
import { paintedFrames } from "./painted_frames.ts";
import { densePixels, type PaintedFrame } from "./painted_pixels.ts";
import { piecewiseBackend } from "./piecewise_backend.ts";
import { SeriesSamples } from "./series_samples.ts";
import { Stage } from "./stage.ts";
import { Turns } from "./take_turns.ts";
import { readFrame, seriesKey, stillImage, type TimeSeries } from "./time_series.ts";

/** How {@linkcode openLocalEngine} computes. */
export interface LocalEngineOptions {
  /** An open backend, which stays open, or which to open. Default `"auto"`. */
  readonly backend?: Backend | BackendChoice;
  /** The image's name, for display. */
  readonly name?: string;
  /** The time points of the image, of which `image` is the first. Default that one alone. */
  readonly series?: TimeSeries;
  /**
   * How many bytes of feature planes may be kept from one computation to the next. Default 512 MiB.
   * Larger stacks are computed anew, tile by tile.
   */
  readonly featureBytes?: number;
  /**
   * How many milliseconds threads of the processor wait for work before they end. Default 3000;
   * where a person paints, minutes are better: between two strokes they look.
   */
  readonly idleAfter?: number;
}

/** With larger stacks, a GPU computes features anew sooner than they are sent to it. */
const UPLOAD_BYTES = 32 * 2 ** 20;

type Request = Parameters<Engine["compute"]>[0];

/**
 * An engine in this very thread: it remembers the last result of every stage, so that a stroke runs
 * samples, training, classes and labels, a sigma everything from the features on, another positive
 * class labels only, and what does not matter nothing.
 *
 * @throws {DaubError} `image` when there is no channel, channels differ in size or a pixel is not
 * finite; `backend` when the backend asked for cannot be had.
 */
export async function openLocalEngine(
  image: Image | readonly Image[],
  options: LocalEngineOptions = {},
): Promise<Engine> {
  const channels = asChannels(image);
  openSource(channels);
  const { width, height, depth } = channels[0];
  const series = options.series ?? stillImage(channels);
  const about: EngineImage = {
    name: options.name ?? channels[0].name ?? "image",
    size: { width, height, depth, frames: series.frames },
    channels,
    contentKey: await seriesKey(series, channels),
  };
  const given = typeof options.backend === "object";
  const { idleAfter, featureBytes = FEATURE_BYTES } = options;
  const backend = given
    ? options.backend as Backend
    : await openBackend(options.backend as BackendChoice | undefined, { idleAfter });
  const threads = new WorkerPool(undefined, idleAfter);
  return new LocalEngine(about, series, backend, given, threads, featureBytes);
}

class LocalEngine implements Engine {
  readonly image: EngineImage;
  readonly #series: TimeSeries;
  readonly #backend: Backend;
  readonly #isShared: boolean;
  readonly #turns = new Turns();
  /** Each stroke trains anew: threads that were started for it would come too late. */
  readonly #threads: WorkerPool;
  readonly #features: LocalFeatures;
  readonly #samples = new SeriesSamples();
  #sampled: Samples | undefined;
  readonly #forest = new Stage<Forest>("train");
  readonly #prediction = new Stage<Prediction>("classes");
  readonly #images = new Stage<PredictionImages>("images");
  readonly #labels = new Stage<LabelImage>("labels");
  readonly #facts = new Stage<ForestFacts>("facts");
  readonly #classifier = new Stage<EngineClassifier>("classifier");
  #closed = false;

  constructor(
    image: EngineImage,
    series: TimeSeries,
    backend: Backend,
    isShared: boolean,
    threads: WorkerPool,
    featureBytes: number,
  ) {
    this.image = image;
    this.#series = series;
    this.#backend = backend;
    this.#isShared = isShared;
    this.#threads = threads;
    this.#features = new LocalFeatures(image, series, backend, featureBytes);
  }

  get device(): string {
    return this.#backend.device;
  }

  async compute(request: Request): Promise<EngineResult> {
    const { signal } = request;
    return await this.#turns.take(() => this.#compute(request), { replaceable: true, signal });
  }

  async frame(time: number, signal?: AbortSignal): Promise<readonly Image[]> {
    return await readFrame(this.#series, this.image.channels, time, signal);
  }

  async features(
    options: EngineOptions,
    signal?: AbortSignal,
  ): Promise<{ names: readonly string[]; planes: readonly Float32Array[] }> {
    return await this.#turns.take(async () => {
      this.#expectOpen();
      return await this.#features.show(options, startRun({ signal }));
    }, { signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#turns.take(async () => {
      for (const stage of [this.#features, this.#prediction, this.#images]) stage.forget();
      this.#samples.forget();
      this.#sampled = undefined;
      this.#threads[Symbol.dispose]();
      if (!this.#isShared) await this.#backend[Symbol.asyncDispose]();
    });
  }

  async #compute(request: Request): Promise<EngineResult> {
    this.#expectOpen();
    const { revision, options, want = {}, frame = 0 } = request;
    const milliseconds: Record<string, number> = {};
    const run = startRun(request, milliseconds);
    const from = await this.#features.prepare(options, run, frame);
    const { plan } = from;
    const painted = paintedFrames(request.annotation, this.image.size);
    throwIfCancelled(run.signal);

    const samples = await this.#sample(painted, { ...from, frame }, options, run);
    const forest = await this.#train(samples, plan, options, run);
    expectPositiveClass(forest.classes, options.positiveClass);
    const prediction = await this.#predict(from, forest, want, run);
    const images = await this.#images.run(
      [prediction],
      () => describePrediction(prediction, this.image.channels[0]),
      silent,
    );
    throwIfCancelled(run.signal);

    const { positiveClass, connectivity } = options;
    const labels = await this.#labels.run(
      [images.classes, positiveClass, connectivity],
      () => labelClasses(images.classes, { positiveClass, connectivity, backend: this.#backend }),
      run.report,
    );
    run.progressOf("labels")(1);
    throwIfCancelled(run.signal);
    const facts = await this.#facts.run(
      [plan, forest],
      () => describeForest(plan, forest),
      silent,
    );
    const classifier = await this.#classifier.run(
      [facts, positiveClass],
      () => describeClassifier(plan, forest, facts, positiveClass),
      silent,
    );
    return {
      revision,
      frame,
      labels,
      classifier,
      areas: images.areas,
      milliseconds,
      ...(want.classes && { classes: images.classes }),
      ...(want.probabilities && { probabilities: images.probabilities }),
      ...(want.uncertainty && { uncertainty: images.uncertainty }),
    };
  }

  /** The samples of all time points; the same object as before where nothing changed. */
  async #sample(
    painted: readonly PaintedFrame[],
    { source, plan, planes, frame }: FeatureSource & { readonly frame: number },
    options: EngineOptions,
    run: EngineRun,
  ): Promise<Samples> {
    const start = performance.now();
    const progress = { signal: run.signal, onProgress: run.progressOf("samples") };
    const samples = await this.#samples.collect(
      painted,
      [plan, options.channels.join(" ")],
      async (here) => {
        const isShown = here.frame === frame;
        if (isShown && planes) return gatherSamples(planes, here);
        const from = isShown ? source : await this.#features.open(here.frame, options, run.signal);
        const annotation = densePixels(here, pixelCount(from));
        return await collectSamples(this.#backend, from, annotation, plan, progress);
      },
    );
    if (samples !== this.#sampled) run.report("samples", performance.now() - start);
    this.#sampled = samples;
    return samples;
  }

  #train(
    samples: Samples,
    plan: FeaturePlan,
    options: EngineOptions,
    run: EngineRun,
  ): Promise<Forest> {
    const { maxDepth, numTrees, randomState, votes } = options;
    const progress = run.progressOf("train");
    return this.#forest.run(
      [samples, maxDepth, numTrees, randomState, votes],
      () =>
        trainForestOn(this.#backend.threads ?? this.#threads, samples.values, samples.classes, {
          numFeatures: plan.features.length,
          maxDepth,
          numTrees,
          randomState,
          votes,
          signal: run.signal,
          onProgress: (done, all) => progress(done / all),
        }),
      run.report,
    );
  }

  #predict(
    { source, plan, planes }: FeatureSource,
    forest: Forest,
    want: EngineWant,
    run: EngineRun,
  ): Promise<Prediction> {
    const request = {
      classes: true,
      probabilities: !!want.probabilities,
      uncertainty: !!want.uncertainty,
    };
    const isSent = this.#backend.kind === "gpu" && stackBytes(plan, source) > UPLOAD_BYTES;
    return this.#prediction.run(
      [plan, source, forest, request.probabilities, request.uncertainty],
      () =>
        classifyPixels(
          piecewiseBackend(this.#backend, source),
          { source, plan, planes: isSent ? undefined : planes },
          forest,
          request,
          { signal: run.signal, onProgress: run.progressOf("classes") },
        ),
      run.report,
    );
  }

  #expectOpen(): void {
    if (!this.#closed) return;
    throw new DaubError(
      "backend",
      "Expected an open engine but found a closed one. Open it again.",
    );
  }
}
