import { withBackend } from "../backends/open_backend.ts";
import { labelClasses, pixelsToOverwrite } from "../flow/label.ts";
import type { Prediction, PredictionRequest } from "../forest/forest.ts";
import { asChannels, dimensions, type Image } from "../image/image.ts";
import { displayable } from "../image/jupyter_display.ts";
import type { Connectivity, LabelImage } from "../labeling/labels.ts";
import { type ForestClassifier, withPixels } from "./forest_classifier.ts";
import { type RunOptions, timed } from "./model.ts";

/** What {@linkcode classifyImage} is to find. */
export interface ClassifyImageRequest extends PredictionRequest, RunOptions {
  /** Number the connected components of this class. */
  readonly labelsOfClass?: number;
  /** Which pixels of it touch. */
  readonly connectivity?: Connectivity;
  /** What the labels overwrite. Default a new image. */
  readonly into?: LabelImage;
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

/** Classes, probabilities, uncertainty and objects of an image, in one pass over its pixels. */
export async function classifyImage(
  image: Image | readonly Image[],
  classifier: ForestClassifier,
  { labelsOfClass: positiveClass, connectivity, into, ...request }: ClassifyImageRequest,
): Promise<Segmentation> {
  const { onStage, signal } = request;
  return await withBackend(request.backend, async (backend) => {
    // Stages that are to be timed run one after the other.
    if (positiveClass !== undefined && !onStage) {
      const joined = connectivity ?? (dimensions(asChannels(image)[0]) === 3 ? 6 : 4);
      const pixels = into && pixelsToOverwrite(into, asChannels(image)[0]);
      const wanted = { positiveClass, connectivity: joined, ...(pixels && { into: pixels }) };
      const found = await classifier.segment(image, request, wanted, backend, request);
      const { labels: data, count } = found.objects;
      const labels = displayable({ ...withPixels(image, data), count });
      return { ...describe(image, found), labels };
    }
    const want = { ...request, classes: request.classes || positiveClass !== undefined };
    const found = await timed(
      "classify",
      onStage,
      () => classifier.classify(image, want, backend, request),
    );
    const classes = found.classes && withPixels(image, found.classes);
    const labels = classes && positiveClass !== undefined
      ? await timed(
        "label",
        onStage,
        () => labelClasses(classes, { positiveClass, connectivity, backend, signal, into }),
      )
      : undefined;
    const { classes: _, ...rest } = found;
    return {
      ...describe(image, request.classes ? found : rest),
      ...(labels && { labels }),
    };
  });
}

/** The parts of a prediction as images. */
function describe(
  image: Image | readonly Image[],
  { classes, probabilities, uncertainty }: Prediction,
): Segmentation {
  return {
    ...(classes && { classes: withPixels(image, classes) }),
    ...(probabilities && { probabilities: probabilities.map((p) => withPixels(image, p)) }),
    ...(uncertainty && { uncertainty: withPixels(image, uncertainty) }),
  };
}
