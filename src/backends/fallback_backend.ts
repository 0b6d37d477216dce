import type {
  Backend,
  LabelledPrediction,
  Labels,
  ObjectRequest,
  Region,
  Tile,
} from "../backend.ts";
import { DaubError } from "../errors.ts";
import type { WorkerPool } from "../cpu/pool.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import type { Forest, Prediction, PredictionControl, PredictionRequest } from "../forest/forest.ts";
import type { Size } from "../image/image.ts";
import type { Connectivity } from "../labeling/labels.ts";
import type { LabelRuns } from "../measurement/label_runs.ts";
import type { NumberArray, RegionSums, SumRequest } from "../measurement/region_sums.ts";
import { openProcessor } from "./open_processor.ts";

/**
 * A GPU backend that turns into the CPU's when the GPU fails: the stage that failed is computed
 * again, so the result is whole, and `reason` says what happened.
 */
export class FallbackBackend implements Backend {
  #current: Backend;
  readonly #onFallback: ((reason: string) => void) | undefined;

  /** @param onFallback Told why, in a sentence, when the CPU takes over. */
  constructor(gpu: Backend, onFallback?: (reason: string) => void) {
    this.#current = gpu;
    this.#onFallback = onFallback;
  }

  get kind(): "gpu" | "cpu" {
    return this.#current.kind;
  }

  get device(): string {
    return this.#current.device;
  }

  get reason(): string {
    return this.#current.reason;
  }

  get threads(): WorkerPool | undefined {
    return this.#current.threads;
  }

  maxTilePixels(plan: FeaturePlan): number {
    return this.#current.maxTilePixels(plan);
  }

  computeFeatures(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
    into?: readonly Float32Array[],
  ): Promise<Float32Array[]> {
    return this.#run((backend) => backend.computeFeatures(tile, plan, core, maxima, into));
  }

  computeMaximum(
    tile: Tile,
    plan: FeaturePlan,
    step: number,
    core: Region,
    maxima: ReadonlyMap<number, number>,
  ): Promise<number> {
    return this.#run((backend) => backend.computeMaximum(tile, plan, step, core, maxima));
  }

  sampleFeatures(
    tile: Tile,
    plan: FeaturePlan,
    pixels: Uint32Array,
    maxima: ReadonlyMap<number, number>,
  ): Promise<Float32Array> {
    return this.#run((backend) => backend.sampleFeatures(tile, plan, pixels, maxima));
  }

  predict(
    features: readonly Float32Array[],
    forest: Forest,
    request: PredictionRequest,
    control?: PredictionControl,
  ): Promise<Prediction> {
    return this.#run((backend) => backend.predict(features, forest, request, control));
  }

  predictTile(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
    forest: Forest,
    request: PredictionRequest,
  ): Promise<Prediction> {
    return this.#run((backend) => backend.predictTile(tile, plan, core, maxima, forest, request));
  }

  segmentTile(
    tile: Tile,
    plan: FeaturePlan,
    maxima: ReadonlyMap<number, number>,
    forest: Forest,
    request: PredictionRequest,
    objects: ObjectRequest,
  ): Promise<LabelledPrediction> {
    return this.#run((backend) =>
      backend.segmentTile(tile, plan, maxima, forest, request, objects)
    );
  }

  labelComponents(
    classes: Uint8Array,
    size: Size,
    positiveClass: number,
    connectivity: Connectivity,
    into?: Uint32Array,
  ): Promise<Labels> {
    return this.#run((backend) =>
      backend.labelComponents(classes, size, positiveClass, connectivity, into)
    );
  }

  sumRegions(
    runs: LabelRuns,
    count: number,
    size: Size,
    channels: readonly NumberArray[],
    request: SumRequest,
  ): Promise<RegionSums> {
    return this.#run((backend) => backend.sumRegions(runs, count, size, channels, request));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#current[Symbol.asyncDispose]();
  }

  async #run<T>(compute: (backend: Backend) => Promise<T>): Promise<T> {
    const backend = this.#current;
    try {
      return await compute(backend);
    } catch (error) {
      const failed = error instanceof DaubError && error.tag === "backend";
      if (!failed || backend.kind === "cpu") throw error;
      // Another call that was under way may have seen the failure first.
      if (this.#current === backend) {
        this.#current = openProcessor(`the GPU failed and the CPU went on: ${error.message}`);
        await backend[Symbol.asyncDispose]();
        this.#onFallback?.(`The GPU failed and the CPU goes on: ${error.message}`);
      }
      return await compute(this.#current);
    }
  }
}
