import type { Region, Tile } from "../backend.ts";
import { DaubError } from "../errors.ts";
import { pixelCount } from "../image/image.ts";
import { filterAxes } from "./axes_cpu.ts";
import { gaussianWeights } from "./gaussian_kernel.ts";
import { convolution } from "./line_kernels_cpu.ts";
import { cropPlane, type Plane, planeIndex, PlanePool } from "./plane_cpu.ts";
import type { FeaturePlan, Step } from "./plan_types.ts";
import { combineCpu, gammaCpu, powerCpu } from "./pointwise_cpu.ts";
import { operationReach } from "./reach.ts";
import { dilateRegion, intersectRegions, sameRegion, uniteRegions } from "./regions.ts";
import { stencilCpu } from "./stencil_cpu.ts";
import { windowCpu } from "./window_cpu.ts";

/** The largest value over the whole image of steps that gamma follows. */
type Maxima = ReadonlyMap<number, number>;

/** What happens to the plane of a wanted step; without a place it is overwritten later. */
interface PlaneSink {
  /** Memory of the core's size that the step's plane may be computed in and that stays. */
  place?(step: number): Float32Array | undefined;
  take(step: number, plane: Plane): void;
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
  const steps = plan.features.map(({ step }) => step);
  const zeros = new Float32Array(steps.includes(-1) ? pixelCount(core) : 0);
  const planes = steps.map(() => zeros);
  runSteps(tile, plan, new Set(steps.filter((step) => step >= 0)), core, maxima, {
    place: (step) => planes[steps.indexOf(step)] = new Float32Array(pixelCount(core)),
    take: (step, plane) => {
      steps.forEach((other, i) => {
        if (other !== step || plane.data === planes[i]) return;
        planes[i] = new Float32Array(pixelCount(core));
        cropPlane(plane, core, planes[i]);
      });
    },
  });
  return planes;
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
  runSteps(tile, plan, new Set([step]), core, maxima, {
    take: (_, plane) => {
      const values = new Float32Array(pixelCount(core));
      cropPlane(plane, core, values);
      for (let i = 0; i < values.length; i++) if (values[i] > maximum) maximum = values[i];
    },
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
  const core = boundingBox(tile, pixels);
  runSteps(tile, plan, new Set(steps.filter((step) => step >= 0)), core, maxima, {
    take: (step, plane) => {
      const columns = steps.flatMap((other, i) => other === step ? [i] : []);
      for (let i = 0; i < pixels.length; i++) {
        const x = pixels[i] % width;
        const row = (pixels[i] - x) / width;
        const value = plane.data[planeIndex(plane, x, row % height, Math.floor(row / height))];
        for (const column of columns) samples[i * numFeatures + column] = value;
      }
    },
  });
  return samples;
}

/** Runs the steps that the wanted ones depend on; planes are reused once nobody reads them. */
function runSteps(
  tile: Tile,
  plan: FeaturePlan,
  wanted: ReadonlySet<number>,
  core: Region,
  maxima: Maxima,
  sink: PlaneSink,
): void {
  const { steps } = plan;
  const regions = planRegions(tile, plan, wanted, core);
  const lastUse = new Int32Array(steps.length);
  steps.forEach(({ inputs }, i) => {
    lastUse[i] = i;
    if (regions[i]) { for (const input of inputs) lastUse[input] = i; }
  });
  const pool = new PlanePool();
  const planes: (Plane | undefined)[] = [];
  const pooled = new Set<number>();
  steps.forEach((step, i) => {
    const region = regions[i];
    if (!region) return;
    if (step.operation.kind === "input") {
      planes[i] = { data: tile.channels[step.operation.channel], region };
    } else {
      const placed = wanted.has(i) && sameRegion(region, core) ? sink.place?.(i) : undefined;
      if (!placed) pooled.add(i);
      const out = placed ? { data: placed, region } : pool.take(region);
      runStep(plan, step, step.inputs.map((input) => planes[input]!), maxima, pool, out);
      planes[i] = out;
    }
    if (wanted.has(i)) sink.take(i, planes[i]!);
    for (const done of new Set([...step.inputs, i])) {
      if (lastUse[done] !== i) continue;
      if (pooled.has(done)) pool.give(planes[done]!);
      planes[done] = undefined;
    }
  });
}

/**
 * The part of the tile on which every step must be computed so that the wanted ones are right on
 * the core. A plane that is cut off inside the tile is never read beyond the cut, so repeating its
 * edge is the same as repeating the tile's.
 */
function planRegions(
  tile: Tile,
  { steps, dimensions }: FeaturePlan,
  wanted: ReadonlySet<number>,
  core: Region,
): (Region | undefined)[] {
  const { width, height, depth } = tile;
  const whole: Region = { x: 0, y: 0, z: 0, width, height, depth };
  const regions = steps.map((_, i) => wanted.has(i) ? core : undefined);
  for (let i = steps.length - 1; i >= 0; i--) {
    const region = regions[i];
    if (!region) continue;
    const { operation, inputs } = steps[i];
    if (operation.kind === "input") regions[i] = whole;
    const read = intersectRegions(
      dilateRegion(region, operationReach(operation, dimensions)),
      whole,
    );
    for (const input of inputs) regions[input] = uniteRegions(regions[input] ?? read, read);
  }
  return regions;
}

function runStep(
  { dimensions, steps }: FeaturePlan,
  { operation, inputs }: Step,
  sources: readonly Plane[],
  maxima: Maxima,
  pool: PlanePool,
  out: Plane,
): void {
  const reach = operationReach(operation, dimensions);
  switch (operation.kind) {
    case "input":
      return cropPlane(sources[0], out.region, out.data);
    case "gaussian":
      return filterAxes(
        sources[0],
        reach,
        (_, axis) => {
          return convolution(gaussianWeights(operation.sigma[axis]));
        },
        pool,
        out,
      );
    case "stencil":
      return stencilCpu(sources[0], operation.name, dimensions, reach, out);
    case "window":
      return windowCpu(sources[0], operation, pool, out);
    case "combine":
      return combineCpu(operation.operator, sources[0], sources[1], out);
    case "power":
      return powerCpu(sources[0], operation.exponent, out);
    case "gamma": {
      const maximum = maxima.get(inputs[0]);
      if (maximum === undefined) {
        throw new DaubError(
          "features",
          `Expected the maximum of ${steps[inputs[0]].name} over the whole image to be known.`,
          { where: steps[inputs[0]].name },
        );
      }
      return gammaCpu(sources[0], operation.gamma, maximum, out);
    }
  }
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
