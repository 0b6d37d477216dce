import type { Image } from "../image/image.ts";
import { withBackend } from "../backends/open_backend.ts";
import {
  ForestClassifier,
  parseModel,
  readClassifierText,
  withPixels,
} from "./forest_classifier.ts";
import {
  type RunOptions,
  timed,
  type TrainingPair,
  trainModel,
  type TrainOptions,
} from "./model.ts";

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

  /** Reads the text of a classifier file. @throws {DaubError} `classifier` when it is damaged. */
  static parse(text: string, where?: string): PixelClassifier {
    return new PixelClassifier(parseModel(text, "PixelClassifier", where).model);
  }

  /** Reads a classifier file. */
  static async load(source: string | URL | Blob | Uint8Array): Promise<PixelClassifier> {
    const { text, where } = await readClassifierText(source);
    return PixelClassifier.parse(text, where);
  }

  /**
   * A new classifier trained on a further image in addition to everything trained on before.
   *
   * @throws {DaubError} `classifier` when this one was read from a file.
   */
  async continueTraining(options: TrainingPair & RunOptions): Promise<PixelClassifier> {
    return new PixelClassifier(await trainModel(this.retrainOptions(options), this.model));
  }

  /** The class number of every pixel. */
  async predict(
    image: Image | readonly Image[],
    options: RunOptions = {},
  ): Promise<Image<Uint8Array>> {
    const { classes } = await withBackend(
      options.backend,
      (backend) =>
        timed(
          "classify",
          options.onStage,
          () => this.classify(image, { classes: true }, backend, options),
        ),
    );
    return withPixels(image, classes!);
  }
}
