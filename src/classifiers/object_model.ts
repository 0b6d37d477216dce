import type { Image } from "../image/image.ts";
import type { Table } from "../measurement/table.ts";
import { type ForestOptions, type RunOptions, timed } from "./model.ts";
import { expectSameFeatures, measureObjects, type ObjectInput } from "./object_measurements.ts";
import { findObjects, type ObjectPixels, paintedClasses } from "./object_pixels.ts";
import { classifyRows, type RowWords, type TableModel, trainRows } from "./table_model.ts";
import { readRows, splitNames } from "./table_rows.ts";

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

/** {@linkcode ObjectTrainingPair}, what to measure, and how the forest is grown. */
export interface TrainObjectsOptions extends ObjectTrainingPair, ForestOptions, RunOptions {
  /**
   * Names of measurements, separated by blanks, as `measure` knows them. Default `area` and
   * `mean_max_distance_to_centroid_ratio`, and with an image also `mean_intensity` and
   * `standard_deviation_intensity`.
   */
  readonly features?: string;
}

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

/** Measures objects and learns from those that were painted over, and from `previous` samples. */
export async function trainObjects(
  options: TrainObjectsOptions,
  previous?: TableModel,
): Promise<TableModel> {
  const { labels, annotation, image, table, onStage } = options;
  const specification = options.features ?? (image || table ? `${SHAPE} ${INTENSITY}` : SHAPE);
  const wanted = previous?.featureNames ?? splitNames(specification, SHAPE);
  const objects = findObjects(labels);
  const painted = paintedClasses(objects, annotation);
  const measured = await measureObjects(objects, options, wanted, options);
  const names = table ? wanted : Object.keys(measured.columns);
  if (previous) expectSameFeatures(previous.featureNames, names);
  const rows = readRows(measured, names);
  return await timed(
    "train",
    onStage,
    () => trainRows(rows, painted, names, WORDS, options, previous),
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
