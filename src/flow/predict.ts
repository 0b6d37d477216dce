import type { Backend } from "../backend.ts";
import { prunePlan } from "../features/plan.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import type { Forest, Prediction, PredictionRequest } from "../forest/forest.ts";
import { pixelCount } from "../image/image.ts";
import { findMaxima, type FlowOptions, forEachTile, type Source, tilesOf } from "./source.ts";
import { pasteRegion } from "./tiles.ts";

/**
 * Classifies every pixel of an image, tile by tile; the whole feature stack never exists, and
 * features that no tree asks about are not computed.
 */
export async function predictImage(
  backend: Backend,
  source: Source,
  plan: FeaturePlan,
  forest: Forest,
  request: PredictionRequest,
  options: FlowOptions = {},
): Promise<Prediction> {
  const used = prunePlan(plan, usedFeatures(forest));
  const maxima = await findMaxima(backend, source, used, options);
  let whole: Prediction | undefined;
  await forEachTile(source, tilesOf(backend, source, used), async (tile, { core, coreInTile }) => {
    const part = await backend.predictTile(tile, used, coreInTile, maxima, forest, request);
    if (pixelCount(core) === pixelCount(source)) {
      whole = part;
      return;
    }
    whole ??= emptyPrediction(part, pixelCount(source));
    if (part.classes) pasteRegion(part.classes, whole.classes!, source, core);
    if (part.uncertainty) pasteRegion(part.uncertainty, whole.uncertainty!, source, core);
    part.probabilities?.forEach((plane, i) =>
      pasteRegion(plane, whole!.probabilities![i], source, core)
    );
  }, options);
  return whole!;
}

/** The features that some tree asks about. */
export function usedFeatures({ trees }: Forest): Set<number> {
  const used = new Set<number>();
  for (const { feature } of trees) for (const index of feature) if (index >= 0) used.add(index);
  return used;
}

function emptyPrediction(like: Prediction, length: number): Prediction {
  return {
    ...(like.classes && { classes: new Uint8Array(length) }),
    ...(like.uncertainty && { uncertainty: new Float32Array(length) }),
    ...(like.probabilities && {
      probabilities: like.probabilities.map(() => new Float32Array(length)),
    }),
  };
}
