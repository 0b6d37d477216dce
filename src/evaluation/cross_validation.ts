import { DaubError, throwIfCancelled } from "../errors.ts";
import type { ForestOptions } from "../classifiers/model.ts";
import type { Samples } from "../flow/samples.ts";
import { checkInteger } from "../forest/check_training.ts";
import { predictClasses } from "../forest/probabilities.ts";
import { trainForest } from "../forest/train.ts";
import { type ConfusionMatrix, confusionMatrix } from "./confusion.ts";
import { dealFolds, type Folds, groupsPerClass } from "./folds.ts";

/** Samples and what belongs together among them. */
export interface GroupedSamples extends Samples {
  /**
   * A number for each sample; samples of one number are never trained on and tested in the same
   * fold. For painted pixels what `numberStrokes` returns. Default every sample by itself, which
   * suits rows of a table, not pixels.
   */
  readonly groups?: ArrayLike<number>;
}

/** How {@linkcode crossValidate} divides the samples and grows its forests. */
export interface CrossValidationOptions extends ForestOptions {
  /** Default 5; fewer where no class has that many groups. */
  readonly numFolds?: number;
  /** Gives up between two trees. */
  readonly signal?: AbortSignal;
  /** Told the share of the work that is done, 0 … 1, after each fold. */
  readonly onProgress?: (fraction: number) => void;
}

/** One of the tests that a cross-validation consists of. */
export interface FoldScore {
  /** The share of the tested samples that were classified right. */
  readonly accuracy: number;
  /** Samples that the fold's forest was trained on. */
  readonly numTrained: number;
  /** Samples that it was tested on, whose groups it had not seen. */
  readonly numTested: number;
}

/** How forests do on groups of samples that they have not seen. */
export interface CrossValidation {
  /** The share of all tested samples that were classified right. */
  readonly accuracy: number;
  /** One test after the other; the most and the least say how sure the accuracy is. */
  readonly folds: readonly FoldScore[];
  /** All tested samples: a row per painted class, a column per found class. */
  readonly confusion: ConfusionMatrix;
  /** The class found for each sample; 0 where it was not tested. */
  readonly predicted: Uint32Array;
  /** How many groups each class has, by ascending class number. */
  readonly groupsPerClass: ReadonlyMap<number, number>;
  /** Classes that could not be tested, because all of their samples are in one group. */
  readonly untested: readonly number[];
  /** The outcome in words, with what would make it surer. */
  readonly statement: string;
}

/**
 * Judges a way to train by k-fold cross-validation: groups of samples, for example strokes, are
 * dealt out to folds, and each fold is classified by a forest trained on all the others.
 *
 * Keeping strokes whole keeps neighbours of a pixel from giving its class away, so this tells what
 * to expect where nothing is painted yet. A class with one stroke only always trains and is never
 * tested; the result says so.
 *
 * Sources: Stone, "Cross-validatory choice and assessment of statistical predictions", JRSS B 36
 * (1974); for spatial data Roberts et al., Ecography 40 (2017).
 *
 * @param samples `values` row by row, samples × features; `classes`; and `groups`.
 * @throws {DaubError} `annotation` when fewer than two classes are there, or every class is in one
 * group; `options` when an option is out of bounds or sizes do not match; `cancelled` when the
 * signal says so.
 *
 * @example Two strokes of each class
 * ```ts
 * import { crossValidate } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { accuracy, folds } = await crossValidate({
 *   values: Float32Array.of(1, 2, 3, 4, 11, 12, 13, 14),
 *   classes: Uint8Array.of(1, 1, 1, 1, 2, 2, 2, 2),
 *   groups: [1, 1, 2, 2, 3, 3, 4, 4],
 * });
 * assert.equal(accuracy, 1);
 * assert.equal(folds.length, 2);
 * ```
 */
export async function crossValidate(
  samples: GroupedSamples,
  options: CrossValidationOptions = {},
): Promise<CrossValidation> {
  const { classes } = samples;
  const { numFolds = 5, randomState = 0, signal, onProgress } = options;
  checkInteger("numFolds", numFolds, 2);
  checkInteger("randomState", randomState, 0, 0xffffffff);
  const groups = checkGroups(samples);
  const strokes = groupsPerClass(classes, groups);
  const dealt = dealFolds(classes, groups, numFolds, randomState);
  checkTestable(strokes, dealt);
  const predicted = new Uint32Array(classes.length);
  const folds: FoldScore[] = [];
  for (let fold = 0; fold < dealt.numFolds; fold++) {
    throwIfCancelled(signal);
    const score = await testFold(samples, dealt.foldOf, fold, options, predicted);
    if (score) folds.push(score);
    onProgress?.((fold + 1) / dealt.numFolds);
  }
  if (folds.length === 0) throw untestable([...strokes.keys()]);
  const judged = Uint32Array.from(classes, (number, i) => predicted[i] === 0 ? 0 : number);
  const confusion = confusionMatrix(judged, predicted, 0);
  const tested = new Set(judged);
  const result = {
    accuracy: confusion.accuracy,
    folds,
    confusion,
    predicted,
    groupsPerClass: strokes,
    untested: [...strokes.keys()].filter((number) => !tested.has(number)),
  };
  return { ...result, statement: describe(result, samples.groups !== undefined) };
}

