import { DaubError } from "../errors.ts";

/** The most classes a forest can tell apart. */
export const MAX_CLASSES = 255;

/** The most trees that are grown; a thousand is plenty, more only cost time. */
export const MAX_TREES = 1_000_000;

/** Refuses an option that is not an integer within bounds. */
export function checkInteger(name: string, value: number, least: number, most = Infinity): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const expected = most === Infinity
    ? `an integer of at least ${least}`
    : `an integer from ${least} to ${most}`;
  throw new DaubError("options", `Expected ${name} to be ${expected} but found ${value}.`, {
    expected,
    found: value,
    where: name,
  });
}

/** Refuses a sample matrix that does not have one row per class number. */
export function checkSamples(
  samples: Float32Array,
  numFeatures: number,
  numSamples: number,
): void {
  if (numSamples === 0) {
    throw new DaubError(
      "annotation",
      "Expected labelled samples to train from but found none. Paint some pixels of each class.",
      { expected: "at least two samples", found: 0 },
    );
  }
  if (samples.length !== numSamples * numFeatures) {
    throw new DaubError(
      "options",
      `Expected ${numSamples} × ${numFeatures} sample values, one row for each class number, ` +
        `but found ${samples.length}.`,
      { expected: numSamples * numFeatures, found: samples.length, where: "samples" },
    );
  }
}

/** Refuses NaN and infinity in a sample matrix. */
export function checkFinite(samples: Float32Array, numFeatures: number): void {
  for (let i = 0; i < samples.length; i++) {
    if (Number.isFinite(samples[i])) continue;
    const where = `feature ${i % numFeatures} of sample ${Math.floor(i / numFeatures)}`;
    throw new DaubError(
      "features",
      `Expected finite feature values but found ${samples[i]} in ${where}. Leave out the feature ` +
        `or the sample.`,
      { expected: "a finite value", found: samples[i], where },
    );
  }
}

/** The class numbers that occur, ascending, and each sample's class as an index into them. */
export interface ClassIndices {
  readonly classes: number[];
  readonly indices: Uint8Array;
}

/** Replaces class numbers by indices; refuses what is not an integer ≥ 1, and a single class. */
export function indexClasses(numbers: ArrayLike<number>): ClassIndices {
  const occurring = new Set<number>();
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i];
    if (!occurring.has(number)) {
      if (!Number.isInteger(number) || number < 1) {
        throw new DaubError(
          "annotation",
          `Expected class numbers to be integers of at least 1 but found ${number} at sample ${i}.`,
          { expected: "an integer of at least 1", found: number, where: `sample ${i}` },
        );
      }
      occurring.add(number);
    }
  }
  const classes = [...occurring].sort((a, b) => a - b);
  if (classes.length === 1) {
    throw new DaubError(
      "annotation",
      `Expected at least two classes but found only class ${classes[0]}. Paint some pixels of ` +
        `another class.`,
      { expected: "at least two classes", found: classes },
    );
  }
  if (classes.length > MAX_CLASSES) {
    throw new DaubError(
      "annotation",
      `Expected at most ${MAX_CLASSES} classes but found ${classes.length}. Use fewer class ` +
        `numbers.`,
      { expected: MAX_CLASSES, found: classes.length },
    );
  }
  const indexOf = new Map(classes.map((number, index) => [number, index]));
  const indices = new Uint8Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) indices[i] = indexOf.get(numbers[i])!;
  return { classes, indices };
}
