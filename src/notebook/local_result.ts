import { ObjectSegmenter } from "../classifiers/object_segmenter.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import type { Forest, Prediction } from "../forest/forest.ts";
import type { Image, PixelArray } from "../image/image.ts";
import type { EngineClassifier } from "./engine.ts";

/** A prediction with the size that its image has. */
export interface PredictionImages {
  readonly classes: Image<Uint8Array>;
  readonly probabilities?: readonly Image<Float32Array>[];
  readonly uncertainty?: Image<Float32Array>;
  readonly areas: Readonly<Record<number, number>>;
}

/** Gives the planes of a prediction the size of their image, and counts the pixels of each class. */
export function describePrediction(
  { classes, probabilities, uncertainty }: Prediction,
  { width, height, depth, voxelSize }: Image,
): PredictionImages {
  const image = <Pixels extends PixelArray>(data: Pixels): Image<Pixels> => ({
    data,
    width,
    height,
    depth,
    ...(voxelSize && { voxelSize }),
  });
  const counts = new Float64Array(256);
  for (let i = 0; i < classes!.length; i++) counts[classes![i]]++;
  const areas: Record<number, number> = {};
  counts.forEach((count, value) => {
    if (count > 0) areas[value] = count;
  });
  return {
    classes: image(classes!),
    ...(probabilities && { probabilities: probabilities.map(image) }),
    ...(uncertainty && { uncertainty: image(uncertainty) }),
    areas,
  };
}

/** What a forest says of its features. */
export type ForestFacts = Pick<EngineClassifier, "classes" | "featureImportances" | "statistics">;

/** Names the features of a forest and says how much and where it uses them. */
export function describeForest(plan: FeaturePlan, forest: Forest): ForestFacts {
  const segmenter = segmenterOf(plan, forest, forest.classes[0]);
  return {
    classes: forest.classes,
    featureImportances: segmenter.featureImportances(),
    statistics: segmenter.statistics(),
  };
}

/** The facts and the file of a classifier. */
export function describeClassifier(
  plan: FeaturePlan,
  forest: Forest,
  facts: ForestFacts,
  positiveClass: number,
): EngineClassifier {
  let text: string | undefined;
  return {
    // Deep forests take longer to write than to grow, and are not asked for at every stroke.
    get text() {
      return text ??= segmenterOf(plan, forest, positiveClass).toString();
    },
    ...facts,
  };
}

function segmenterOf(plan: FeaturePlan, forest: Forest, positiveClass: number): ObjectSegmenter {
  const { specification: featureSpecification, dimensions } = plan;
  return new ObjectSegmenter({ featureSpecification, dimensions, forest }, positiveClass);
}
