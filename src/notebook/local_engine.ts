import type { Backend, BackendChoice } from "../backend.ts";
import { openBackend } from "../backends/open_backend.ts";
import { WorkerPool } from "../cpu/pool.ts";
import { expectPositiveClass } from "../classifiers/object_segmenter.ts";
import { DaubError, throwIfCancelled } from "../errors.ts";
import { planFeatures } from "../features/plan.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { resolveFeatures } from "../features/presets.ts";
import { computeStack } from "../flow/features.ts";
import { labelClasses } from "../flow/label.ts";
import { collectSamples, type Samples } from "../flow/samples.ts";
import { openSource, type Source } from "../flow/source.ts";
import type { Forest, Prediction } from "../forest/forest.ts";
import { trainForestOn } from "../forest/train.ts";
import { asChannels, dimensions, type Image, pixelCount } from "../image/image.ts";
import type { LabelImage } from "../labeling/labels.ts";
import type {
  Engine,
  EngineClassifier,
  EngineImage,
  EngineOptions,
  EngineProgress,
  EngineResult,
  EngineWant,
} from "./engine.ts";
import {
  classifyPixels,
  FEATURE_BYTES,
  type FeatureSource,
  gatherSamples,
  KeptPlanes,
} from "./feature_memory.ts";
import {
  describeClassifier,
  describeForest,
  describePrediction,
  type ForestFacts,
  type PredictionImages,
} from "./local_result.ts";
import { paintedFrames } from "./painted_frames.ts";
import { densePixels, type PaintedFrame } from "./painted_pixels.ts";
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
}

/** With larger stacks, a GPU computes features anew sooner than they are sent to it. */
const UPLOAD_BYTES = 32 * 2 ** 20;

type Request = Parameters<Engine["compute"]>[0];

/** For stages that take no time worth telling. */
const silent = () => {};

/** What a stage needs to know of the computation that it is part of. */
interface Run {
  readonly signal?: AbortSignal;
  readonly report: (stage: string, milliseconds: number) => void;
  readonly progressOf: (stage: string) => (fraction: number) => void;
}

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
  const backend = given ? options.backend as Backend : await openBackend(
    options.backend as BackendChoice | undefined,
  );
  return new LocalEngine(about, series, backend, given, options.featureBytes ?? FEATURE_BYTES);
}

