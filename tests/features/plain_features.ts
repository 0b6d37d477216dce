import type { Region, Tile } from "../../src/backend.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { computeFeaturesPlain } from "../../src/features/stack_plain.ts";
import { maximaOf } from "./cpu_features.ts";

/** The features of a whole image in plain TypeScript, as a specification says. */
export function plainFeatures(
  tile: Tile,
  specification: string,
  dimensions: 2 | 3 = tile.depth > 1 ? 3 : 2,
  core: Region = wholeRegion(tile),
): Float32Array[] {
  const numChannels = tile.channels.length;
  const plan = planFeatures(specification, { numChannels, dimensions });
  return computeFeaturesPlain(tile, plan, core, maximaOf(tile, plan));
}
