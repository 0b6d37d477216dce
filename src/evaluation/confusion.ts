import { DaubError } from "../errors.ts";

/** How well one class was told apart from the others. */
export interface ClassScores {
  /** The class number. */
  readonly class: number;
  /** Samples that truly are of the class. */
  readonly numTrue: number;
  /** Samples that were found to be of the class. */
  readonly numPredicted: number;
  /** The share of what was found that is right; 0 where nothing was found. */
  readonly precision: number;
  /** The share of what is true that was found; 0 where the class does not occur. */
  readonly recall: number;
  /** 2 TP / (2 TP + FP + FN), also called Dice's coefficient. */
  readonly f1: number;
  /** TP / (TP + FP + FN), Jaccard's index: intersection over union. */
  readonly iou: number;
}

/** Which classes were taken for which. */
export interface ConfusionMatrix {
  /** The class numbers, ascending: the order of rows and columns. */
  readonly classes: readonly number[];
  /** Numbers of samples, classes × classes row by row: a row per true class, a column per found. */
  readonly counts: Float64Array;
  /** The number of samples. */
  readonly total: number;
  /** The share of samples that were classified right; NaN where there are none. */
  readonly accuracy: number;
  /** The mean recall of the classes that occur; insensitive to how many samples each has. */
  readonly balancedAccuracy: number;
  /** The mean intersection over union of the classes that occur. */
  readonly meanIou: number;
  /** One entry per class, in their order. */
  readonly perClass: readonly ClassScores[];
}

/**
 * Counts which classes were taken for which, as scikit-learn's `confusion_matrix`, and scores each
 * class.
 *
 * @param truth The class number of each sample.
 * @param predicted What was found for it.
 * @param ignore A class number of the truth whose samples do not count, for example 0 for pixels
 * that nobody labelled.
 * @throws {DaubError} `options` when there are not as many predictions as samples, or a class
 * number is not an integer from 0 to 4294967295.
 *
 * @example One of four is wrong
 * ```ts
 * import { confusionMatrix } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { counts, accuracy } = confusionMatrix([1, 1, 2, 2], [1, 2, 2, 2]);
 * assert.deepEqual([...counts], [1, 1, 0, 2]);
 * assert.equal(accuracy, 0.75);
 * ```
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  ignore?: number,
): ConfusionMatrix {
  if (truth.length !== predicted.length) {
    throw new DaubError(
      "options",
      `Expected ${truth.length} predicted classes, one for each true one, but found ` +
        `${predicted.length}.`,
      { expected: truth.length, found: predicted.length, where: "predicted" },
    );
  }
  const counter = new PairCounter();
  for (let i = 0; i < truth.length; i++) {
    if (truth[i] !== ignore) counter.add(truth[i], predicted[i]);
  }
  return counter.matrix();
}

/** Class numbers below this are looked up in an array. */
const SMALL = 256;
const MASK = SMALL - 1;

/** Counts pairs of class numbers. */
class PairCounter {
  readonly #small = new Float64Array(SMALL * SMALL);
  readonly #large = new Map<number, Map<number, number>>();

  add(truth: number, predicted: number): void {
    if ((truth & MASK) === truth && (predicted & MASK) === predicted) {
      this.#small[truth * SMALL + predicted]++;
      return;
    }
    checkClass(truth);
    checkClass(predicted);
    let row = this.#large.get(truth);
    if (!row) this.#large.set(truth, row = new Map());
    row.set(predicted, (row.get(predicted) ?? 0) + 1);
  }

  matrix(): ConfusionMatrix {
    const pairs: [truth: number, predicted: number, count: number][] = [];
    this.#small.forEach((count, i) => {
      if (count > 0) pairs.push([Math.floor(i / SMALL), i % SMALL, count]);
    });
    for (const [truth, row] of this.#large) {
      for (const [predicted, count] of row) pairs.push([truth, predicted, count]);
    }
    const classes = [...new Set(pairs.flatMap(([truth, predicted]) => [truth, predicted]))]
      .sort((a, b) => a - b);
    const indices = new Map(classes.map((number, index) => [number, index]));
    const counts = new Float64Array(classes.length ** 2);
    for (const [truth, predicted, count] of pairs) {
      counts[indices.get(truth)! * classes.length + indices.get(predicted)!] += count;
    }
    return scoreConfusion(classes, counts);
  }
}

function checkClass(number: number): void {
  if (Number.isInteger(number) && number >= 0 && number <= 0xffffffff) return;
  throw new DaubError(
    "options",
    `Expected class numbers to be integers from 0 to 4294967295 but found ${number}.`,
    { expected: "an integer from 0 to 4294967295", found: number },
  );
}

/** Scores a matrix of counts, a row per true class. */
export function scoreConfusion(classes: readonly number[], counts: Float64Array): ConfusionMatrix {
  const numClasses = classes.length;
  let total = 0;
  let numRight = 0;
  const perClass = classes.map((number, c): ClassScores => {
    const right = counts[c * numClasses + c];
    let numTrue = 0;
    let numPredicted = 0;
    for (let other = 0; other < numClasses; other++) {
      numTrue += counts[c * numClasses + other];
      numPredicted += counts[other * numClasses + c];
    }
    total += numTrue;
    numRight += right;
    return {
      class: number,
      numTrue,
      numPredicted,
      precision: share(right, numPredicted),
      recall: share(right, numTrue),
      f1: share(2 * right, numTrue + numPredicted),
      iou: share(right, numTrue + numPredicted - right),
    };
  });
  const occurring = perClass.filter(({ numTrue }) => numTrue > 0);
  const mean = (score: (scores: ClassScores) => number) =>
    occurring.reduce((sum, scores) => sum + score(scores), 0) / occurring.length;
  return {
    classes,
    counts,
    total,
    accuracy: numRight / total,
    balancedAccuracy: mean(({ recall }) => recall),
    meanIou: mean(({ iou }) => iou),
    perClass,
  };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
