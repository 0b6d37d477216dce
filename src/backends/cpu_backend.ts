import type {
  Backend,
  LabelledPrediction,
  Labels,
  ObjectRequest,
  Region,
  Tile,
} from "../backend.ts";
import { wholeRegion } from "../features/regions.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { WorkerPool } from "../cpu/pool.ts";
import {
  computeFeaturesTogether,
  computeMaximumTogether,
  sampleFeaturesTogether,
} from "../features/stack_cpu.ts";
import type { Forest, Prediction, PredictionControl, PredictionRequest } from "../forest/forest.ts";
import { predictPlanesTogether } from "../forest/predict_cpu.ts";
import type { Size } from "../image/image.ts";
import { labelComponentsCpu } from "../labeling/components_cpu.ts";
import type { Connectivity } from "../labeling/labels.ts";
import type { LabelRuns } from "../measurement/label_runs.ts";
import type { NumberArray, RegionSums, SumRequest } from "../measurement/region_sums.ts";
import { sumRegionsCpu } from "../measurement/region_sums_cpu.ts";
import { predictTileCpu } from "./predict_tile_cpu.ts";

/** How much memory the planes of one tile may take. */
const TILE_BYTES = 256 * 2 ** 20;

/** The stages in WebAssembly on the threads of the processor. */
export class CpuBackend implements Backend {
  readonly kind = "cpu";
  readonly device: string;
  readonly reason: string;
  readonly threads: WorkerPool;

  /**
   * @param threads Default as many as there are processor cores.
   * @param idleAfter How many milliseconds they wait for work before they end. Default 3000.
   */
  constructor(reason: string, threads?: number, idleAfter?: number) {
    this.threads = new WorkerPool(threads, idleAfter);
    this.reason = reason;
    const { numThreads } = this.threads;
    this.device = numThreads === 1 ? "CPU, 1 thread" : `CPU, ${numThreads} threads`;
  }

  maxTilePixels(plan: FeaturePlan): number {
    return Math.floor(TILE_BYTES / (4 * (plan.features.length + plan.numChannels + 2)));
  }

  // The methods are async so that every failure is a rejection, as on the GPU.

  async computeFeatures(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
    into?: readonly Float32Array[],
  ): Promise<Float32Array[]> {
    return await computeFeaturesTogether(this.threads, tile, plan, core, maxima, into);
  }

  async computeMaximum(
    tile: Tile,
    plan: FeaturePlan,
    step: number,
    core: Region,
    maxima: ReadonlyMap<number, number>,
  ): Promise<number> {
    return await computeMaximumTogether(this.threads, tile, plan, step, core, maxima);
  }

  async sampleFeatures(
    tile: Tile,
    plan: FeaturePlan,
    pixels: Uint32Array,
    maxima: ReadonlyMap<number, number>,
  ): Promise<Float32Array> {
    return await sampleFeaturesTogether(this.threads, tile, plan, pixels, maxima);
  }

  async predict(
    features: readonly Float32Array[],
    forest: Forest,
    request: PredictionRequest,
    control?: PredictionControl,
  ): Promise<Prediction> {
    return await predictPlanesTogether(this.threads, features, forest, request, control);
  }

  async predictTile(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
    forest: Forest,
    request: PredictionRequest,
  ): Promise<Prediction> {
    return await predictTileCpu(this.threads, tile, plan, core, maxima, forest, request);
  }

  async segmentTile(
    tile: Tile,
    plan: FeaturePlan,
    maxima: ReadonlyMap<number, number>,
    forest: Forest,
    request: PredictionRequest,
    { positiveClass, connectivity, into }: ObjectRequest,
  ): Promise<LabelledPrediction> {
    const core = wholeRegion(tile);
    const wanted = { ...request, classes: true };
    const { classes, ...rest } = await this.predictTile(tile, plan, core, maxima, forest, wanted);
    const objects = await this.labelComponents(
      classes!,
      tile,
      positiveClass,
      connectivity,
      into,
    );
    return { ...rest, ...(request.classes && { classes }), objects };
  }

  async labelComponents(
    classes: Uint8Array,
    size: Size,
    positiveClass: number,
    connectivity: Connectivity,
    into?: Uint32Array,
  ): Promise<Labels> {
    return await labelComponentsCpu(classes, size, positiveClass, connectivity, this.threads, into);
  }

  // deno-lint-ignore require-await
  async sumRegions(
    runs: LabelRuns,
    count: number,
    size: Size,
    channels: readonly NumberArray[],
    request: SumRequest,
  ): Promise<RegionSums> {
    return sumRegionsCpu(runs, count, size, channels, request);
  }

  // deno-lint-ignore require-await
  async [Symbol.asyncDispose](): Promise<void> {
    this.threads[Symbol.dispose]();
  }
}
