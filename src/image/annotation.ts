import { DaubError } from "../errors.ts";
import type { Image } from "./image.ts";

/**
 * The class numbers of an annotation: 0 where nothing is painted, 1 to 255 where a class is.
 *
 * Any numeric type is accepted as long as every value is a whole number in that range.
 *
 * @throws {DaubError} `annotation` when a value is not such a number or nothing is painted.
 *
 * @example Read class numbers that were saved as floats
 * ```ts
 * import { readAnnotation } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const strokes = { data: Float32Array.of(0, 1, 2), width: 3, height: 1, depth: 1 };
 * assert.deepEqual(readAnnotation(strokes), Uint8Array.of(0, 1, 2));
 * ```
 */
export function readAnnotation(image: Image): Uint8Array {
  const { data } = image;
  const classes = new Uint8Array(data.length);
  let labelled = false;
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    classes[i] = value;
    if (classes[i] !== value) throw notAClass(image, i);
    if (value !== 0) labelled = true;
  }
  if (labelled) return classes;
  throw new DaubError(
    "annotation",
    "Expected an annotation with labelled pixels but found no labelled pixels: all are 0. Paint " +
      "some of each class, such as 1 background and 2 objects.",
    { expected: "class numbers from 1 to 255", found: 0 },
  );
}

/**
 * How many pixels each class has, by ascending class number; unlabelled pixels are left out.
 *
 * @example Count painted pixels
 * ```ts
 * import { countClasses } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual([...countClasses(Uint8Array.of(2, 0, 1, 2))], [[1, 1], [2, 2]]);
 * ```
 */
export function countClasses(classes: Uint8Array): Map<number, number> {
  const counts = new Float64Array(256);
  for (let i = 0; i < classes.length; i++) counts[classes[i]]++;
  const found = new Map<number, number>();
  for (let c = 1; c < 256; c++) if (counts[c] > 0) found.set(c, counts[c]);
  return found;
}

function notAClass(image: Image, index: number): DaubError {
  const { data, width, height, depth } = image;
  const x = index % width;
  const y = Math.floor(index / width) % height;
  const z = Math.floor(index / (width * height));
  const at = depth > 1 ? `(${x}, ${y}, ${z})` : `(${x}, ${y})`;
  const value = Number(data[index]);
  const reason = Number.isNaN(value)
    ? "not a number"
    : value < 0
    ? "negative"
    : Number.isInteger(value)
    ? "too large"
    : Number.isFinite(value)
    ? "not a whole number"
    : "infinite";
  return new DaubError(
    "annotation",
    `Expected class numbers from 0 to 255 in the annotation but found ${data[index]}, which is ` +
      `${reason}, at ${at}. Paint with whole numbers: 0 unlabelled, 1, 2, … the classes.`,
    { expected: "a whole number from 0 to 255", found: value, where: at },
  );
}
