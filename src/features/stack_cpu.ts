import type { Region, Tile } from "../backend.ts";
import { pixelCount } from "../image/image.ts";
import type { FeaturePlan } from "./plan_types.ts";
import { runStrips, type StepStrip } from "./run_strips_cpu.ts";

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
  runStrips(tile, plan, wanted, core, maxima, (strip) => {
    steps.forEach((step, i) => {
      if (step === strip.step) copyStrip(strip, core, planes[i]);
    });
  });
  return planes;
}

function copyStrip({ region, data, indexOf }: StepStrip, core: Region, plane: Float32Array): void {
  const { x, y, z, width, height, depth } = region;
  for (let k = z; k < z + depth; k++) {
    for (let j = y; j < y + height; j++) {
      const from = indexOf(x, j, k);
      const to = ((k - core.z) * core.height + j - core.y) * core.width + x - core.x;
      plane.set(data.subarray(from, from + width), to);
    }
  }
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
  runStrips(tile, plan, new Set([step]), core, maxima, ({ region, data, indexOf }) => {
    const { x, y, z, width, height, depth } = region;
    for (let k = z; k < z + depth; k++) {
      for (let j = y; j < y + height; j++) {
        const start = indexOf(x, j, k);
        for (let i = start; i < start + width; i++) if (data[i] > maximum) maximum = data[i];
      }
    }
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
  runStrips(tile, plan, wanted, core, maxima, ({ step, region, data, indexOf }) => {
    const columns = steps.flatMap((other, i) => other === step ? [i] : []);
    for (let i = 0; i < pixels.length; i++) {
      const x = pixels[i] % width;
      const row = (pixels[i] - x) / width;
      const y = row % height;
      const z = (row - y) / height;
      if (y < region.y || y >= region.y + region.height) continue;
      if (z < region.z || z >= region.z + region.depth) continue;
      const value = data[indexOf(x, y, z)];
      for (const column of columns) samples[i * numFeatures + column] = value;
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
