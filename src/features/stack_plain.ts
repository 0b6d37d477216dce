import type { Region, Tile } from "../backend.ts";
import { pixelCount, type Size } from "../image/image.ts";
import type { FeaturePlan } from "./plan_types.ts";
import { dilateRegion, intersectRegions, uniteRegions, wholeRegion } from "./regions.ts";
import { runStep } from "./steps_plain.ts";

/** The largest value over the whole image of steps that gamma follows. */
type Maxima = ReadonlyMap<number, number>;

/** The feature planes of the core, in the plan's order, in plain TypeScript. */
export function computeFeaturesPlain(
  tile: Tile,
  plan: FeaturePlan,
  core: Region,
  maxima: Maxima,
): Float32Array[] {
  const steps = plan.features.map(({ step }) => step);
  const results = runPlan(tile, plan, new Set(steps), core, maxima);
  const zeros = new Float32Array(pixelCount(core));
  return steps.map((step) => results.get(step) ?? zeros);
}

/** The largest value of a step over the core; -Infinity where no pixel is a number. */
export function computeMaximumPlain(
  tile: Tile,
  plan: FeaturePlan,
  step: number,
  core: Region,
  maxima: Maxima,
): number {
  let maximum = -Infinity;
  for (const value of runPlan(tile, plan, new Set([step]), core, maxima).get(step)!) {
    if (value > maximum) maximum = value;
  }
  return maximum;
}

/** The features of single pixels of the tile: row-major, pixels × features. */
export function sampleFeaturesPlain(
  tile: Tile,
  plan: FeaturePlan,
  pixels: Uint32Array,
  maxima: Maxima,
): Float32Array {
  const { width, height } = tile;
  const numFeatures = plan.features.length;
  const samples = new Float32Array(pixels.length * numFeatures);
  if (pixels.length === 0) return samples;
  const placeOf = (pixel: number): Region => ({
    ...{ x: pixel % width, y: Math.floor(pixel / width) % height },
    ...{ z: Math.floor(pixel / (width * height)), width: 1, height: 1, depth: 1 },
  });
  const core = pixels.reduce(
    (box, pixel) => uniteRegions(box, placeOf(pixel)),
    placeOf(pixels[0]),
  );
  const planes = computeFeaturesPlain(tile, plan, core, maxima);
  pixels.forEach((pixel, i) => {
    const { x, y, z } = placeOf(pixel);
    const at = ((z - core.z) * core.height + y - core.y) * core.width + x - core.x;
    planes.forEach((plane, k) => samples[i * numFeatures + k] = plane[at]);
  });
  return samples;
}

/** The planes of the wanted steps over the core. */
function runPlan(
  tile: Tile,
  { steps, halo, dimensions }: FeaturePlan,
  wanted: ReadonlySet<number>,
  core: Region,
  maxima: Maxima,
): Map<number, Float32Array> {
  // What reaches beyond this does not reach the core.
  const region = intersectRegions(dilateRegion(core, halo), wholeRegion(tile));
  const inner = { ...core, x: core.x - region.x, y: core.y - region.y, z: core.z - region.z };
  const lastUse = new Map<number, number>();
  for (let i = steps.length - 1; i >= 0; i--) {
    if (!wanted.has(i) && !lastUse.has(i)) continue;
    for (const input of steps[i].inputs) if (!lastUse.has(input)) lastUse.set(input, i);
  }
  const planes = new Map<number, Float32Array>();
  const results = new Map<number, Float32Array>();
  steps.forEach(({ operation, inputs }, i) => {
    if (!wanted.has(i) && !lastUse.has(i)) return;
    const plane = operation.kind === "input"
      ? cropPlane(tile.channels[operation.channel], tile, region)
      : runStep(operation, {
        planes: inputs.map((input) => planes.get(input)!),
        size: region,
        dimensions,
        maximum: maxima.get(inputs[0]),
      });
    if (wanted.has(i)) results.set(i, cropPlane(plane, region, inner));
    planes.set(i, plane);
    for (const input of inputs) if (lastUse.get(input) === i) planes.delete(input);
  });
  return results;
}

/** The pixels of a region of a plane. */
function cropPlane(
  plane: Float32Array,
  { width, height }: Size,
  region: Region,
): Float32Array {
  const cropped = new Float32Array(pixelCount(region));
  for (let z = 0, to = 0; z < region.depth; z++) {
    for (let y = 0; y < region.height; y++, to += region.width) {
      const from = ((z + region.z) * height + y + region.y) * width + region.x;
      cropped.set(plane.subarray(from, from + region.width), to);
    }
  }
  return cropped;
}
