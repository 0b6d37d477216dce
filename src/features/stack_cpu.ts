import type { Region, Tile } from "../backend.ts";
import { pixelCount } from "../image/image.ts";
import type { FeaturePlan } from "./plan_types.ts";
import { type Band, runStrips } from "./run_strips_cpu.ts";

/** The largest value over the whole image of steps that gamma follows. */
type Maxima = ReadonlyMap<number, number>;

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
  const steps = plan.features.map(({ step }) => step);
  const zeros = new Float32Array(steps.includes(-1) ? pixelCount(core) : 0);
  const planes = steps.map((step) => step < 0 ? zeros : new Float32Array(pixelCount(core)));
  const wanted = new Set(steps.filter((step) => step >= 0));
  runStrips(tile, plan, wanted, core, maxima, (band) => copyBand(band, steps, core, planes));
  return planes;
}

/** Copies the results of a band to where they lie in the planes of the core. */
function copyBand(
  { region, planes: results }: Band,
  steps: readonly number[],
  core: Region,
  planes: readonly Float32Array[],
): void {
  const { x, y, z, width, height, depth } = region;
  // Bands are as wide as the core, so the rows of a slice lie together.
  const slice = width * height;
  steps.forEach((step, i) => {
    const result = results.get(step);
    for (let k = 0; result && k < depth; k++) {
      const to = ((z + k - core.z) * core.height + y - core.y) * core.width + x - core.x;
      planes[i].set(result.subarray(k * slice, (k + 1) * slice), to);
    }
  });
}

/** The largest value of a step over the core; -Infinity where no pixel is a number. */
export function computeMaximumCpu(
  tile: Tile,
  plan: FeaturePlan,
  step: number,
  core: Region,
  maxima: Maxima,
): number {
  let maximum = -Infinity;
  runStrips(tile, plan, new Set([step]), core, maxima, ({ planes }) => {
    const values = planes.get(step)!;
    for (let i = 0; i < values.length; i++) if (values[i] > maximum) maximum = values[i];
  });
  return maximum;
}

/** The features of single pixels of the tile: row-major, pixels × features. */
export function sampleFeaturesCpu(
  tile: Tile,
  plan: FeaturePlan,
  pixels: Uint32Array,
  maxima: Maxima,
): Float32Array {
  const numFeatures = plan.features.length;
  const samples = new Float32Array(pixels.length * numFeatures);
  if (pixels.length === 0) return samples;
  const { width, height } = tile;
  const steps = plan.features.map(({ step }) => step);
  const wanted = new Set(steps.filter((step) => step >= 0));
  const core = boundingBox(tile, pixels);
  runStrips(tile, plan, wanted, core, maxima, ({ region, planes }) => {
    const results = steps.map((step) => planes.get(step));
    for (let i = 0; i < pixels.length; i++) {
      const column = pixels[i] % width;
      const row = (pixels[i] - column) / width;
      const [x, y, z] = [
        column - region.x,
        row % height - region.y,
        Math.floor(row / height) - region.z,
      ];
      if (y < 0 || y >= region.height || z < 0 || z >= region.depth) continue;
      const at = (z * region.height + y) * region.width + x;
      results.forEach((result, k) => {
        if (result) samples[i * numFeatures + k] = result[at];
      });
    }
  });
  return samples;
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