/** Trains without a fold and classifies it; nothing where too little is left to train on. */
async function testFold(
  { values, classes }: Samples,
  foldOf: Int32Array,
  fold: number,
  { maxDepth, numTrees, randomState, votes, signal }: CrossValidationOptions,
  predicted: Uint32Array,
): Promise<FoldScore | undefined> {
  const numFeatures = values.length / classes.length;
  const trained = rowsWhere(classes.length, (row) => foldOf[row] !== fold);
  const seen = new Set(Array.from(trained, (row) => classes[row]));
  const tested = rowsWhere(
    classes.length,
    (row) => foldOf[row] === fold && seen.has(classes[row]),
  );
  if (tested.length === 0 || seen.size < 2) return undefined;
  const forest = await trainForest(
    pickRows(values, trained, numFeatures),
    trained.map((row) => classes[row]),
    { numFeatures, maxDepth, numTrees, randomState, votes, signal },
  );
  const found = predictClasses(forest, pickRows(values, tested, numFeatures));
  let numRight = 0;
  tested.forEach((row, i) => {
    predicted[row] = found[i];
    if (found[i] === classes[row]) numRight++;
  });
  return {
    accuracy: numRight / tested.length,
    numTrained: trained.length,
    numTested: tested.length,
  };
}

function rowsWhere(numRows: number, wanted: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(numRows);
  let count = 0;
  for (let row = 0; row < numRows; row++) if (wanted(row)) rows[count++] = row;
  return rows.subarray(0, count);
}

function pickRows(values: Float32Array, rows: Uint32Array, width: number): Float32Array {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, i) => picked.set(values.subarray(row * width, (row + 1) * width), i * width));
  return picked;
}

function checkGroups({ values, classes, groups }: GroupedSamples): ArrayLike<number> {
  if (classes.length === 0 || values.length % classes.length !== 0 || values.length === 0) {
    throw new DaubError(
      "options",
      `Expected as many values for each of ${classes.length} samples but found ${values.length} ` +
        `values. Paint some pixels of each class first.`,
      { expected: "samples × features", found: values.length, where: "samples" },
    );
  }
  if (groups && groups.length !== classes.length) {
    throw new DaubError(
      "options",
      `Expected ${classes.length} groups, one for each sample, but found ${groups.length}. Number ` +
        `the strokes of the same annotation that the samples come from.`,
      { expected: classes.length, found: groups.length, where: "groups" },
    );
  }
  return groups ?? Uint32Array.from(classes, (_, i) => i);
}

function checkTestable(strokes: ReadonlyMap<number, number>, { numFolds }: Folds): void {
  const classes = [...strokes.keys()];
  if (classes.length < 2) {
    throw new DaubError(
      "annotation",
      `Expected at least two classes but found only class ${classes[0]}. Paint some pixels of ` +
        `another class.`,
      { expected: "at least two classes", found: classes },
    );
  }
  if (numFolds === 0) throw untestable(classes);
}

function untestable(classes: readonly number[]): DaubError {
  return new DaubError(
    "annotation",
    `Expected at least two strokes of some class but found one of each of the classes ` +
      `${classes.join(", ")}. Paint a second stroke of each class, apart from the first.`,
    { expected: "two strokes of a class", found: 1 },
  );
}

function describe(
  { accuracy, folds, confusion, untested }: Omit<CrossValidation, "statement">,
  isGrouped: boolean,
): string {
  const what = isGrouped ? "whole strokes" : "single samples";
  const rest = isGrouped ? "strokes" : "samples";
  const share = `${(100 * accuracy).toFixed(1)} %`;
  const sentences = [
    `${folds.length} tests on ${what}: ${share} of ${confusion.total.toLocaleString("en-US")} ` +
    `samples are classified right by forests that saw only the other ${rest}.`,
  ];
  if (untested.length > 0) {
    const [names, has] = untested.length === 1
      ? [`Class ${untested[0]}`, "has"]
      : [`Classes ${untested.slice(0, -1).join(", ")} and ${untested.at(-1)}`, "have"];
    sentences.push(
      `${names} ${has} one stroke only, so ${
        untested.length === 1 ? "it was" : "they were"
      } never tested: paint another elsewhere.`,
    );
  }
  return sentences.join(" ");
}
