import type { Region, Tile } from "../backend.ts";
import { knownMaximum } from "../features/encode_gpu.ts";
import { tileFilters } from "../features/kernels_gpu.ts";
import { planPasses } from "../features/passes_gpu.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { encodeFeatureStack } from "../features/stack_gpu.ts";
import {
  encodeTileFilters,
  PROGRAM_WORDS,
  type TileFilters,
} from "../features/tile_filters_gpu.ts";
import {
  countRounds,
  LEAST_MEMORY,
  planTileFilters,
  type TileShape,
} from "../features/tile_plan_gpu.ts";
import type { Batch } from "../gpu/batch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import type { Kernel } from "../gpu/kernel.ts";
import { pixelCount } from "../image/image.ts";
import { checkForest } from "./check_prediction.ts";
import type { Forest, PredictionRequest } from "./forest.ts";
import { packForest } from "./pack_forest.ts";
import { appendPrediction } from "./predict_gpu.ts";
import tileCode from "./predict_tile.wgsl" with { type: "text" };
import {
  canWalk,
  type PendingPrediction,
  type PredictionBuffers,
  preparePrediction,
} from "./prediction_buffers_gpu.ts";
import votesCode from "./votes.wgsl" with { type: "text" };

/** What {@linkcode appendTilePrediction} classifies. */
export interface TilePrediction {
  readonly tile: Tile;
  readonly plan: FeaturePlan;
  readonly core: Region;
  /** The largest values of the plan's reductions over the whole image. */
  readonly maxima: ReadonlyMap<number, number>;
  readonly forest: Forest;
}

/** How {@linkcode appendTilePrediction} goes about it. */
export interface TilePredictionOptions {
  /**
   * Whether features stay in the memory of workgroups. Default on hardware only: software
   * rasterizers, which have no such memory, are several times slower that way.
   */
  readonly fuse?: boolean;
  /** Values of workgroup memory to use. Default: what the device offers. */
  readonly memory?: number;
  /** The largest buffer to write to. Default: what the device can bind. */
  readonly maxBytes?: number;
}

/**
 * Appends features and classification of the core of a tile to a batch.
 *
 * Where it can, one kernel does everything from the image, or from planes blurred along x, to the
 * votes in workgroup memory. Volumes, and forests and features that do not fit, take the way over
 * feature planes in the device's memory, with the same result.
 *
 * @throws {DaubError} `classifier` when class numbers exceed 255, `backend` when the forest exceeds
 * what the device can bind.
 */
export function appendTilePrediction(
  gpu: Gpu,
  batch: Batch,
  problem: TilePrediction,
  request: PredictionRequest,
  options: TilePredictionOptions = {},
): PendingPrediction {
  const { tile, plan, core, maxima, forest } = problem;
  checkForest(forest);
  const { fuse = !gpu.isSoftware, maxBytes = gpu.maxBindingBytes } = options;
  const fused = fuse ? appendFused(gpu, batch, problem, request, options) : undefined;
  if (fused) return fused;
  const { usedFeatures } = packForest(forest);
  const stack = encodeFeatureStack(batch, tile, plan, core, maxima, usedFeatures);
  return appendPrediction(gpu, batch, stack, forest, request, maxBytes);
}

function appendFused(
  gpu: Gpu,
  batch: Batch,
  { tile, plan, core, maxima, forest }: TilePrediction,
  request: PredictionRequest,
  options: TilePredictionOptions,
): PendingPrediction | undefined {
  const steps = packForest(forest).usedFeatures.map((feature) => plan.features[feature].step);
  if (plan.dimensions === 3 || tile.depth > 1 || steps.includes(-1)) return undefined;
  const maximum = (step: number) => knownMaximum(plan, maxima, step);
  const { passes, passOfStep } = planPasses(plan, steps, maximum);
  const features = steps.map((step) => passOfStep[step]);
  const tilePlan = planTileFilters(passes, features, memories(gpu, options));
  if (!tilePlan || !canWalk(gpu, forest, countRounds(passes, tilePlan))) return undefined;
  const { maxBytes = gpu.maxBindingBytes } = options;
  const filters = encodeTileFilters(batch, { tile, core, passes, plan: tilePlan, maxBytes });
  if (!filters) return undefined;
  const { shape, memory } = tilePlan;
  const prediction = preparePrediction(gpu, batch, forest, request, {
    numPixels: pixelCount(core),
    granularity: core.width * shape.height,
    maxBytes,
  });
  if (request.classes) batch.clear(prediction.classes);
  dispatchTiles(batch, tile, core, shape, memory, filters, prediction);
  return prediction.pending;
}

function dispatchTiles(
  batch: Batch,
  tile: Tile,
  core: Region,
  shape: TileShape,
  memory: number,
  filters: TileFilters,
  { tables, constants, classes, pieces, votes }: PredictionBuffers,
): void {
  const { channels, planes, numInstructions, program } = filters;
  const kernel: Kernel = {
    name: "predict_tile",
    code: tileFilters + votesCode + tileCode,
    buffers: ["read", "read", "read", "read", "read", "read_write", "read_write", "read"],
    constants: { ...constants, WIDTH: shape.width, HEIGHT: shape.height, MEMORY: memory },
  };
  for (const { start, length, sums } of pieces) {
    const firstRow = start / core.width;
    const parameters = new Uint32Array(16 + PROGRAM_WORDS);
    parameters.set(votes(length, start));
    parameters.set([tile.width, tile.height, core.x, core.y], 8);
    parameters.set([core.width, core.height, firstRow, numInstructions], 12);
    parameters.set(program, 16);
    const workgroups = Math.ceil(core.width / shape.width) *
      Math.ceil(length / core.width / shape.height);
    batch.dispatch(kernel, parameters, [channels, ...tables, classes, sums, planes], workgroups);
  }
}

/** The least first: it leaves room for more workgroups at a time. */
function memories({ device }: Gpu, { memory }: TilePredictionOptions): number[] {
  if (memory !== undefined) return [memory];
  const most = Math.floor(device.limits.maxComputeWorkgroupStorageSize / 4);
  return [...new Set([LEAST_MEMORY, Math.min(most, 2 * LEAST_MEMORY)])];
}
