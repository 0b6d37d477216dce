import { ObjectClassifier } from "../classifiers/object_classifier.ts";
import { ObjectMerger } from "../classifiers/object_merger.ts";
import { findObjects, paintedClasses } from "../classifiers/object_pixels.ts";
import { ObjectSelector } from "../classifiers/object_selector.ts";
import { DaubError } from "../errors.ts";
import { measure } from "../flow/measure.ts";
import type { Image } from "../image/image.ts";
import type { LabelImage } from "../labeling/labels.ts";
import type { Table } from "../measurement/table.ts";
import type { ForestOptions } from "../classifiers/model.ts";

/** How objects are classified. */
export interface ObjectOptions extends ForestOptions {
  /** Names of measurements, separated by blanks. */
  readonly features: string;
  /** The class of the objects to keep. */
  readonly positiveClass: number;
}

/** How pieces are merged. */
export interface MergingOptions extends ForestOptions {
  /** Names of features of pairs, separated by blanks. */
  readonly features: string;
}

/** The classes of objects. */
export interface ClassifiedObjects {
  /** The label of every object, ascending. */
  readonly labels: Uint32Array;
  /** The class of every object; 0 where a measurement is not defined. */
  readonly classes: Uint8Array;
  /** The class that was painted on every object; 0 for none. */
  readonly painted: Uint8Array;
  /** The objects of the positive class; all background while none of it is painted. */
  readonly kept: LabelImage;
  /** The label that each kept object was found with, by its number among those kept. */
  readonly keptFrom: Uint32Array;
  /** The text of `ObjectClassifier.cl`. */
  readonly classifier: string;
  /** The text of `ObjectSelector.cl`; undefined while the positive class is not painted. */
  readonly selector?: string;
  readonly featureImportances: Readonly<Record<string, number>>;
}

/** Which pieces belong together. */
export interface MergedObjects {
  readonly labels: LabelImage;
  /** The smaller and the larger label of each pair of pieces that touch. */
  readonly first: Uint32Array;
  readonly second: Uint32Array;
  /** 1 where the pair is merged, 2 where it is kept apart. */
  readonly decisions: Uint8Array;
  /** The text of `ObjectMerger.cl`. */
  readonly classifier: string;
  readonly featureImportances: Readonly<Record<string, number>>;
}

/** Whoever measures and classifies objects for a page. */
export interface ObjectComputer {
  /** Takes labels, which the other questions are about from then on, and measures them. */
  measure(labels: LabelImage, image: readonly Image[], signal?: AbortSignal): Promise<Table>;
  /** Learns from classes painted over the objects; does not measure again. */
  classify(
    annotation: Image<Uint8Array>,
    options: ObjectOptions,
    signal?: AbortSignal,
  ): Promise<ClassifiedObjects>;
  /** Learns from strokes across borders: 1 to merge, 2 to keep. */
  merge(
    annotation: Image<Uint8Array>,
    options: MergingOptions,
    signal?: AbortSignal,
  ): Promise<MergedObjects>;
}

/** Objects with what was measured of them, in this very thread. */
export class ObjectWorkbench implements ObjectComputer {
  #labels: LabelImage | undefined;
  #image: readonly Image[] = [];
  #table: Table | undefined;

  async measure(
    labels: LabelImage,
    image: readonly Image[],
    signal?: AbortSignal,
  ): Promise<Table> {
    const table = await measure(labels, image, {
      properties: "all",
      nearest: [1, 6],
      backend: "cpu",
      signal,
    });
    [this.#labels, this.#image, this.#table] = [labels, image, table];
    return table;
  }

  async classify(
    annotation: Image<Uint8Array>,
    { positiveClass, ...options }: ObjectOptions,
    signal?: AbortSignal,
  ): Promise<ClassifiedObjects> {
    const { labels, table } = this.#taken();
    if (labels.count === 0) {
      throw new DaubError(
        "annotation",
        "Expected objects to classify but found none. First paint some background and an object.",
        { expected: "objects", found: 0 },
      );
    }
    const painted = paintedClasses(findObjects(labels), annotation);
    const training = { ...options, labels, annotation, table, backend: "cpu", signal } as const;
    const run = { table, backend: "cpu", signal } as const;
    const classifier = await ObjectClassifier.train(training);
    const { labels: numbers, classes } = await classifier.classify(labels, undefined, run);
    const selector = painted.includes(positiveClass)
      ? await ObjectSelector.train({ ...training, positiveClass })
      : undefined;
    const kept = await selector?.predict(labels, undefined, run) ??
      { ...labels, data: new Uint32Array(labels.data.length), count: 0 };
    return {
      labels: numbers,
      classes,
      painted,
      kept: plain(kept),
      keptFrom: originsOf(kept, labels),
      classifier: classifier.toString(),
      ...(selector && { selector: selector.toString() }),
      featureImportances: classifier.featureImportances(),
    };
  }

  async merge(
    annotation: Image<Uint8Array>,
    options: MergingOptions,
    signal?: AbortSignal,
  ): Promise<MergedObjects> {
    const { labels, table } = this.#taken();
    const image = this.#image;
    const run = { table, backend: "cpu", signal } as const;
    const merger = await ObjectMerger.train({ ...options, ...run, labels, annotation, image });
    const merged = await merger.predict(labels, image, run);
    const { first, second, classes } = await merger.classify(labels, image, run);
    return {
      labels: plain(merged),
      first,
      second,
      decisions: classes,
      classifier: merger.toString(),
      featureImportances: merger.featureImportances(),
    };
  }

  #taken(): { labels: LabelImage; table: Table } {
    if (this.#labels && this.#table) return { labels: this.#labels, table: this.#table };
    throw new DaubError("image", "Expected objects but found none. Measure them first.");
  }
}

/**
 * The text of `ObjectSelector.cl`.
 *
 * @throws {DaubError} `annotation` while the class that the selector keeps is painted over no object.
 */
export function selectorFile(
  { selector }: ClassifiedObjects,
  { positiveClass }: Pick<ObjectOptions, "positiveClass">,
): string {
  expectKept(selector, positiveClass);
  return selector;
}

/**
 * The objects that the selector keeps.
 *
 * @throws {DaubError} `annotation` while the class that the selector keeps is painted over no object.
 */
export function keptObjects(
  { selector, kept }: ClassifiedObjects,
  { positiveClass }: Pick<ObjectOptions, "positiveClass">,
): LabelImage {
  expectKept(selector, positiveClass);
  return kept;
}

function expectKept(
  selector: string | undefined,
  positiveClass: number,
): asserts selector is string {
  if (selector !== undefined) return;
  throw new DaubError(
    "annotation",
    `Expected strokes of class ${positiveClass}, which the selector keeps, but found none over an ` +
      `object. Paint over some objects with it, or choose another positiveClass in the options.`,
    { expected: positiveClass, where: "positiveClass" },
  );
}

/** The label that each object had in another label image, by its number. */
function originsOf({ data, count }: LabelImage, before: LabelImage): Uint32Array {
  const origins = new Uint32Array(count + 1);
  for (let i = 0; i < data.length; i++) if (data[i] > 0) origins[data[i]] = before.data[i];
  return origins;
}

/** Without methods, so that it can be sent to another thread. */
function plain({ data, width, height, depth, count, voxelSize }: LabelImage): LabelImage {
  return { data, width, height, depth, count, ...(voxelSize && { voxelSize }) };
}
