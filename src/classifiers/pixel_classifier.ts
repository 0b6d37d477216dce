import type { Image } from "../image/image.ts";
import { classifyImage } from "./classify_image.ts";
import { ForestClassifier, parseModel } from "./forest_classifier.ts";
import type {
  RunOptions,
  TrainingPair,
  TrainingPairs,
  TrainManyOptions,
  TrainOptions,
} from "./model.ts";
import { trainModel, trainModelOnMany } from "./train_model.ts";

/**
 * Gives every pixel a class: a random forest on a feature stack.
 *
 * The counterpart of APOC's `PixelClassifier`; its files open here and ours there.
 *
 * @example Two halves of an image
 * ```ts
 * import { PixelClassifier } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const size = { width: 16, height: 16, depth: 1 };
 * const data = Float32Array.from({ length: 256 }, (_, i) => i % 16 < 8 ? 10 : 200);
 * const strokes = Uint8Array.from({ length: 256 }, (_, i) => [1, 0, 0, 2][(i % 16) >> 2]);
 * const classifier = await PixelClassifier.train({
 *   image: { data, ...size },
 *   annotation: { data: strokes, ...size },
 *   features: "original gaussian_blur=1",
 *   backend: "cpu",
 * });
 * const classes = await classifier.predict({ data, ...size }, { backend: "cpu" });
 * assert.deepEqual([classes.data[0], classes.data[15]], [1, 2]);
 * ```
 */
export class PixelClassifier extends ForestClassifier {
  /** The kind, as in the classifier file. */
  override readonly className = "PixelClassifier";

  /**
   * Trains on the painted pixels of an image.
   *
   * @throws {DaubError} `annotation` when sizes differ, nothing or only one class is painted, or
   * values are no class numbers; `features`, `image` and `backend` as the stages find.
   */
  static async train(options: TrainOptions): Promise<PixelClassifier> {
    return new PixelClassifier(await trainModel(options));
  }

  /**
   * Trains one classifier on the painted pixels of several images, which are read one at a time.
   *
   * @param pairs Images and strokes, such as {@linkcode readImageFolders} gives.
   * @throws {DaubError} as {@linkcode PixelClassifier.train} does, with the name of the image;
   * `image` when images differ in channels or dimensions.
   */
  static async trainOnMany(
    pairs: TrainingPairs,
    options: TrainManyOptions = {},
  ): Promise<PixelClassifier> {
    return new PixelClassifier(await trainModelOnMany(pairs, options));
  }

  /** Reads the text of a classifier file. @throws {DaubError} `classifier` when it is damaged. */
  static parse(text: string, where?: string): PixelClassifier {
    return new PixelClassifier(parseModel(text, "PixelClassifier", where).model);
  }

  /**
   * A new classifier trained on a further image in addition to everything trained on before.
   *
   * @throws {DaubError} `classifier` when this one was read from a file; `image` when the image has
   * other channels or dimensions; otherwise as {@linkcode PixelClassifier.train} does.
   */
  async continueTraining(options: TrainingPair & RunOptions): Promise<PixelClassifier> {
    const retrain = this.retrainOptions(options);
    return new PixelClassifier(await trainModel(retrain, { previous: this.model }));
  }

  /**
   * The class number of every pixel.
   *
   * @throws {DaubError} `image` when the image does not suit the classifier; `backend`; `cancelled`.
   */
  async predict(
    image: Image | readonly Image[],
    options: RunOptions = {},
  ): Promise<Image<Uint8Array>> {
    const { classes } = await classifyImage(image, this, { ...options, classes: true });
    return classes!;
  }
}
