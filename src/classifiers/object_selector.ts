import type { Image } from "../image/image.ts";
import type { LabelImage } from "../labeling/labels.ts";
import type { FileExtras } from "./classifier.ts";
import type { RunOptions } from "./model.ts";
import {
  type ClassifyObjectsOptions,
  type ManyObjectTrainingImages,
  type ObjectTrainingPair,
  type TrainManyObjectsOptions,
  trainObjects,
  trainObjectsOnMany,
  type TrainObjectsOptions,
} from "./object_model.ts";
import { findObjects, paintGroups } from "./object_pixels.ts";
import { expectPositiveClass, type PositiveClassOptions } from "./object_segmenter.ts";
import { ObjectTableClassifier } from "./object_table_classifier.ts";
import { parseTableModel } from "./table_classifier.ts";
import type { TableModel } from "./table_model.ts";

/** {@linkcode TrainObjectsOptions} and the class of the objects to keep. */
export interface TrainSelectorOptions extends TrainObjectsOptions, PositiveClassOptions {}

/**
 * Keeps the objects of one class: a random forest on their measurements.
 *
 * The counterpart of APOC's `ObjectSelector`; its files open here and ours there.
 *
 * @example Keep what is large
 * ```ts
 * import { ObjectSelector } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const size = { width: 12, height: 1, depth: 1 };
 * const labels = { ...size, data: Uint32Array.of(1, 0, 2, 2, 2, 0, 3, 3, 3, 0, 4, 0) };
 * const annotation = { ...size, data: Uint8Array.of(1, 0, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0) };
 * const selector = await ObjectSelector.train({ labels, annotation, features: "area" });
 * const selected = await selector.predict(labels);
 * assert.equal([...selected.data].join(""), "001110222000");
 * ```
 */
export class ObjectSelector extends ObjectTableClassifier {
  /** The kind, as in the classifier file. */
  override readonly className = "ObjectSelector";
  /** The class of the objects that are kept. */
  readonly positiveClass: number;

  /** @ignore */
  constructor(model: TableModel, positiveClass: number) {
    super(model);
    this.positiveClass = positiveClass;
  }

  /**
   * Trains on the objects that were painted over.
   *
   * @throws {DaubError} `options` when no object of the positive class was painted over; otherwise
   * as `ObjectClassifier.train` does.
   */
  static async train(options: TrainSelectorOptions): Promise<ObjectSelector> {
    return await ObjectSelector.trainOnMany([options], options);
  }

  /**
   * Trains one selector on the painted objects of several images, which are read one at a time.
   *
   * @param images Labels, strokes and images, such as `readImageFolders` gives.
   * @throws {DaubError} as {@linkcode ObjectSelector.train} does, with the name of the image.
   */
  static async trainOnMany(
    images: ManyObjectTrainingImages,
    options: TrainManyObjectsOptions & PositiveClassOptions = {},
  ): Promise<ObjectSelector> {
    const { positiveClass = 2 } = options;
    const model = await trainObjectsOnMany(images, options, {
      expectClasses: (painted) => expectPositiveClass(painted, positiveClass),
    });
    return new ObjectSelector(model, positiveClass);
  }

  /** Reads the text of a classifier file. @throws {DaubError} `classifier` when it is damaged. */
  static parse(text: string, where?: string): ObjectSelector {
    const { model, file } = parseTableModel(text, "ObjectSelector", where);
    return new ObjectSelector(model, file.positiveClass ?? 2);
  }

  /**
   * A new selector trained on further objects in addition to everything trained on before.
   *
   * @throws {DaubError} `classifier` when this one was read from a file; otherwise as
   * {@linkcode ObjectSelector.train} does.
   */
  async continueTraining(options: ObjectTrainingPair & RunOptions): Promise<ObjectSelector> {
    const model = await trainObjects({ ...options, ...this.retrainOptions() }, {
      previous: this.model,
    });
    return new ObjectSelector(model, this.positiveClass);
  }

  /**
   * A label image of the objects that are kept, numbered in raster order of their first pixels.
   *
   * @param labels 2D or 3D; numbers may be left out.
   * @param image As in training; needed for features of intensity.
   * @throws {DaubError} as {@linkcode ObjectSelector.classify} does.
   */
  async predict(
    labels: Image,
    image?: Image | readonly Image[],
    options: ClassifyObjectsOptions = {},
  ): Promise<LabelImage> {
    const objects = findObjects(labels);
    const { classes } = await this.classifyFound(objects, image, options);
    return paintGroups(
      objects,
      Uint32Array.from(classes, (number, o) => number === this.positiveClass ? o + 1 : 0),
    );
  }

  /** @ignore */
  protected override fileExtras(): FileExtras {
    return { positiveClass: this.positiveClass };
  }
}
