import type { Backend, LabelledPrediction, ObjectRequest } from "../backend.ts";
import { prunePlan } from "../features/plan.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import type { Forest, PredictionRequest } from "../forest/forest.ts";
import { checkConnectivity } from "../labeling/connectivity.ts";
import { predictImage, usedFeatures } from "./predict.ts";
import { findMaxima, type FlowOptions, forEachTile, type Source, tilesOf } from "./source.ts";

/**
 * Classifies every pixel of an image and labels the objects; an image of a single tile goes through
 * all stages without leaving the device.
 *
 * @throws {DaubError} `options` when the connectivity does not suit the dimensions.
 */
export async function segmentSource(
  backend: Backend,
  source: Source,
  plan: FeaturePlan,
  forest: Forest,
  request: PredictionRequest,
  objects: ObjectRequest,
  options: FlowOptions = {},
): Promise<LabelledPrediction> {
  checkConnectivity(objects.connectivity, source);
  const used = prunePlan(plan, usedFeatures(forest));
  const placements = tilesOf(backend, source, used);
  if (placements.length > 1) {
    const wanted = { ...request, classes: true };
    const { classes, ...rest } = await predictImage(
      backend,
      source,
      plan,
      forest,
      wanted,
      options,
    );
    const { positiveClass, connectivity, into } = objects;
    const found = await backend.labelComponents(
      classes!,
      source,
      positiveClass,
      connectivity,
      into,
    );
    return { ...rest, ...(request.classes && { classes }), objects: found };
  }
  const maxima = await findMaxima(backend, source, used, options);
  let result: LabelledPrediction;
  await forEachTile(source, placements, async (tile) => {
    result = await backend.segmentTile(tile, used, maxima, forest, request, objects);
  }, options);
  return result!;
}
