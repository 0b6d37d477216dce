import type { Backend } from "../backend.ts";
import { DaubError, throwIfCancelled } from "../errors.ts";
import { planFeatures } from "../features/plan.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { resolveFeatures } from "../features/presets.ts";
import { computeStack } from "../flow/features.ts";
import { openSource, type Source } from "../flow/source.ts";
import { dimensions, pixelCount } from "../image/image.ts";
import type { EngineImage, EngineOptions } from "./engine.ts";
import { type EngineRun, silent } from "./engine_run.ts";
import { type FeatureSource, KeptPlanes } from "./feature_memory.ts";
import { piecewiseBackend } from "./piecewise_backend.ts";
import { Stage } from "./stage.ts";
import { readFrame, type TimeSeries } from "./time_series.ts";

/** The pixels and the features of an image as the options choose them, kept while they stay so. */
export class LocalFeatures {
  readonly #image: EngineImage;
  readonly #series: TimeSeries;
  readonly #backend: Backend;
  readonly #mostBytes: number;
  readonly #source = new Stage<Source>("source");
  readonly #plan = new Stage<FeaturePlan>("plan");
  readonly #planes = new Stage<KeptPlanes>("features");
  #kept: KeptPlanes | undefined;

  /** @param mostBytes How many bytes of planes may be kept. */
  constructor(image: EngineImage, series: TimeSeries, backend: Backend, mostBytes: number) {
    this.#image = image;
    this.#series = series;
    this.#backend = backend;
    this.#mostBytes = mostBytes;
  }

  /** The chosen channels of a time point, the plan, and the planes where there is room for them. */
  async prepare(options: EngineOptions, run: EngineRun, frame = 0): Promise<FeatureSource> {
    const { source, plan } = await this.#choose(options, run, frame);
    if (stackBytes(plan, source) <= this.#mostBytes) {
      return { source, plan, planes: (await this.#keep(source, plan, run)).planes };
    }
    this.#forgetPlanes();
    return { source, plan, planes: undefined };
  }

  /**
   * The planes of the first time point by name, for others to hold on to.
   *
   * @throws {DaubError} `features` when there is no room for them.
   */
  async show(
    options: EngineOptions,
    run: EngineRun,
  ): Promise<{ names: readonly string[]; planes: readonly Float32Array[] }> {
    const { source, plan } = await this.#choose(options, run, 0);
    const bytes = stackBytes(plan, source);
    if (bytes > this.#mostBytes) {
      throw new DaubError(
        "features",
        `Expected a feature stack of at most ${megabytes(this.#mostBytes)} MB to show but ` +
          `found one of ${megabytes(bytes)} MB. Choose fewer features, or a smaller image.`,
        { expected: this.#mostBytes, found: bytes },
      );
    }
    const kept = await this.#keep(source, plan, run);
    return { names: plan.features.map(({ name }) => name), planes: kept.copy() };
  }

  /** The chosen channels of a time point. */
  async open(frame: number, { channels }: EngineOptions, signal?: AbortSignal): Promise<Source> {
    const read = await readFrame(this.#series, this.#image.channels, frame, signal);
    return openSource(channels.map((number) => read[number]));
  }

  /** Gives the memory back. */
  forget(): void {
    this.#source.forget();
    this.#forgetPlanes();
  }

  async #choose(
    options: EngineOptions,
    run: EngineRun,
    frame: number,
  ): Promise<{ source: Source; plan: FeaturePlan }> {
    const { channels, size } = this.#image;
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
      () => frame === 0 ? openSource(chosen) : this.open(frame, options, run.signal),
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

  #keep(source: Source, plan: FeaturePlan, run: EngineRun): Promise<KeptPlanes> {
    return this.#planes.run([plan, source], async () => {
      // Two stacks at once may not fit.
      this.#forgetPlanes();
      const { planes } = await computeStack(piecewiseBackend(this.#backend, source), source, plan, {
        signal: run.signal,
        onProgress: run.progressOf("features"),
      });
      return this.#kept = new KeptPlanes(this.#backend.kind, [...planes]);
    }, run.report);
  }

  #forgetPlanes(): void {
    this.#planes.forget();
    this.#kept?.[Symbol.dispose]();
    this.#kept = undefined;
  }
}

/** How many bytes the feature planes of an image take. */
export function stackBytes(plan: FeaturePlan, source: Source): number {
  return 4 * plan.features.length * pixelCount(source);
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}
