import type { Options } from "./options.ts";
import { usageError } from "./usage_error.ts";

/**
 * Refuses a connectivity that images of so many dimensions do not have.
 *
 * @throws {DaubError} `options`
 */
export function checkDimensions({ connectivity }: Options, dimensions: 2 | 3): void {
  if (connectivity === undefined) return;
  const allowed = dimensions === 2 ? [4, 8] : [6, 26];
  if (allowed.includes(connectivity)) return;
  throw usageError(
    `Expected the connectivity of a classifier of ${dimensions}D images to be ` +
      `${allowed.join(" or ")} but found ${connectivity}. Choose one of these.`,
    { expected: allowed, found: connectivity, where: "--connectivity" },
  );
}
