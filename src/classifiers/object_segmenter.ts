import { DaubError } from "../errors.ts";
import type { Image } from "../image/image.ts";
import type { Connectivity, LabelImage } from "../labeling/labels.ts";
import type { FileExtras } from "./classifier.ts";
import { classifyImage } from "./classify_image.ts";
import { ForestClassifier, parseModel } from "./forest_classifier.ts";
import type {
  Model,
  RunOptions,
  TrainingPair,
  TrainingPairs,
  TrainManyOptions,
  TrainOptions,
} from "./model.ts";
import { trainModel, trainModelOnMany } from "./train_model.ts";

/** Which class objects are made of. */
export interface PositiveClassOptions {
  /** Default 2, as in APOC. */
  readonly positiveClass?: number;
}

/** {@linkcode TrainOptions} and the class that objects are made of. */
export interface ObjectSegmenterOptions extends TrainOptions, PositiveClassOptions {}

/** {@linkcode RunOptions} and which pixels touch. */
export interface SegmentOptions extends RunOptions {
  /** 4 or 8 in 2D, 6 or 26 in 3D. Default 4 or 6, as in APOC. */
  readonly connectivity?: Connectivity;
  /**
   * A label image of the same size that is not needed any more, such as that of the image before:
   * its pixels are overwritten and become the result's, which saves the time that the system takes
   * to clear new memory.
   */
  readonly into?: LabelImage;
}

/**
 * Finds objects: classifies every pixel and numbers the connected components of one class.
 *
 * The counterpart of APOC's `ObjectSegmenter`; its files open here and ours there.
 *
 * @example Two squares
 * ```ts
 * import { ObjectSegmenter } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const size = { width: 20, height: 10, depth: 1 };
 * const inside = (i: number) => i % 20 % 10 > 3 && i % 20 % 10 < 8 && i >= 60 && i < 140;
 * const data = Uint8Array.from({ length: 200 }, (_, i) => inside(i) ? 200 : 20);
 * const strokes = Uint8Array.from({ length: 200 }, (_, i) => i % 20 > 9 ? 0 : inside(i) ? 2 : 1);
 * const segmenter = await ObjectSegmenter.train({
 *   image: { data, ...size },
 *   annotation: { data: strokes, ...size },
 *   features: "original",
 *   backend: "cpu",
 * });
 * const labels = await segmenter.predict({ data, ...size }, { backend: "cpu" });
 * assert.equal(labels.count, 2);
 * ```
 */
export class ObjectSegmenter extends ForestClassifier {
  /** The kind, as in the classifier file. */
  override readonly className = "ObjectSegmenter";
  /** The class that objects are made of. */
  readonly positiveClass: number;

  /** @ignore */
  constructor(model: Model, positiveClass: number) {
    super(model);
    this.positiveClass = positiveClass;
  }

  /**
   * Trains on the painted pixels of an image.
   *
   * @throws {DaubError} `annotation` when sizes differ, nothing or only one class is painted, or
   * values are no class numbers; `options` when the positive class was not painted; `features`,
   * `image` and `backend` as the stages find.
   */
  static async train(options: ObjectSegmenterOptions): Promise<ObjectSegmenter> {
    return await ObjectSegmenter.trainOnMany([options], options);
  }

  /**
   * Trains one segmenter on the painted pixels of several images, which are read one at a time.
   *
   * The counterpart of APOC's `train_classifier_from_image_folders`.
   *
   * @param pairs Images and strokes, such as {@linkcode readImageFolders} gives.
   * @throws {DaubError} as {@linkcode ObjectSegmenter.train} does, with the name of the image;
   * `image` when images differ in channels or dimensions.
   */
  static async trainOnMany(
    pairs: TrainingPairs,
    options: TrainManyOptions & PositiveClassOptions = {},
  ): Promise<ObjectSegmenter> {
    const { positiveClass = 2 } = options;
    const model = await trainModelOnMany(pairs, options, {
      expectClasses: (painted) => expectPositiveClass(painted, positiveClass),
    });
    return new ObjectSegmenter(model, positiveClass);
  }

  /** Reads the text of a classifier file. @throws {DaubError} `classifier` when it is damaged. */
  static parse(text: string, where?: string): ObjectSegmenter {
    const { model, extras } = parseModel(text, "ObjectSegmenter", where);
    return new ObjectSegmenter(model, extras.positiveClass ?? 2);
  }

  /**
   * A new segmenter trained on a further image in addition to everything trained on before.
   *
   * @throws {DaubError} `classifier` when this one was read from a file; `image` when the image has
   * other channels or dimensions; otherwise as {@linkcode ObjectSegmenter.train} does.
   */
  async continueTraining(options: TrainingPair & RunOptions): Promise<ObjectSegmenter> {
    const model = await trainModel(this.retrainOptions(options), { previous: this.model });
    return new ObjectSegmenter(model, this.positiveClass);
  }

  /**
   * The objects: 0 is background, objects are numbered in raster order of their first pixels.
   *
   * @throws {DaubError} `image` when the image does not suit the classifier; `options` when the
   * connectivity does not suit its dimensions or `into` is of another size; `backend`;
   * `cancelled`.
   */
  async predict(
    image: Image | readonly Image[],
    options: SegmentOptions = {},
  ): Promise<LabelImage> {
    const request = { ...options, labelsOfClass: this.positiveClass };
    const { labels } = await classifyImage(image, this, request);
    return labels!;
  }

  /** @ignore */
  protected override fileExtras(): FileExtras {
    return { positiveClass: this.positiveClass };
  }
}

/** @throws {DaubError} `options` when the class that objects are made of was not painted. */
export function expectPositiveClass(classes: readonly number[], positiveClass: number): void {
  if (classes.includes(positiveClass)) return;
  throw new DaubError(
    "options",
    `Expected the positive class to be one of the painted classes ${classes.join(", ")} but ` +
      `found ${positiveClass}. Paint class ${positiveClass}, or choose another class.`,
    { expected: classes, found: positiveClass, where: "positiveClass" },
  );
}
