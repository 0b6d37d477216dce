import type { Backend } from "../backend.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { pixelCount, type Size } from "../image/image.ts";
import { findMaxima, type FlowOptions, forEachTile, type Source, tilesOf } from "./source.ts";
import { pasteRegion } from "./tiles.ts";

/** A feature stack: one plane of 32-bit floats per feature, in raster order. */
export interface FeatureStack extends Size {
  /** The name of every plane: the feature, with `_1`, `_2`, … for further channels. */
  readonly names: readonly string[];
  /** The planes, in the order of the specification. */
  readonly planes: readonly Float32Array[];
}

/** Computes every feature of a plan over the whole image. */
export async function computeStack(
  backend: Backend,
  source: Source,
  plan: FeaturePlan,
  options: FlowOptions = {},
): Promise<FeatureStack> {
  const { width, height, depth } = source;
  const names = plan.features.map(({ name }) => name);
  const maxima = await findMaxima(backend, source, plan, options);
  let planes: Float32Array[] = [];
  await forEachTile(source, tilesOf(backend, source, plan), async (tile, { core, coreInTile }) => {
    const part = await backend.computeFeatures(tile, plan, coreInTile, maxima);
    if (pixelCount(core) === pixelCount(source)) {
      planes = part;
      return;
    }
    if (planes.length === 0) planes = part.map(() => new Float32Array(pixelCount(source)));
    part.forEach((plane, i) => pasteRegion(plane, planes[i], source, core));
  }, options);
  return { width, height, depth, names, planes };
}
