import type { Image } from "../image/image.ts";
import {
  classifyObjects,
  type ClassifyObjectsOptions,
  type ObjectClasses,
} from "./object_model.ts";
import { findObjects, type ObjectPixels } from "./object_pixels.ts";
import { TableClassifier } from "./table_classifier.ts";

/** What classifiers share that decide about objects one by one, from their measurements. */
export abstract class ObjectTableClassifier extends TableClassifier {
  /**
   * The class of every object as a list, with its label and measurements.
   *
   * @param labels 2D or 3D; numbers may be left out.
   * @param image As in training; needed for features of intensity.
   * @throws {DaubError} `image` when the labels are no labels, hold no object, or differ from the
   * image in size; `options` when a feature needs an image; `features` when a table lacks one.
   */
  async classify(
    labels: Image,
    image?: Image | readonly Image[],
    options: ClassifyObjectsOptions = {},
  ): Promise<ObjectClasses> {
    return await this.classifyFound(findObjects(labels), image, options);
  }

  /** @ignore */
  protected async classifyFound(
    objects: ObjectPixels,
    image: Image | readonly Image[] | undefined,
    options: ClassifyObjectsOptions,
  ): Promise<ObjectClasses> {
    return await classifyObjects(this.model, objects, { image, table: options.table }, options);
  }
}
