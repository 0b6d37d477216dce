import { DaubError } from "../errors.ts";
import { describeSize, type Image, sameSize } from "../image/image.ts";
import { readLabels } from "../measurement/read_labels.ts";
import { aggregatedJaccard } from "./aggregated_jaccard.ts";
import { matchObjects } from "./match_objects.ts";
import { oneImage } from "./one_image.ts";
import { findOverlaps, type Overlap, type Overlaps } from "./overlaps.ts";

/** How {@linkcode evaluate} compares objects. */
export interface EvaluateOptions {
  /**
   * The intersections over union from which a found object counts as a true one, each above 0 and at
   * most 1. Default 0.5, 0.55, …, 0.95.
   */
  readonly thresholds?: readonly number[];
}

/** How many objects were found, at one threshold. */
export interface ThresholdScores {
  /** The intersection over union that a pair needs. */
  readonly threshold: number;
  /** Found objects that are true ones: TP. */
  readonly truePositives: number;
  /** Found objects that are none: FP. */
  readonly falsePositives: number;
  /** True objects that were not found: FN. */
  readonly falseNegatives: number;
  /** TP / (TP + FP). */
  readonly precision: number;
  /** TP / (TP + FN). */
  readonly recall: number;
  /** 2 TP / (2 TP + FP + FN). */
  readonly f1: number;
  /** TP / (TP + FP + FN): the average precision of the Data Science Bowl 2018 and of StarDist. */
  readonly averagePrecision: number;
  /** The mean intersection over union of the pairs; 0 where there are none. */
  readonly meanMatchedIou: number;
  /** The sum over the pairs divided by TP + FP / 2 + FN / 2 (Kirillov et al., CVPR 2019). */
  readonly panopticQuality: number;
}

/** A found object and the true one that it was matched with. */
export interface ObjectMatch {
  /** Its label in the result. */
  readonly found: number;
  /** Its label in the truth. */
  readonly truth: number;
  /** Intersection over union. */
  readonly iou: number;
}

/** How well objects agree with the true ones. */
export interface Evaluation {
  /** Objects in the result. */
  readonly numFound: number;
  /** Objects in the truth. */
  readonly numTrue: number;
  /** One entry per threshold, ascending. */
  readonly thresholds: readonly ThresholdScores[];
  /** The mean of `averagePrecision` over the thresholds. */
  readonly meanAveragePrecision: number;
  /** The aggregated Jaccard index of Kumar et al., IEEE TMI 36 (2017). */
  readonly aggregatedJaccard: number;
  /** Object against background, pixel by pixel: intersection over union. */
  readonly foregroundIou: number;
  /** The pairs at the lowest threshold, by ascending true label. */
  readonly matches: readonly ObjectMatch[];
  /** True objects without a partner at the lowest threshold, ascending. */
  readonly missed: readonly number[];
  /** Found objects without a partner at the lowest threshold, ascending. */
  readonly spurious: readonly number[];
  /** The outcome in words. */
  readonly statement: string;
}

const DEFAULT_THRESHOLDS = Array.from({ length: 10 }, (_, i) => (50 + 5 * i) / 100);

/**
 * Compares a label image with the true one, object by object.
 *
 * A found object is a true one if the pixels that both have, divided by those that either has, reach
 * a threshold. Above 0.5 no object can have two partners; at and below it, objects are paired so
 * that most pairs reach it, then so that they agree best. Where nothing was to be found and nothing
 * was found, every score is 1; where only one side is empty, 0.
 *
 * Sources: Caicedo et al., "Nucleus segmentation across imaging experiments: the 2018 Data Science
 * Bowl", Nature Methods 16 (2019); Schmidt et al., "Cell detection with star-convex polygons",
 * MICCAI 2018, and `stardist.matching`; Kumar et al., IEEE TMI 36 (2017); Kirillov et al.,
 * "Panoptic segmentation", CVPR 2019.
 *
 * @param labels What was found: 0 is background, every object has a number of its own, in any order
 * and with gaps.
 * @param truth What is true, of the same size.
 * @throws {DaubError} `image` when sizes differ or pixels are no labels; `options` for thresholds
 * that are not above 0 and at most 1.
 *
 * @example Half of an object, and one too many
 * ```ts
 * import { evaluate } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const size = { width: 8, height: 1, depth: 1 };
 * const labels = { data: Uint8Array.of(1, 1, 0, 0, 0, 0, 2, 2), ...size };
 * const truth = { data: Uint8Array.of(5, 5, 5, 5, 0, 0, 0, 0), ...size };
 * const { thresholds, aggregatedJaccard } = evaluate(labels, truth, { thresholds: [0.5] });
 * assert.equal(thresholds[0].precision, 0.5);
 * assert.equal(thresholds[0].recall, 1);
 * assert.equal(aggregatedJaccard, 2 / 6);
 * ```
 */
