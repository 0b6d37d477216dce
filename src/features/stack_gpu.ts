import type { Region, Tile } from "../backend.ts";
import type { Batch } from "../gpu/batch.ts";
import type { Gpu } from "../gpu/gpu.ts";
import { pixelCount, sameSize } from "../image/image.ts";
import { countSlots, dispatchCrop, encodePlanes, type Plane } from "./encode_gpu.ts";
import { gatherKernel, MAXIMUM_PIXELS, maximumKernel, WORKGROUP_SIZE } from "./kernels_gpu.ts";
import { planPasses } from "./passes_gpu.ts";
import type { FeaturePlan } from "./plan_types.ts";
import { countLoadedPlanes, LEAST_MEMORY, planTileFilters } from "./tile_plan_gpu.ts";

/** Feature planes of a region in one buffer, as long as the batch is under way. */
export interface FeatureStackRange {
  readonly buffer: GPUBuffer;
  /** Where the first plane begins, in bytes. */
  readonly offset: number;
  /** From plane to plane, in floats; a multiple of 64, as bindings are aligned to 256 bytes. */
  readonly planeStride: number;
  readonly numPixels: number;
  readonly numFeatures: number;
}

/**
 * Appends what computes features of `core` to a batch, for later dispatches of the same batch to
 * read.
 *
 * @param features Which, in this order. Default all of the plan. Those that the plan leaves out
 * (step -1) are zero.
 */
export function encodeFeatureStack(
  batch: Batch,
  tile: Tile,
  plan: FeaturePlan,
  core: Region,
  maxima: ReadonlyMap<number, number>,
  features: readonly number[] = plan.features.map((_, feature) => feature),
): FeatureStackRange {
  const numPixels = pixelCount(core);
  const planeStride = alignPlane(numPixels);
  const steps = features.map((feature) => plan.features[feature].step);
  const buffer = batch.temporary(Math.max(1, steps.length) * planeStride * 4);
  const plane = (place: number): Plane => ({
    range: { buffer, offset: place * planeStride * 4, size: numPixels * 4 },
    region: core,
  });
  steps.forEach((step, place) => step < 0 && batch.clear(plane(place).range));
  encodePlanes(batch, { tile, plan, wanted: wantedSteps(steps), core, maxima }, {
    place: (step) => {
      const place = steps.indexOf(step);
      return place === steps.lastIndexOf(step) ? plane(place).range : undefined;
    },
    take: (step, from) => {
      if (from.range.buffer === buffer) return;
      steps.forEach((other, place) => other === step && dispatchCrop(batch, from, plane(place)));
    },
  });
  return { buffer, offset: 0, planeStride, numPixels, numFeatures: steps.length };
}

/**
 * The feature planes of `core`, in the plan's order; features that the plan leaves out share one of zeros.
 *
 * @throws {DaubError} `backend` when the GPU fails.
 */
export async function computeFeaturesGpu(
  gpu: Gpu,
  tile: Tile,
  plan: FeaturePlan,
  core: Region,
  maxima: ReadonlyMap<number, number>,
): Promise<Float32Array[]> {
  using batch = gpu.batch();
  const computed = plan.features.flatMap(({ step }, feature) => step < 0 ? [] : [feature]);
  const stack = encodeFeatureStack(batch, tile, plan, core, maxima, computed);
  const { buffer, offset, planeStride, numPixels } = stack;
  const zeros = new ArrayBuffer(computed.length < plan.features.length ? numPixels * 4 : 0);
  const planes = plan.features.map((_, feature) => {
    const place = computed.indexOf(feature);
    if (place < 0) return zeros;
    return batch.read({ buffer, offset: offset + place * planeStride * 4, size: numPixels * 4 });
  });
  await batch.submit();
  return (await Promise.all(planes)).map((bytes) => new Float32Array(bytes));
}

/**
 * The largest value over `core` of one of the plan's steps; -Infinity where nothing is a number.
 *
 * @throws {DaubError} `backend` when the GPU fails.
 */
export async function computeMaximumGpu(
  gpu: Gpu,
  tile: Tile,
  plan: FeaturePlan,
  step: number,
  core: Region,
  maxima: ReadonlyMap<number, number>,
): Promise<number> {
  using batch = gpu.batch();
  const result = { buffer: batch.temporary(4), offset: 0, size: 4 };
  const numPixels = pixelCount(core);
  encodePlanes(batch, { tile, plan, wanted: [step], core, maxima }, {
    take: (_, plane) => {
      let { range } = plane;
      if (!sameSize(plane.region, core)) {
        range = { buffer: batch.temporary(numPixels * 4), offset: 0, size: numPixels * 4 };
        dispatchCrop(batch, plane, { range, region: core });
      }
      const parameters = Uint32Array.of(numPixels);
      const workgroups = Math.ceil(numPixels / MAXIMUM_PIXELS);
      batch.clear(result).dispatch(maximumKernel, parameters, [range, result], workgroups);
    },
  });
  const read = batch.read(result);
  await batch.submit();
  const [key] = new Uint32Array(await read);
  if (key === 0) return -Infinity;
  const bits = key >>> 31 === 1 ? key & 0x7fffffff : ~key;
  return new Float32Array(Int32Array.of(bits).buffer)[0];
}

