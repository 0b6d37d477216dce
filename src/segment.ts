import type { Backend } from "./backend.ts";
import type { ForestClassifier } from "./classifiers/forest_classifier.ts";
import { withPixels } from "./classifiers/forest_classifier.ts";
import { type RunOptions, timed } from "./classifiers/model.ts";
import { expectPositiveClass } from "./classifiers/object_segmenter.ts";
import { DaubError } from "./errors.ts";
import type { PredictionRequest } from "./forest/forest.ts";
import type { Image } from "./image/image.ts";
import { labelClasses } from "./flow/label.ts";
import type { Connectivity, LabelImage } from "./labeling/labels.ts";
import { withBackend } from "./backends/open_backend.ts";

/** What {@linkcode segmentImage} is asked for. */
export interface SegmentImageOptions extends RunOptions {
  /** Which images to return. Default the classes, and the labels when there is a positive class. */
  readonly want?: PredictionRequest & { readonly labels?: boolean };
  /** The class that objects are made of. Default the classifier's own, if it has one. */
  readonly positiveClass?: number;
  /** 4 or 8 in 2D, 6 or 26 in 3D. Default 4 or 6. */
  readonly connectivity?: Connectivity;
}

/** Everything that was found in an image: the parts that were asked for. */
export interface Segmentation {
  /** The class number of every pixel. */
  readonly classes?: Image<Uint8Array>;
  /** One image per class, in the order of the classifier's `classes`. */
  readonly probabilities?: readonly Image<Float32Array>[];
  /** 1 − (p1 − p2), p1 and p2 the two largest probabilities of a pixel. */
  readonly uncertainty?: Image<Float32Array>;
  /** The objects. */
  readonly labels?: LabelImage;
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
  const request = { ...want, classes: want.classes || want.labels };
  return await withBackend(options.backend, async (backend: Backend) => {
    const { classes, probabilities, uncertainty } = await timed(
      "classify",
      options.onStage,
      () => classifier.classify(image, request, backend, options),
    );
    const classImage = classes && withPixels(image, classes);
    const labels = want.labels && classImage
      ? await timed("label", options.onStage, () =>
        labelClasses(classImage, {
          positiveClass: positiveClass!,
          connectivity: options.connectivity,
          backend,
        }))
      : undefined;
    return {
      ...(want.classes && { classes: classImage }),
      ...(probabilities && { probabilities: probabilities.map((p) => withPixels(image, p)) }),
      ...(uncertainty && { uncertainty: withPixels(image, uncertainty) }),
      ...(labels && { labels }),
    };
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
