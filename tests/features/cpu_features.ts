import type { Region, Tile } from "../../src/backend.ts";
import { planFeatures } from "../../src/features/plan.ts";
import type { FeaturePlan } from "../../src/features/plan_types.ts";
import { computeFeaturesCpu, computeMaximumCpu } from "../../src/features/stack_cpu.ts";
import { wholeRegion } from "../../src/features/regions.ts";

/** The maxima that a plan needs to know, taken over the whole of a tile. */
export function maximaOf(tile: Tile, plan: FeaturePlan): Map<number, number> {
  const maxima = new Map<number, number>();
  for (const step of plan.reductions) {
    maxima.set(step, computeMaximumCpu(tile, plan, step, wholeRegion(tile), maxima));
  }
  return maxima;
}

/** The features of a whole image, as a specification says. */
export function cpuFeatures(
  tile: Tile,
  specification: string,
  dimensions: 2 | 3 = tile.depth > 1 ? 3 : 2,
  core: Region = wholeRegion(tile),
): Float32Array[] {
  const numChannels = tile.channels.length;
  const plan = planFeatures(specification, { numChannels, dimensions });
  return computeFeaturesCpu(tile, plan, core, maximaOf(tile, plan));
}

/** The indices of the pixels that are at least `margin` away from every edge. */
export function insideOf({ width, height, depth }: Tile, margin: number): number[] {
  const mz = depth > 1 ? margin : 0;
  const inside = [];
  for (let z = mz; z < depth - mz; z++) {
    for (let y = margin; y < height - margin; y++) {
      for (let x = margin; x < width - margin; x++) inside.push((z * height + y) * width + x);
    }
  }
  return inside;
}
