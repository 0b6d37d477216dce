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

/** What a page needs to know of a forest. */
export function describeClassifier(
  plan: FeaturePlan,
  forest: Forest,
  positiveClass: number,
): EngineClassifier {
  const { specification, dimensions } = plan;
  const segmenter = new ObjectSegmenter(
    { featureSpecification: specification, dimensions, forest },
    positiveClass,
  );
  let text: string | undefined;
  return {
    // Deep forests take longer to write than to grow, and are not asked for at every stroke.
    get text() {
      return text ??= segmenter.toString();
    },
    classes: forest.classes,
    featureImportances: segmenter.featureImportances(),
    statistics: segmenter.statistics(),
  };
}
