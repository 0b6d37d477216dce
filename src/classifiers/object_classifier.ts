import type { Image } from "../image/image.ts";
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
import { findObjects, paintClasses } from "./object_pixels.ts";
import { ObjectTableClassifier } from "./object_table_classifier.ts";
import { parseTableModel } from "./table_classifier.ts";

/**
 * Gives every object a class: a random forest on measurements of size, shape, intensity and
 * neighbours.
 *
 * The counterpart of APOC's `ObjectClassifier`; its files open here and ours there.
 *
 * @example Large blobs and small ones
 * ```ts
 * import { labelComponents, ObjectClassifier, readImage } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const [image] = await readImage(new URL("../../samples/blobs.tif", import.meta.url));
 * const mask = { ...image, data: Uint8Array.from(image.data as Uint8Array, (v) => v > 120 ? 1 : 0) };
 * const labels = await labelComponents(mask, { backend: "cpu" });
 *
 * // Strokes over two objects: one of each class.
 * const annotation = { ...image, data: new Uint8Array(image.data.length) };
 * annotation.data[labels.data.indexOf(1)] = 1;
 * annotation.data[labels.data.indexOf(2)] = 2;
 * const classifier = await ObjectClassifier.train({
 *   labels,
 *   annotation,
 *   image,
 *   features: "area mean_intensity average_distance_of_n_nearest_neighbors=3",
 *   backend: "cpu",
 * });
 * const classes = await classifier.predict(labels, image, { backend: "cpu" });
 * assert.equal(classes.data[labels.data.indexOf(1)], 1);
 * assert.equal(classes.data[labels.data.indexOf(2)], 2);
 * ```
 */
export class ObjectClassifier extends ObjectTableClassifier {
  /** The kind, as in the classifier file. */
  override readonly className = "ObjectClassifier";

  /**
   * Trains on the objects that were painted over.
   *
   * @throws {DaubError} `image` when the labels are no labels, hold no object, or differ from the
   * image in size; `annotation` when its size differs, it touches no object, or only one class is
   * painted; `options` when a feature is unknown or needs an image; `features` when a feature is not
   * defined for any painted object.
   */
  static async train(options: TrainObjectsOptions): Promise<ObjectClassifier> {
    return new ObjectClassifier(await trainObjects(options));
  }

  /**
   * Trains one classifier on the painted objects of several images, which are read one at a time.
   *
   * @param images Labels, strokes and images, such as `readImageFolders` gives.
   * @throws {DaubError} as {@linkcode ObjectClassifier.train} does, with the name of the image.
   */
  static async trainOnMany(
    images: ManyObjectTrainingImages,
    options: TrainManyObjectsOptions = {},
  ): Promise<ObjectClassifier> {
    return new ObjectClassifier(await trainObjectsOnMany(images, options));
  }

  /** Reads the text of a classifier file. @throws {DaubError} `classifier` when it is damaged. */
  static parse(text: string, where?: string): ObjectClassifier {
    return new ObjectClassifier(parseTableModel(text, "ObjectClassifier", where).model);
  }

  /**
   * A new classifier trained on further objects in addition to everything trained on before.
   *
   * @throws {DaubError} `classifier` when this one was read from a file; otherwise as
   * {@linkcode ObjectClassifier.train} does.
   */
  async continueTraining(options: ObjectTrainingPair & RunOptions): Promise<ObjectClassifier> {
    const model = await trainObjects({ ...options, ...this.retrainOptions() }, {
      previous: this.model,
    });
    return new ObjectClassifier(model);
  }

  /**
   * An image in which every object is painted with its class; the background is 0, as are objects
   * for which a feature is not defined.
   *
   * @param labels 2D or 3D; numbers may be left out.
   * @param image As in training; needed for features of intensity.
   * @throws {DaubError} as {@linkcode ObjectClassifier.classify} does.
   */
  async predict(
    labels: Image,
    image?: Image | readonly Image[],
    options: ClassifyObjectsOptions = {},
  ): Promise<Image<Uint8Array>> {
    const objects = findObjects(labels);
    const { classes } = await this.classifyFound(objects, image, options);
    return paintClasses(objects, classes);
  }
}
