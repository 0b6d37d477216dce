import { DaubError } from "../errors.ts";
import type { Image } from "../image/image.ts";
import { labelClasses } from "../flow/label.ts";
import type { Connectivity, LabelImage } from "../labeling/labels.ts";
import { withBackend } from "../backends/open_backend.ts";
import type { FileExtras } from "./classifier.ts";
import {
  ForestClassifier,
  parseModel,
  readClassifierText,
  withPixels,
} from "./forest_classifier.ts";
import {
  type Model,
  type RunOptions,
  timed,
  type TrainingPair,
  trainModel,
  type TrainOptions,
} from "./model.ts";

/** {@linkcode TrainOptions} and the class that objects are made of. */
export interface ObjectSegmenterOptions extends TrainOptions {
  /** Default 2, as in APOC. */
  readonly positiveClass?: number;
}

/** {@linkcode RunOptions} and which pixels touch. */
export interface SegmentOptions extends RunOptions {
  /** 4 or 8 in 2D, 6 or 26 in 3D. Default 4 or 6, as in APOC. */
  readonly connectivity?: Connectivity;
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
    const { positiveClass = 2 } = options;
    const model = await trainModel(options);
    expectPositiveClass(model.forest.classes, positiveClass);
    return new ObjectSegmenter(model, positiveClass);
  }

  /** Reads the text of a classifier file. @throws {DaubError} `classifier` when it is damaged. */
  static parse(text: string, where?: string): ObjectSegmenter {
    const { model, extras } = parseModel(text, "ObjectSegmenter", where);
    return new ObjectSegmenter(model, extras.positiveClass ?? 2);
  }

  /** Reads a classifier file. */
  static async load(source: string | URL | Blob | Uint8Array): Promise<ObjectSegmenter> {
    const { text, where } = await readClassifierText(source);
    return ObjectSegmenter.parse(text, where);
  }

  /** A new segmenter trained on a further image in addition to everything trained on before. */
  async continueTraining(options: TrainingPair & RunOptions): Promise<ObjectSegmenter> {
    const model = await trainModel(this.retrainOptions(options), this.model);
    return new ObjectSegmenter(model, this.positiveClass);
  }

  /** The objects: 0 is background, objects are numbered in raster order of their first pixels. */
  async predict(
    image: Image | readonly Image[],
    options: SegmentOptions = {},
  ): Promise<LabelImage> {
    const { connectivity, onStage } = options;
    return await withBackend(options.backend, async (backend) => {
      const { classes } = await timed(
        "classify",
        onStage,
        () => this.classify(image, { classes: true }, backend, options),
      );
      return await timed("label", onStage, () =>
        labelClasses(withPixels(image, classes!), {
          positiveClass: this.positiveClass,
          connectivity,
          backend,
        }));
    });
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
