import { DaubError } from "../errors.ts";
import type { Image } from "../image/image.ts";

/**
 * The channels of an image that a classifier is applied to, in the order in which it knows them.
 *
 * @param chosen Their numbers, from 0; without, the image must have as many as the classifier knows.
 * @param expected How many channels the classifier knows.
 * @param where The image's name.
 * @throws {DaubError} `image` when the image lacks one, or has another number of them and none were
 * chosen; `options` when others than the classifier knows were chosen.
 */
export function appliedChannels(
  image: readonly Image[],
  chosen: readonly number[] | undefined,
  expected: number,
  where: string,
): readonly Image[] {
  // A classifier that is damaged may expect a part of a channel, of which predicting tells.
  if (!Number.isInteger(expected)) return image;
  const found = image.length;
  if (chosen === undefined) {
    if (found === expected) return image;
    throw new DaubError(
      "image",
      `Expected an image of ${count(expected)}, as the classifier was trained on, but found ` +
        `${found} in ${where}. ` +
        (found > expected
          ? `Choose the channel${expected === 1 ? "" : "s"} that it looks at.`
          : "Leave this image out."),
      { expected, found, where },
    );
  }
  if (chosen.length !== expected) {
    throw new DaubError(
      "options",
      `Expected ${count(expected)} to be chosen, as the classifier was trained on, but found ` +
        `${chosen.length}. Choose as many.`,
      { expected, found: chosen.length },
    );
  }
  const missing = chosen.find((channel) => channel >= found);
  if (missing === undefined) return chosen.map((channel) => image[channel]);
  throw new DaubError(
    "image",
    `Expected an image that has a channel ${missing + 1} but found ${count(found)} in ${where}. ` +
      "Choose another channel, or leave this image out.",
    { expected: missing + 1, found, where },
  );
}

function count(channels: number): string {
  return `${channels} channel${channels === 1 ? "" : "s"}`;
}
