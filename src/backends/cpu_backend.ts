import type { Backend, Labels, Region, Tile } from "../backend.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { computeFeaturesCpu, computeMaximumCpu, sampleFeaturesCpu } from "../features/stack_cpu.ts";
import type { Forest, Prediction, PredictionRequest } from "../forest/forest.ts";
import { predictPlanes } from "../forest/predict_cpu.ts";
import type { Size } from "../image/image.ts";
import { labelComponentsCpu } from "../labeling/components_cpu.ts";
import type { Connectivity } from "../labeling/labels.ts";

/** How much memory the planes of one tile may take. */
const TILE_BYTES = 256 * 2 ** 20;

/** The stages in TypeScript on one thread. */
export class CpuBackend implements Backend {
  readonly kind = "cpu";
  readonly device = "CPU, 1 thread";
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }

  maxTilePixels(plan: FeaturePlan): number {
    return Math.floor(TILE_BYTES / (4 * (plan.features.length + plan.numChannels + 2)));
  }

  // The methods are async so that every failure is a rejection, as on the GPU.

  // deno-lint-ignore require-await
  async computeFeatures(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
  ): Promise<Float32Array[]> {
    return computeFeaturesCpu(tile, plan, core, maxima);
  }

  // deno-lint-ignore require-await
  async computeMaximum(
    tile: Tile,
    plan: FeaturePlan,
    step: number,
    core: Region,
    maxima: ReadonlyMap<number, number>,
  ): Promise<number> {
    return computeMaximumCpu(tile, plan, step, core, maxima);
  }

  // deno-lint-ignore require-await
  async sampleFeatures(
    tile: Tile,
    plan: FeaturePlan,
    pixels: Uint32Array,
    maxima: ReadonlyMap<number, number>,
  ): Promise<Float32Array> {
    return sampleFeaturesCpu(tile, plan, pixels, maxima);
  }

  // deno-lint-ignore require-await
  async predict(
    features: readonly Float32Array[],
    forest: Forest,
    request: PredictionRequest,
  ): Promise<Prediction> {
    return predictPlanes(features, forest, request);
  }

  async predictTile(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
    forest: Forest,
    request: PredictionRequest,
  ): Promise<Prediction> {
    return await this.predict(computeFeaturesCpu(tile, plan, core, maxima), forest, request);
  }

  // deno-lint-ignore require-await
  async labelComponents(
    classes: Uint8Array,
    size: Size,
    positiveClass: number,
    connectivity: Connectivity,
  ): Promise<Labels> {
    return labelComponentsCpu(classes, size, positiveClass, connectivity);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