class LocalEngine implements Engine {
  readonly image: EngineImage;
  readonly #series: TimeSeries;
  readonly #backend: Backend;
  readonly #isShared: boolean;
  readonly #featureBytes: number;
  readonly #turns = new Turns();
  /** Each stroke trains anew: threads that were started for it would come too late. */
  readonly #threads = new WorkerPool();
  readonly #source = new Stage<Source>("source");
  readonly #plan = new Stage<FeaturePlan>("plan");
  readonly #features = new Stage<KeptPlanes>("features");
  readonly #samples = new SeriesSamples();
  #sampled: Samples | undefined;
  #kept: KeptPlanes | undefined;
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
    featureBytes: number,
  ) {
    this.image = image;
    this.#series = series;
    this.#backend = backend;
    this.#isShared = isShared;
    this.#featureBytes = featureBytes;
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
      const run = startRun({ signal }, {});
      const { source, plan } = await this.#prepare(options, run);
      const bytes = stackBytes(plan, source);
      if (bytes > this.#featureBytes) {
        throw new DaubError(
          "features",
          `Expected a feature stack of at most ${megabytes(this.#featureBytes)} MB to show but ` +
            `found one of ${megabytes(bytes)} MB. Choose fewer features, or a smaller image.`,
          { expected: this.#featureBytes, found: bytes },
        );
      }
      const kept = await this.#keepFeatures(source, plan, run);
      return { names: plan.features.map(({ name }) => name), planes: kept.copy() };
    }, { signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#turns.take(async () => {
      for (const stage of [this.#source, this.#prediction, this.#images]) stage.forget();
      this.#forgetFeatures();
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
    const { source, plan } = await this.#prepare(options, run, frame);
    const painted = paintedFrames(request.annotation, this.image.size);
    const keep = stackBytes(plan, source) <= this.#featureBytes;
    const planes = keep ? (await this.#keepFeatures(source, plan, run)).planes : undefined;
    if (!keep) this.#forgetFeatures();
    throwIfCancelled(run.signal);

    const samples = await this.#sample(painted, { source, plan, planes, frame }, options, run);
    const forest = await this.#train(samples, plan, options, run);
    expectPositiveClass(forest.classes, options.positiveClass);
    const prediction = await this.#predict(source, plan, planes, forest, want, run);
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

  async #prepare(
    options: EngineOptions,
    run: Run,
    frame = 0,
  ): Promise<{ source: Source; plan: FeaturePlan }> {
    const { channels, size } = this.image;
    const chosen = options.channels.map((number) => channels[number]);
    if (chosen.length === 0 || chosen.includes(undefined!)) {
      throw new DaubError(
        "options",
        `Expected channels from 0 to ${channels.length - 1} but found ` +
          `${options.channels.join(", ") || "none"}. Choose at least one channel of the image.`,
        { expected: channels.map((_, number) => number), found: options.channels },
      );
    }
    const source = await this.#source.run(
      [options.channels.join(" "), frame],
      () => frame === 0 ? openSource(chosen) : this.#open(frame, options, run.signal),
      silent,
    );
    const specification = resolveFeatures(options.features);
    const plan = await this.#plan.run(
      [specification, chosen.length],
      () =>
        planFeatures(specification, {
          numChannels: chosen.length,
          dimensions: dimensions(size),
        }),
      silent,
    );
    throwIfCancelled(run.signal);
    return { source, plan };
  }

  async #open(frame: number, { channels }: EngineOptions, signal?: AbortSignal): Promise<Source> {
    const read = await readFrame(this.#series, this.image.channels, frame, signal);
    return openSource(channels.map((number) => read[number]));
  }

  /** The samples of all time points; the same object as before where nothing changed. */
  async #sample(
    painted: readonly PaintedFrame[],
    { source, plan, planes, frame }: FeatureSource & { readonly frame: number },
    options: EngineOptions,
    run: Run,
  ): Promise<Samples> {
    const start = performance.now();
    const progress = { signal: run.signal, onProgress: run.progressOf("samples") };
    const samples = await this.#samples.collect(
      painted,
      [plan, options.channels.join(" ")],
      async (here) => {
        const isShown = here.frame === frame;
        if (isShown && planes) return gatherSamples(planes, here);
        const from = isShown ? source : await this.#open(here.frame, options, run.signal);
        const annotation = densePixels(here, pixelCount(from));
        return await collectSamples(this.#backend, from, annotation, plan, progress);
      },
    );
    if (samples !== this.#sampled) run.report("samples", performance.now() - start);
    this.#sampled = samples;
    return samples;
  }

  #forgetFeatures(): void {
    this.#features.forget();
    this.#kept?.[Symbol.dispose]();
    this.#kept = undefined;
  }

  #keepFeatures(source: Source, plan: FeaturePlan, run: Run): Promise<KeptPlanes> {
    return this.#features.run([plan, source], async () => {
      // Two stacks at once may not fit.
      this.#forgetFeatures();
      const { planes } = await computeStack(this.#backend, source, plan, {
        signal: run.signal,
        onProgress: run.progressOf("features"),
      });
      return this.#kept = new KeptPlanes(this.#backend.kind, [...planes]);
    }, run.report);
  }

  #train(samples: Samples, plan: FeaturePlan, options: EngineOptions, run: Run): Promise<Forest> {
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
    source: Source,
    plan: FeaturePlan,
    planes: readonly Float32Array[] | undefined,
    forest: Forest,
    want: EngineWant,
    run: Run,
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
          this.#backend,
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

function startRun(
  { signal, onProgress }: {
    signal?: AbortSignal;
    onProgress?: (progress: EngineProgress) => void;
  },
  milliseconds: Record<string, number>,
): Run {
  return {
    signal,
    report: (stage, time) => void (milliseconds[stage] = time),
    progressOf: (stage) => (fraction) => onProgress?.({ stage, fraction }),
  };
}

function stackBytes(plan: FeaturePlan, source: Source): number {
  return 4 * plan.features.length * pixelCount(source);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
