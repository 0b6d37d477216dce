import type {
  Backend,
  LabelledPrediction,
  Labels,
  ObjectRequest,
  Region,
  Tile,
} from "../backend.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { wholeRegion } from "../features/regions.ts";
import {
  computeFeaturesPlain,
  computeMaximumPlain,
  sampleFeaturesPlain,
} from "../features/stack_plain.ts";
import type { Forest, Prediction, PredictionControl, PredictionRequest } from "../forest/forest.ts";
import { predictPlanesPlainly } from "../forest/predict_plain.ts";
import type { Size } from "../image/image.ts";
import { labelComponentsPlain } from "../labeling/components_plain.ts";
import type { Connectivity } from "../labeling/labels.ts";
import type { LabelRuns } from "../measurement/label_runs.ts";
import type { NumberArray, RegionSums, SumRequest } from "../measurement/region_sums.ts";
import { sumRegionsCpu } from "../measurement/region_sums_cpu.ts";

/** A tile takes some tenths of a second, and its side is at least as long as what is beside it. */
const TILE = { pixels: 2 ** 18, flat: 96, deep: 24 };

/**
 * The stages in plain TypeScript, for pages that may run neither WebGPU nor WebAssembly: slow, but
 * with the same result.
 */
export class PlainBackend implements Backend {
  readonly kind = "cpu";
  readonly device = "CPU, without WebAssembly";

  constructor(readonly reason: string) {}

  maxTilePixels({ halo, dimensions }: FeaturePlan): number {
    const side = dimensions === 3 ? TILE.deep : TILE.flat;
    const [x, y, z] = halo.map((reach) => side + 2 * reach);
    return Math.max(TILE.pixels, x * y * (dimensions === 3 ? z : 1));
  }

  // The methods are async so that every failure is a rejection, as on the GPU.

  // deno-lint-ignore require-await
  async computeFeatures(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
  ): Promise<Float32Array[]> {
    return computeFeaturesPlain(tile, plan, core, maxima);
  }

  // deno-lint-ignore require-await
  async computeMaximum(
    tile: Tile,
    plan: FeaturePlan,
    step: number,
    core: Region,
    maxima: ReadonlyMap<number, number>,
  ): Promise<number> {
    return computeMaximumPlain(tile, plan, step, core, maxima);
  }

  // deno-lint-ignore require-await
  async sampleFeatures(
    tile: Tile,
    plan: FeaturePlan,
    pixels: Uint32Array,
    maxima: ReadonlyMap<number, number>,
  ): Promise<Float32Array> {
    return sampleFeaturesPlain(tile, plan, pixels, maxima);
  }

  async predict(
    features: readonly Float32Array[],
    forest: Forest,
    request: PredictionRequest,
    control?: PredictionControl,
  ): Promise<Prediction> {
    return await predictPlanesPlainly(features, forest, request, control);
  }

  async predictTile(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
    forest: Forest,
    request: PredictionRequest,
  ): Promise<Prediction> {
    const features = computeFeaturesPlain(tile, plan, core, maxima);
    return await predictPlanesPlainly(features, forest, request);
  }

  async segmentTile(
    tile: Tile,
    plan: FeaturePlan,
    maxima: ReadonlyMap<number, number>,
    forest: Forest,
    request: PredictionRequest,
    { positiveClass, connectivity, into }: ObjectRequest,
  ): Promise<LabelledPrediction> {
    const wanted = { ...request, classes: true };
    const found = await this.predictTile(tile, plan, wholeRegion(tile), maxima, forest, wanted);
    const { classes, ...rest } = found;
    const objects = labelComponentsPlain(classes!, tile, positiveClass, connectivity, into);
    return { ...rest, ...(request.classes && { classes }), objects };
  }

  // deno-lint-ignore require-await
  async labelComponents(
    classes: Uint8Array,
    size: Size,
    positiveClass: number,
    connectivity: Connectivity,
    into?: Uint32Array,
  ): Promise<Labels> {
    return labelComponentsPlain(classes, size, positiveClass, connectivity, into);
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

  async [Symbol.asyncDispose](): Promise<void> {}
}
