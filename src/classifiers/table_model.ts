import { DaubError } from "../errors.ts";
import type { Samples } from "../flow/samples.ts";
import type { Forest } from "../forest/forest.ts";
import { predictClasses } from "../forest/probabilities.ts";
import { trainForest } from "../forest/train.ts";
import { appendSamples, type ForestOptions, samplesUnknown } from "./model.ts";
import type { Rows } from "./table_rows.ts";

/** What every classifier of rows, objects or pairs consists of. */
export interface TableModel {
  /** The columns, in the order of the forest. */
  readonly featureNames: readonly string[];
  /** What was learnt. */
  readonly forest: Forest;
  /** The training data, known until the classifier is written to text. */
  readonly samples?: Samples;
}

/** What the rows of a table stand for, in messages. */
export interface RowWords {
  /** For example `"objects"`. */
  readonly rows: string;
  /** What to do when a class is missing, for example `"Paint over objects of each class."`. */
  readonly advice: string;
}

/** How {@linkcode trainRows} grows its forest. */
export interface TrainRowsOptions extends ForestOptions {
  /** Gives up between two trees. */
  readonly signal?: AbortSignal;
}

/**
 * Grows a forest on the rows that have a class and miss no value, and on the samples of `previous`
 * where it is given.
 *
 * @param classes The class number of each row; 0 where it is not known.
 */
export async function trainRows(
  rows: Rows,
  classes: Uint8Array,
  featureNames: readonly string[],
  words: RowWords,
  options: TrainRowsOptions,
  previous?: TableModel,
): Promise<TableModel> {
  if (previous && !previous.samples) throw samplesUnknown();
  const samples = sampleRows(rows, classes, featureNames, words);
  return await trainSamples([samples], featureNames, words, options, previous);
}

/**
 * The rows that have a class and miss no value.
 *
 * @param classes The class number of each row; 0 where it is not known.
 * @throws {DaubError} `annotation` when no row has a class; `features` when those that have one miss
 * values.
 */
export function sampleRows(
  rows: Rows,
  classes: Uint8Array,
  featureNames: readonly string[],
  words: RowWords,
): Samples {
  const chosen = indicesWhere(rows, (row) => classes[row] > 0);
  if (chosen.length === 0) throw noRows(rows, classes, featureNames, words);
  return {
    values: pickRows(rows, chosen, featureNames.length),
    classes: Uint8Array.from(chosen, (row) => classes[row]),
  };
}

/** Grows a forest on samples, those of `previous` first where it is given. */
export async function trainSamples(
  parts: readonly Samples[],
  featureNames: readonly string[],
  words: RowWords,
  options: TrainRowsOptions,
  previous?: TableModel,
): Promise<TableModel> {
  const samples = appendSamples(...previous ? [previous.samples!] : [], ...parts);
  checkClasses(samples.classes, words);
  const { maxDepth, numTrees, randomState, votes, signal } = options;
  const forest = await trainForest(samples.values, samples.classes, {
    numFeatures: featureNames.length,
    maxDepth,
    numTrees,
    randomState,
    votes,
    signal,
  });
  return { featureNames, forest, samples };
}

/** The class of every row; 0 where a value is missing. What is infinite is beyond all thresholds. */
export function classifyRows({ forest }: TableModel, given: Rows): Uint8Array {
  const rows = withoutInfinity(given, forest.numFeatures);
  const classes = new Uint8Array(rows.isComplete.length);
  const complete = indicesWhere(rows, () => true);
  if (complete.length === 0) return classes;
  const found = predictClasses(forest, pickRows(rows, complete, forest.numFeatures));
  complete.forEach((row, i) => classes[row] = found[i]);
  return classes;
}

/** The largest of 32-bit floats. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/** Rows in which only what is NaN is missing. */
function withoutInfinity(rows: Rows, width: number): Rows {
  if (rows.isComplete.every((isComplete) => isComplete === 1)) return rows;
  const values = rows.values.map((value) => Math.max(-LARGEST, Math.min(LARGEST, value)));
  const isComplete = rows.isComplete.map((_, row) =>
    values.subarray(row * width, (row + 1) * width).some(Number.isNaN) ? 0 : 1
  );
  return { values, isComplete };
}

function indicesWhere({ isComplete }: Rows, wanted: (row: number) => boolean): Uint32Array {
  const found = new Uint32Array(isComplete.length);
  let count = 0;
  for (let row = 0; row < isComplete.length; row++) {
    if (isComplete[row] === 1 && wanted(row)) found[count++] = row;
  }
  return found.subarray(0, count);
}

function pickRows({ values, isComplete }: Rows, chosen: Uint32Array, width: number): Float32Array {
  if (chosen.length === isComplete.length) return values;
  const picked = new Float32Array(chosen.length * width);
  chosen.forEach((row, i) =>
    picked.set(values.subarray(row * width, (row + 1) * width), i * width)
  );
  return picked;
}

function checkClasses(classes: Uint8Array, { rows, advice }: RowWords): void {
  if (classes.some((number) => number !== classes[0])) return;
  throw new DaubError(
    "annotation",
    `Expected ${rows} of at least two classes but found only class ${classes[0]}. ${advice}`,
    { expected: "at least two classes", found: [classes[0]] },
  );
}

/** Why there is nothing to learn from: no classes, or missing values wherever there is one. */
function noRows(
  { values }: Rows,
  classes: Uint8Array,
  featureNames: readonly string[],
  { rows, advice }: RowWords,
): DaubError {
  if (classes.every((number) => number === 0)) {
    return new DaubError(
      "annotation",
      `Expected ${rows} with a class but found none. ${advice}`,
      { expected: `${rows} of at least two classes`, found: 0 },
    );
  }
  const width = featureNames.length;
  const missing = featureNames.filter((_, f) =>
    classes.some((number, row) => number > 0 && !Number.isFinite(values[row * width + f]))
  );
  return new DaubError(
    "features",
    `Expected ${rows} with a class and a finite value of every feature but found values missing ` +
      `or infinite in all of them: ${missing.join(", ")}. Leave out such features.`,
    { expected: "finite values", found: missing },
  );
}
