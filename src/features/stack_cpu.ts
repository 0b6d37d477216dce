import type { Region, Tile } from "../backend.ts";
import type { WorkerPool } from "../cpu/pool.ts";
import { pixelCount } from "../image/image.ts";
import type { FeaturePlan } from "./plan_types.ts";
import { type Band, runStrips, runStripsTogether } from "./run_strips_cpu.ts";

/** The largest value over the whole image of steps that gamma follows. */
type Maxima = ReadonlyMap<number, number>;

/** What is made of the results of steps, band by band. */
interface Collection<Result> {
  /** The steps. */
  readonly wanted: ReadonlySet<number>;
  readonly core: Region;
  take(band: Band): void;
  result(): Result;
}

/**
 * The feature planes of the core, in the plan's order.
 *
 * Features that the plan leaves out (step -1) share one plane of zeros.
 */
export function computeFeaturesCpu(
  tile: Tile,
  plan: FeaturePlan,
  core: Region,
  maxima: Maxima,
): Float32Array[] {
  return collect(tile, plan, maxima, collectPlanes(plan, core));
}

/** {@linkcode computeFeaturesCpu} on all threads. */
export function computeFeaturesTogether(
  pool: WorkerPool,
  tile: Tile,
  plan: FeaturePlan,
  core: Region,
  maxima: Maxima,
  into?: readonly Float32Array[],
): Promise<Float32Array[]> {
  return collectTogether(pool, tile, plan, maxima, collectPlanes(plan, core, into));
}

/** The largest value of a step over the core; -Infinity where no pixel is a number. */
export function computeMaximumCpu(
  tile: Tile,
  plan: FeaturePlan,
  step: number,
  core: Region,
  maxima: Maxima,
): number {
  return collect(tile, plan, maxima, collectMaximum(step, core));
}

/** {@linkcode computeMaximumCpu} on all threads. */
export function computeMaximumTogether(
  pool: WorkerPool,
  tile: Tile,
  plan: FeaturePlan,
  step: number,
  core: Region,
  maxima: Maxima,
): Promise<number> {
  return collectTogether(pool, tile, plan, maxima, collectMaximum(step, core));
}

/** The features of single pixels of the tile: row-major, pixels × features. */
export function sampleFeaturesCpu(
  tile: Tile,
  plan: FeaturePlan,
  pixels: Uint32Array,
  maxima: Maxima,
): Float32Array {
  if (pixels.length === 0) return new Float32Array(0);
  return collect(tile, plan, maxima, collectSamples(tile, plan, pixels));
}

/** {@linkcode sampleFeaturesCpu} on all threads. */
export async function sampleFeaturesTogether(
  pool: WorkerPool,
  tile: Tile,
  plan: FeaturePlan,
  pixels: Uint32Array,
  maxima: Maxima,
): Promise<Float32Array> {
  if (pixels.length === 0) return new Float32Array(0);
  return await collectTogether(pool, tile, plan, maxima, collectSamples(tile, plan, pixels));
}

function collect<Result>(
  tile: Tile,
  plan: FeaturePlan,
  maxima: Maxima,
  { wanted, core, take, result }: Collection<Result>,
): Result {
  runStrips(tile, plan, wanted, core, maxima, take);
  return result();
}

async function collectTogether<Result>(
  pool: WorkerPool,
  tile: Tile,
  plan: FeaturePlan,
  maxima: Maxima,
  { wanted, core, take, result }: Collection<Result>,
): Promise<Result> {
  await runStripsTogether(pool, tile, plan, wanted, core, maxima, take);
  return result();
}

/** The steps of features that are not left out. */
function stepsOf({ features }: FeaturePlan): { steps: number[]; wanted: Set<number> } {
  const steps = features.map(({ step }) => step);
  return { steps, wanted: new Set(steps.filter((step) => step >= 0)) };
}

function collectPlanes(
  plan: FeaturePlan,
  core: Region,
  into?: readonly Float32Array[],
): Collection<Float32Array[]> {
  const { steps, wanted } = stepsOf(plan);
  const count = pixelCount(core);
  const zeros = new Float32Array(steps.includes(-1) ? count : 0);
  const planes = steps.map((step, i) => step < 0 ? zeros : into?.[i] ?? new Float32Array(count));
  const take = ({ region, planes: results, stride }: Band) => {
    const { y, z, width, height, depth } = region;
    // Bands are as wide as the core; where no row has a gap behind it, those of a slice are one.
    const rows = stride === width ? height : 1;
    steps.forEach((step, i) => {
      const result = results.get(step);
      if (!result) return;
      for (let k = 0; k < depth; k++) {
        const to = ((z + k - core.z) * core.height + y - core.y) * width;
        for (let j = 0; j < height; j += rows) {
          const from = (k * height + j) * stride;
          planes[i].set(result.subarray(from, from + rows * width), to + j * width);
        }
      }
    });
  };
  return { wanted, core, take, result: () => planes };
}

function collectMaximum(step: number, core: Region): Collection<number> {
  let maximum = -Infinity;
  const take = ({ region, planes, stride }: Band) => {
    const values = planes.get(step)!;
    for (let start = 0; start < values.length; start += stride) {
      const end = start + region.width;
      for (let i = start; i < end; i++) if (values[i] > maximum) maximum = values[i];
    }
  };
  return { wanted: new Set([step]), core, take, result: () => maximum };
}

function collectSamples(
  tile: Tile,
  plan: FeaturePlan,
  pixels: Uint32Array,
): Collection<Float32Array> {
  const { steps, wanted } = stepsOf(plan);
  const samples = new Float32Array(pixels.length * steps.length);
  const take = ({ region, planes, stride }: Band) => {
    const results = steps.map((step) => planes.get(step));
    for (let i = 0; i < pixels.length; i++) {
      const column = pixels[i] % tile.width;
      const row = (pixels[i] - column) / tile.width;
      const x = column - region.x;
      const y = row % tile.height - region.y;
      const z = Math.floor(row / tile.height) - region.z;
      if (y < 0 || y >= region.height || z < 0 || z >= region.depth) continue;
      const at = (z * region.height + y) * stride + x;
      results.forEach((result, k) => {
        if (result) samples[i * steps.length + k] = result[at];
      });
    }
  };
  return { wanted, core: boundingBox(tile, pixels), take, result: () => samples };
}

function boundingBox({ width, height }: Tile, pixels: Uint32Array): Region {
  let [left, top, front] = [Infinity, Infinity, Infinity];
  let [right, bottom, back] = [-1, -1, -1];
  for (let i = 0; i < pixels.length; i++) {
    const x = pixels[i] % width;
    const row = (pixels[i] - x) / width;
    const y = row % height;
    const z = (row - y) / height;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    front = Math.min(front, z);
    back = Math.max(back, z);
  }
  const [w, h, d] = [right - left + 1, bottom - top + 1, back - front + 1];
  return { x: left, y: top, z: front, width: w, height: h, depth: d };
}
