import type {
  Backend,
  LabelledPrediction,
  Labels,
  ObjectRequest,
  Region,
  Tile,
} from "../backend.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import {
  computeFeaturesGpu,
  computeMaximumGpu,
  maxTilePixelsGpu,
  sampleFeaturesGpu,
} from "../features/stack_gpu.ts";
import type { Forest, Prediction, PredictionRequest } from "../forest/forest.ts";
import { predictPlanesGpu } from "../forest/predict_gpu.ts";
import { appendTilePrediction, type TilePredictionOptions } from "../forest/predict_tile_gpu.ts";
import { Gpu } from "../gpu/gpu.ts";
import type { KernelTimes } from "../gpu/kernel_times.ts";
import { pixelCount, type Size } from "../image/image.ts";
import { wholeRegion } from "../features/regions.ts";
import {
  appendComponents,
  fitsOneStrip,
  labelComponentsGpu,
  readLabels,
  withFewestBits,
} from "../labeling/components_gpu.ts";
import { checkConnectivity } from "../labeling/connectivity.ts";
import type { Connectivity } from "../labeling/labels.ts";
import type { LabelRuns } from "../measurement/label_runs.ts";
import type { NumberArray, RegionSums, SumRequest } from "../measurement/region_sums.ts";
import { sumRegionsGpu } from "../measurement/region_sums_gpu.ts";

/** The stages on a WebGPU device. */
export class GpuBackend implements Backend {
  readonly kind = "gpu";
  readonly reason: string;
  readonly #gpu: Gpu;
  readonly #options: TilePredictionOptions;

  /** Takes over the device and disposes of it. */
  constructor(gpu: Gpu, reason: string, options: TilePredictionOptions = {}) {
    this.#gpu = gpu;
    this.reason = reason;
    this.#options = options;
  }

  /** Opens an adapter's device. @throws {DaubError} `backend` when it does not start. */
  static async open(
    adapter: GPUAdapter,
    reason: string,
    options?: TilePredictionOptions,
  ): Promise<GpuBackend> {
    return new GpuBackend(await Gpu.open(adapter), reason, options);
  }

  get device(): string {
    return this.#gpu.name;
  }

  /** Begins to time kernels on the device. @throws {DaubError} `backend` when it keeps no time. */
  timeKernels(): KernelTimes {
    return this.#gpu.timeKernels();
  }

  maxTilePixels(plan: FeaturePlan): number {
    return maxTilePixelsGpu(this.#gpu, plan);
  }

  computeFeatures(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
  ): Promise<Float32Array[]> {
    return computeFeaturesGpu(this.#gpu, tile, plan, core, maxima);
  }

  computeMaximum(
    tile: Tile,
    plan: FeaturePlan,
    step: number,
    core: Region,
    maxima: ReadonlyMap<number, number>,
  ): Promise<number> {
    return computeMaximumGpu(this.#gpu, tile, plan, step, core, maxima);
  }

  sampleFeatures(
    tile: Tile,
    plan: FeaturePlan,
    pixels: Uint32Array,
    maxima: ReadonlyMap<number, number>,
  ): Promise<Float32Array> {
    return sampleFeaturesGpu(this.#gpu, tile, plan, pixels, maxima);
  }

  predict(
    features: readonly Float32Array[],
    forest: Forest,
    request: PredictionRequest,
  ): Promise<Prediction> {
    return predictPlanesGpu(this.#gpu, features, forest, request);
  }

  async predictTile(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
    forest: Forest,
    request: PredictionRequest,
  ): Promise<Prediction> {
    using batch = this.#gpu.batch();
    const problem = { tile, plan, core, maxima, forest };
    const pending = appendTilePrediction(this.#gpu, batch, problem, request, this.#options);
    const prediction = pending.read();
    await batch.submit();
    return await prediction;
  }

  async segmentTile(
    tile: Tile,
    plan: FeaturePlan,
    maxima: ReadonlyMap<number, number>,
    forest: Forest,
    request: PredictionRequest,
    { positiveClass, connectivity, into }: ObjectRequest,
  ): Promise<LabelledPrediction> {
    checkConnectivity(connectivity, tile);
    const gpu = this.#gpu;
    const wanted = { ...request, classes: true };
    const core = wholeRegion(tile);
    const problem = { tile, plan, core, maxima, forest };
    return await withFewestBits(gpu, async (bits) => {
      using batch = gpu.batch();
      const pending = appendTilePrediction(gpu, batch, problem, wanted, this.#options);
      if (!pending.classes || !fitsOneStrip(gpu, tile)) {
        batch[Symbol.dispose]();
        const found = await this.predictTile(tile, plan, core, maxima, forest, wanted);
        const { classes, ...rest } = found;
        const objects = await this.labelComponents(
          classes!,
          tile,
          positiveClass,
          connectivity,
          into,
        );
        return { ...rest, ...(request.classes && { classes }), objects };
      }
      const found = appendComponents(
        batch,
        pending.classes,
        tile,
        positiveClass,
        connectivity,
        bits,
      );
      const prediction = pending.read(request);
      const labels = readLabels(gpu, batch, found, pixelCount(tile), into);
      await batch.submit();
      const objects = await labels;
      return objects && { ...await prediction, objects };
    });
  }

  labelComponents(
    classes: Uint8Array,
    size: Size,
    positiveClass: number,
    connectivity: Connectivity,
    into?: Uint32Array,
  ): Promise<Labels> {
    const gpu = this.#gpu;
    return labelComponentsGpu(gpu, classes, size, positiveClass, connectivity, undefined, into);
  }

  sumRegions(
    runs: LabelRuns,
    count: number,
    size: Size,
    channels: readonly NumberArray[],
    request: SumRequest,
  ): Promise<RegionSums> {
    return sumRegionsGpu(this.#gpu, runs, count, size, channels, request);
  }

  // deno-lint-ignore require-await
  async [Symbol.asyncDispose](): Promise<void> {
    this.#gpu[Symbol.dispose]();
  }
}