/**
 * The features of single pixels: row-major, `pixels.length` × features; zeros for features that the
 * plan leaves out.
 *
 * @param pixels Indices into the tile.
 * @throws {DaubError} `backend` when the GPU fails.
 */
export async function sampleFeaturesGpu(
  gpu: Gpu,
  tile: Tile,
  plan: FeaturePlan,
  pixels: Uint32Array,
  maxima: ReadonlyMap<number, number>,
): Promise<Float32Array> {
  const numFeatures = plan.features.length;
  if (pixels.length * numFeatures === 0) return new Float32Array(0);
  using batch = gpu.batch();
  const bytes = pixels.length * numFeatures * 4;
  const samples = { buffer: batch.temporary(bytes), offset: 0, size: bytes };
  const rows = { buffer: batch.upload(pixels as Uint32Array<ArrayBuffer>), offset: 0 };
  batch.clear(samples);
  const core = boundingBox(tile, pixels);
  const wanted = wantedSteps(plan.features.map(({ step }) => step));
  encodePlanes(batch, { tile, plan, wanted, core, maxima }, {
    take: (step, { range, region }) => {
      const { x, y, z, width, height, depth } = region;
      for (const feature of featuresOf(plan, step)) {
        const table = Uint32Array.of(
          ...[tile.width, tile.height, tile.depth, pixels.length],
          ...[width, height, depth, numFeatures],
          ...[x, y, z, feature],
        );
        const buffers = [range, { ...rows, size: pixels.byteLength }, samples];
        const workgroups = Math.ceil(pixels.length / WORKGROUP_SIZE);
        batch.dispatch(gatherKernel, table, buffers, workgroups);
      }
    },
  });
  const read = batch.read(samples);
  await batch.submit();
  return new Float32Array(await read);
}

/**
 * The most pixels that a tile of this plan may have: the stack of all features fits one binding,
 * and so do the planes that the kernel of tiles loads instead; that stack and the planes alive beside
 * it take no more than twice that.
 */
export function maxTilePixelsGpu(gpu: Gpu, plan: FeaturePlan): number {
  const wanted = plan.features.flatMap(({ step }) => step < 0 ? [] : [step]);
  const numFeatures = Math.max(1, wanted.length);
  const numPlanes = numFeatures + countSlots(plan, wanted);
  const floats = Math.floor(gpu.maxBindingBytes / 4);
  const most = floats / Math.max(numFeatures, numLoadedPlanes(plan, wanted));
  const pixels = Math.min(most, 2 * floats / numPlanes);
  return Math.floor(pixels / PLANE_ALIGNMENT) * PLANE_ALIGNMENT;
}

function numLoadedPlanes(plan: FeaturePlan, wanted: readonly number[]): number {
  if (plan.dimensions === 3) return 0;
  const { passes, passOfStep } = planPasses(plan, wanted, () => 1);
  const tilePlan = planTileFilters(passes, wanted.map((step) => passOfStep[step]), [LEAST_MEMORY]);
  return tilePlan ? countLoadedPlanes(tilePlan) : 0;
}

/** The steps that features are results of, each once. */
function wantedSteps(steps: readonly number[]): number[] {
  return [...new Set(steps)].filter((step) => step >= 0);
}

/** The features that are the result of a step. */
function featuresOf({ features }: FeaturePlan, step: number): number[] {
  return features.flatMap((feature, i) => feature.step === step ? [i] : []);
}

/** Floats between allowed beginnings of a binding. */
const PLANE_ALIGNMENT = 64;

function alignPlane(numPixels: number): number {
  return Math.ceil(numPixels / PLANE_ALIGNMENT) * PLANE_ALIGNMENT;
}

/** The smallest box of the tile around single pixels. */
function boundingBox(tile: Tile, pixels: Uint32Array): Region {
  const { width, height } = tile;
  const low = [Infinity, Infinity, Infinity];
  const high = [0, 0, 0];
  for (const pixel of pixels) {
    const position = [
      pixel % width,
      Math.floor(pixel / width) % height,
      Math.floor(pixel / (width * height)),
    ];
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis], position[axis]);
      high[axis] = Math.max(high[axis], position[axis]);
    }
  }
  const [x, y, z] = low;
  return { x, y, z, width: high[0] - x + 1, height: high[1] - y + 1, depth: high[2] - z + 1 };
}
