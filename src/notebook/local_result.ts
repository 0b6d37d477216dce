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
  const counts = countClasses(classes!);
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

/** How many pixels there are of each class. Most have the class of those before them. */
function countClasses(classes: Uint8Array): Float64Array {
  const counts = new Float64Array(256);
  const isAligned = classes.byteOffset % 4 === 0;
  const words = isAligned
    ? new Uint32Array(classes.buffer, classes.byteOffset, classes.length >> 2)
    : new Uint32Array(0);
  for (let from = 0; from < words.length;) {
    const word = words[from];
    let end = from + 1;
    while (end < words.length && words[end] === word) end++;
    for (let shift = 0; shift < 32; shift += 8) counts[word >>> shift & 255] += end - from;
    from = end;
  }
  for (let i = 4 * words.length; i < classes.length; i++) counts[classes[i]]++;
  return counts;
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
