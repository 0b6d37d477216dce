import { classifyImage, type Segmentation } from "./classifiers/classify_image.ts";
import type { ForestClassifier } from "./classifiers/forest_classifier.ts";
import type { RunOptions } from "./classifiers/model.ts";
import { expectPositiveClass } from "./classifiers/object_segmenter.ts";
import { DaubError } from "./errors.ts";
import type { PredictionRequest } from "./forest/forest.ts";
import type { Image } from "./image/image.ts";
import type { Connectivity } from "./labeling/labels.ts";

export type { Segmentation };

/** What {@linkcode segmentImage} is asked for. */
export interface SegmentImageOptions extends RunOptions {
  /** Which images to return. Default the classes, and the labels when there is a positive class. */
  readonly want?: PredictionRequest & { readonly labels?: boolean };
  /** The class that objects are made of. Default the classifier's own, if it has one. */
  readonly positiveClass?: number;
  /** 4 or 8 in 2D, 6 or 26 in 3D. Default 4 or 6. */
  readonly connectivity?: Connectivity;
}

/**
 * The whole flow for one image: features, classes, probabilities, uncertainty and labels, as
 * asked, in one pass over the pixels.
 *
 * @throws {DaubError} `image` when the image does not suit the classifier; `options` when labels
 * are wanted but no positive class is known, or the connectivity does not suit the dimensions.
 */
export async function segmentImage(
  image: Image | readonly Image[],
  classifier: ForestClassifier,
  options: SegmentImageOptions = {},
): Promise<Segmentation> {
  const positiveClass = options.positiveClass ?? ownPositiveClass(classifier);
  const want = options.want ?? { classes: true, labels: positiveClass !== undefined };
  if (want.labels) expectKnownClass(classifier, positiveClass);
  const { classes, probabilities, uncertainty, labels } = want;
  return await classifyImage(image, classifier, {
    ...options,
    classes,
    probabilities,
    uncertainty,
    ...(labels && { labelsOfClass: positiveClass }),
  });
}

function expectKnownClass(classifier: ForestClassifier, positiveClass: number | undefined): void {
  if (positiveClass !== undefined) return expectPositiveClass(classifier.classes, positiveClass);
  throw new DaubError(
    "options",
    `Expected the class that objects are made of but found none: a ${classifier.className} has ` +
      `no positive class. Name one of ${classifier.classes.join(", ")} as positiveClass.`,
    { expected: classifier.classes, where: "positiveClass" },
  );
}

function ownPositiveClass(classifier: ForestClassifier): number | undefined {
  return "positiveClass" in classifier ? Number(classifier.positiveClass) : undefined;
}
