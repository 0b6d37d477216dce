import type { Image } from "../image/image.ts";
import type { LabelImage } from "../labeling/labels.ts";
import type { FileExtras } from "./classifier.ts";
import type { RunOptions } from "./model.ts";
import { findObjects, paintGroups } from "./object_pixels.ts";
import type { ManyObjectTrainingImages } from "./object_model.ts";
import {
  classifyPairs,
  joinPairs,
  type MergeOptions,
  type MergeTrainingPair,
  type PairClasses,
  type TrainManyPairsOptions,
  type TrainMergerOptions,
  trainPairs,
  trainPairsOnMany,
} from "./pair_model.ts";
import { parseTableModel, TableClassifier } from "./table_classifier.ts";
import type { TableModel } from "./table_model.ts";

/**
 * Merges touching objects that belong together: a random forest on measurements of their borders
 * and of what both differ in.
 *
 * The counterpart of APOC's `ObjectMerger`; its files open here and ours there.
 *
 * @example Borders that are dark stay, borders that are bright go
 * ```ts
 * import { ObjectMerger } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const size = { width: 8, height: 2, depth: 1 };
 * const twice = (row: number[]) => [...row, ...row];
 * const labels = { ...size, data: Uint32Array.from(twice([1, 1, 2, 2, 3, 3, 4, 4])) };
 * const image = { ...size, data: Float32Array.from(twice([9, 9, 9, 1, 1, 9, 9, 9])) };
 * const annotation = { ...size, data: Uint8Array.from(twice([0, 1, 1, 2, 2, 0, 0, 0])) };
 * const merger = await ObjectMerger.train({
 *   labels,
 *   annotation,
 *   image,
 *   features: "mean_touch_intensity",
 * });
 * const merged = await merger.predict(labels, image);
 * assert.equal([...merged.data].join(""), "1111222211112222");
 * ```
 */
export class ObjectMerger extends TableClassifier {
  /** The kind, as in the classifier file. */
  override readonly className = "ObjectMerger";
  /** Whether intensities along borders were cut to whole numbers, as APOC does. */
  readonly integerIntensities: boolean;

  /** @ignore */
  constructor(model: TableModel, integerIntensities: boolean) {
    super(model);
    this.integerIntensities = integerIntensities;
  }

  /**
   * Trains on the pairs of objects whose common border was painted.
   *
   * @throws {DaubError} `image` when the labels are no labels, hold no object, or differ from the
   * image in size; `annotation` when its size differs, it has other numbers than 1 and 2, covers no
   * border, or only one of the two is painted; `options` when a feature is unknown or needs an
   * image; `features` when a feature is not defined for any painted pair.
   */
  static async train(options: TrainMergerOptions): Promise<ObjectMerger> {
    return new ObjectMerger(await trainPairs(options), options.integerIntensities ?? false);
  }

  /**
   * Trains one merger on the painted borders in several images, which are read one at a time.
   *
   * @param images Labels, strokes and images, such as `readImageFolders` gives.
   * @throws {DaubError} as {@linkcode ObjectMerger.train} does, with the name of the image.
   */
  static async trainOnMany(
    images: ManyObjectTrainingImages,
    options: TrainManyPairsOptions = {},
  ): Promise<ObjectMerger> {
    const model = await trainPairsOnMany(images, options);
    return new ObjectMerger(model, options.integerIntensities ?? false);
  }

  /**
   * Reads the text of a classifier file. One of APOC was trained on whole intensities.
   *
   * @throws {DaubError} `classifier` when it is damaged.
   */
  static parse(text: string, where?: string): ObjectMerger {
    const { model, file } = parseTableModel(text, "ObjectMerger", where);
    const isOfApoc = file.daubVersion === undefined;
    return new ObjectMerger(model, file.integerIntensities ?? isOfApoc);
  }

  /**
   * A new merger trained on further pairs in addition to everything trained on before.
   *
   * @throws {DaubError} `classifier` when this one was read from a file; otherwise as
   * {@linkcode ObjectMerger.train} does.
   */
  async continueTraining(options: MergeTrainingPair & RunOptions): Promise<ObjectMerger> {
    const { integerIntensities } = this;
    const all = { ...options, ...this.retrainOptions(), integerIntensities };
    return new ObjectMerger(await trainPairs(all, this.model), integerIntensities);
  }

  /**
   * A label image in which objects that belong together are one, numbered in raster order of their
   * first pixels.
   *
   * @param labels 2D or 3D; numbers may be left out.
   * @param image As in training; needed for features of intensity.
   * @throws {DaubError} as {@linkcode ObjectMerger.classify} does.
   */
  async predict(
    labels: Image,
    image?: Image | readonly Image[],
    options: MergeOptions = {},
  ): Promise<LabelImage> {
    const objects = findObjects(labels);
    const { pairs, classes } = await classifyPairs(
      this.model,
      objects,
      { image, table: options.table },
      { ...options, integerIntensities: options.integerIntensities ?? this.integerIntensities },
    );
    return paintGroups(objects, joinPairs(pairs, classes, objects.labels.length));
  }

  /**
   * What is decided of every pair of touching objects.
   *
   * @throws {DaubError} `image` when the labels are no labels, hold no object, or differ from the
   * image in size or channels; `options` when a feature needs an image.
   */
  async classify(
    labels: Image,
    image?: Image | readonly Image[],
    options: MergeOptions = {},
  ): Promise<PairClasses> {
    const objects = findObjects(labels);
    const { pairs, classes } = await classifyPairs(
      this.model,
      objects,
      { image, table: options.table },
      { ...options, integerIntensities: options.integerIntensities ?? this.integerIntensities },
    );
    const labelOf = (object: number) => objects.labels[object];
    return { first: pairs.first.map(labelOf), second: pairs.second.map(labelOf), classes };
  }

  /** @ignore */
  protected override groundTruthDimensions(): number {
    return 2;
  }

  /** @ignore */
  protected override fileExtras(): FileExtras {
    return { ...(this.integerIntensities && { integerIntensities: true }) };
  }
}
