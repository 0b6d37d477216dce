import type { Image } from "../image/image.ts";
import type { Table } from "../measurement/table.ts";
import type { Samples } from "../flow/samples.ts";
import { type ForestOptions, type RunOptions, samplesUnknown, timed } from "./model.ts";
import { expectSameFeatures, measureObjects, type ObjectInput } from "./object_measurements.ts";
import { findObjects, type ObjectPixels, paintedClasses } from "./object_pixels.ts";
import { onlyChannel } from "./only_channel.ts";
import {
  classifyRows,
  type RowWords,
  sampleRows,
  type TableModel,
  trainSamples,
} from "./table_model.ts";
import { readRows, splitNames } from "./table_rows.ts";
import { naming, nothingToTrainOn } from "./train_model.ts";

/** Objects and the strokes painted over them. */
export interface ObjectTrainingPair extends ObjectInput {
  /** The objects: a label image, 2D or 3D. */
  readonly labels: Image;
  /**
   * The strokes: an image of the same size whose pixels hold class numbers 1 … 255, and 0 where
   * nothing was painted. An object under strokes of several classes is of the largest, as in APOC.
   */
  readonly annotation: Image;
}

/** What to measure, and how the forest is grown. */
export interface TrainManyObjectsOptions extends ForestOptions, RunOptions {
  /**
   * Names of measurements, separated by blanks, as `measure` knows them. Default `area` and
   * `mean_max_distance_to_centroid_ratio`, and with an image also `mean_intensity` and
   * `standard_deviation_intensity`.
   */
  readonly features?: string;
}

/** {@linkcode ObjectTrainingPair}, what to measure, and how the forest is grown. */
export interface TrainObjectsOptions extends ObjectTrainingPair, TrainManyObjectsOptions {}

/** One of several images with objects and strokes, as `readImageFolders` gives them. */
export interface ObjectTrainingImages {
  /** The objects: a label image, 2D or 3D. */
  readonly labels: Image | readonly Image[];
  /** The strokes, of the same size. */
  readonly annotation: Image | readonly Image[];
  /** The intensities; needed for features of intensity only. */
  readonly image?: Image | readonly Image[];
  /** What messages call them, such as their path. */
  readonly name?: string;
}

/** Images with objects and strokes, in memory or read one after the other. */
export type ManyObjectTrainingImages =
  | Iterable<ObjectTrainingImages>
  | AsyncIterable<ObjectTrainingImages>;

/** Where objects are classified, and what is known of them. */
export interface ClassifyObjectsOptions extends RunOptions, Pick<ObjectInput, "table"> {}

/** The classes of objects and what they were decided from. */
export interface ObjectClasses {
  /** The label of each object, ascending. */
  readonly labels: Uint32Array;
  /** The class of each object; 0 where one of its features is not defined. */
  readonly classes: Uint8Array;
  /** The measurements, one row per object. */
  readonly table: Table;
}

const SHAPE = "area mean_max_distance_to_centroid_ratio";
const INTENSITY = "mean_intensity standard_deviation_intensity";

const WORDS: RowWords = { rows: "objects", advice: "Paint over some objects of each class." };

/** What one training takes over from others. */
export interface TableGrowth {
  /** Whose samples come first, and whose features are used. */
  readonly previous?: TableModel;
  /** Refuses the painted classes, before a forest is grown. */
  readonly expectClasses?: (painted: readonly number[]) => void;
}

/** Measures objects and learns from those that were painted over, and from `previous` samples. */
export async function trainObjects(
  options: TrainObjectsOptions,
  growth: TableGrowth = {},
): Promise<TableModel> {
  return await trainObjectsOnMany([options], options, growth);
}

/** Measures the objects of image after image and learns from all that were painted over. */
export async function trainObjectsOnMany(
  images: ManyObjectTrainingImages,
  options: TrainManyObjectsOptions,
  { previous, expectClasses }: TableGrowth = {},
): Promise<TableModel> {
  if (previous && !previous.samples) throw samplesUnknown();
  const parts: Samples[] = [];
  let names = previous?.featureNames;
  for await (const given of images) {
    await naming(given, async () => {
      const { image, table }: ObjectInput = given;
      const objects = findObjects(onlyChannel(given.labels, "labels"));
      const painted = paintedClasses(objects, onlyChannel(given.annotation, "annotation"));
      const specification = options.features ?? (image || table ? `${SHAPE} ${INTENSITY}` : SHAPE);
      const wanted = names ?? splitNames(specification, SHAPE);
      const measured = await measureObjects(objects, { image, table }, wanted, options);
      const found = table ? wanted : Object.keys(measured.columns);
      if (names) expectSameFeatures(names, found);
      names = found;
      parts.push(sampleRows(readRows(measured, names), painted, names, WORDS));
    });
  }
  if (!names || parts.length === 0) throw nothingToTrainOn();
  expectClasses?.([...new Set(parts.flatMap(({ classes }) => [...classes]))].sort((a, b) => a - b));
  return await timed(
    "train",
    options.onStage,
    () => trainSamples(parts, names!, WORDS, options, previous),
  );
}

/** Measures objects and gives each its class. */
export async function classifyObjects(
  model: TableModel,
  objects: ObjectPixels,
  input: ObjectInput,
  options: RunOptions,
): Promise<ObjectClasses> {
  const { featureNames } = model;
  const table = await measureObjects(objects, input, featureNames, options);
  if (!input.table) expectSameFeatures(featureNames, Object.keys(table.columns));
  const rows = readRows(table, featureNames);
  const classes = await timed(
    "classify",
    options.onStage,
    () => Promise.resolve(classifyRows(model, rows)),
  );
  return { labels: objects.labels, classes, table };
}