export function evaluate(
  labels: Image | readonly Image[],
  truth: Image | readonly Image[],
  options: EvaluateOptions = {},
): Evaluation {
  const thresholds = checkThresholds(options.thresholds ?? DEFAULT_THRESHOLDS);
  const found = oneImage(labels, "label image");
  const expected = oneImage(truth, "true label image");
  if (!sameSize(found, expected)) throw otherSize(found, expected);
  const overlaps = findOverlaps(readLabels(found), readLabels(expected));
  const pairings = thresholds.map((threshold) => matchObjects(overlaps.pairs, threshold));
  const scores = thresholds.map((threshold, i) => score(threshold, pairings[i], overlaps));
  const [lowest] = pairings;
  const { numbers: foundNumbers } = overlaps.found;
  const { numbers: trueNumbers } = overlaps.truth;
  const result = {
    numFound: foundNumbers.length,
    numTrue: trueNumbers.length,
    thresholds: scores,
    meanAveragePrecision: scores.reduce((sum, { averagePrecision }) => sum + averagePrecision, 0) /
      scores.length,
    aggregatedJaccard: aggregatedJaccard(overlaps),
    foregroundIou: foregroundIou(overlaps),
    matches: lowest.map(({ found, truth, iou }): ObjectMatch => ({
      found: foundNumbers[found],
      truth: trueNumbers[truth],
      iou,
    })),
    missed: without(trueNumbers, lowest.map(({ truth }) => truth)),
    spurious: without(foundNumbers, lowest.map(({ found }) => found)),
  };
  return { ...result, statement: describe(result) };
}

function score(
  threshold: number,
  pairs: readonly Overlap[],
  { found, truth }: Overlaps,
): ThresholdScores {
  const truePositives = pairs.length;
  const falsePositives = found.numbers.length - truePositives;
  const falseNegatives = truth.numbers.length - truePositives;
  const sum = pairs.reduce((total, { iou }) => total + iou, 0);
  const isEmpty = truePositives + falsePositives + falseNegatives === 0;
  const share = (part: number, whole: number) => isEmpty ? 1 : whole === 0 ? 0 : part / whole;
  const halves = truePositives + (falsePositives + falseNegatives) / 2;
  return {
    threshold,
    truePositives,
    falsePositives,
    falseNegatives,
    precision: share(truePositives, truePositives + falsePositives),
    recall: share(truePositives, truePositives + falseNegatives),
    f1: share(truePositives, halves),
    averagePrecision: share(truePositives, truePositives + falsePositives + falseNegatives),
    meanMatchedIou: share(sum, truePositives),
    panopticQuality: share(sum, halves),
  };
}

function foregroundIou({ found, truth, pairs }: Overlaps): number {
  const sum = (sizes: Float64Array) => sizes.reduce((a, b) => a + b, 0);
  const both = pairs.reduce((total, { pixels }) => total + pixels, 0);
  const either = sum(found.sizes) + sum(truth.sizes) - both;
  return either === 0 ? 1 : both / either;
}

/** The numbers at all indices but some. */
function without(numbers: Uint32Array, indices: readonly number[]): number[] {
  const paired = new Set(indices);
  return [...numbers].filter((_, i) => !paired.has(i));
}

function checkThresholds(thresholds: readonly number[]): number[] {
  const wrong = thresholds.find((threshold) => !(threshold > 0 && threshold <= 1));
  if (thresholds.length > 0 && wrong === undefined) return [...thresholds].sort((a, b) => a - b);
  const found = wrong ?? "none";
  throw new DaubError(
    "options",
    `Expected thresholds above 0 and at most 1 but found ${found}. Write for example 0.5.`,
    { expected: "above 0 and at most 1", found, where: "thresholds" },
  );
}

function otherSize(labels: Image, truth: Image): DaubError {
  return new DaubError(
    "image",
    `Expected a true label image of ${describeSize(labels)} pixels, like the result, but found ` +
      `one of ${describeSize(truth)}. Choose the truth that belongs to this image.`,
    { expected: describeSize(labels), found: describeSize(truth), where: "truth" },
  );
}

function describe(
  { numFound, numTrue, thresholds, meanAveragePrecision, aggregatedJaccard }: Omit<
    Evaluation,
    "statement"
  >,
): string {
  const [{ threshold, truePositives, f1 }] = thresholds;
  const range = thresholds.length === 1
    ? `${threshold}`
    : `${threshold} to ${thresholds.at(-1)!.threshold}`;
  return `${truePositives} of ${numTrue} true objects were found among ${numFound} at an ` +
    `intersection over union of ${threshold} (F1 ${f1.toFixed(3)}); mean average precision ` +
    `${meanAveragePrecision.toFixed(3)} at ${range}, aggregated Jaccard index ` +
    `${aggregatedJaccard.toFixed(3)}.`;
}
