import { DaubError } from "../errors.ts";
import { describeSize, type Image, sameSize } from "../image/image.ts";
import { type ConfusionMatrix, confusionMatrix } from "./confusion.ts";
import { oneImage } from "./one_image.ts";

/**
 * Compares a class image with the true one, pixel by pixel: accuracy, the mean intersection over
 * union (Jaccard's index) of the classes that truly occur, and each class's precision, recall, F1
 * and intersection over union.
 *
 * Source: Jaccard, "The distribution of the flora in the alpine zone", New Phytologist 11 (1912);
 * means over classes as in Everingham et al., "The PASCAL Visual Object Classes challenge", IJCV 111
 * (2015).
 *
 * @param classes The class number of every pixel, as found.
 * @param truth The true class numbers, of the same size; pixels of 0 are unknown and do not count.
 * @throws {DaubError} `image` when sizes differ; `options` when pixels are no class numbers or the
 * truth is unknown everywhere.
 *
 * @example
 * ```ts
 * import { evaluateClasses } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const size = { width: 5, height: 1, depth: 1 };
 * const classes = { data: Uint8Array.of(1, 1, 2, 2, 2), ...size };
 * const truth = { data: Uint8Array.of(1, 1, 1, 2, 0), ...size };
 * assert.equal(evaluateClasses(classes, truth).meanIou, (2 / 3 + 1 / 2) / 2);
 * ```
 */
export function evaluateClasses(
  classes: Image | readonly Image[],
  truth: Image | readonly Image[],
): ConfusionMatrix {
  const found = oneImage(classes, "class image");
  const expected = oneImage(truth, "true class image");
  if (!sameSize(found, expected)) {
    throw new DaubError(
      "image",
      `Expected a true class image of ${describeSize(found)} pixels, like the result, but found ` +
        `one of ${describeSize(expected)}. Choose the truth that belongs to this image.`,
      { expected: describeSize(found), found: describeSize(expected), where: "truth" },
    );
  }
  const result = confusionMatrix(numbersOf(expected), numbersOf(found), 0);
  if (result.total > 0) return result;
  throw new DaubError(
    "options",
    "Expected a true class image with known classes but found 0 everywhere. Number the classes " +
      "from 1; 0 means unknown.",
    { expected: "class numbers from 1", found: 0, where: "truth" },
  );
}

function numbersOf({ data }: Image): ArrayLike<number> {
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? Float64Array.from(data, Number)
    : data;
}
