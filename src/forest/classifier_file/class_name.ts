import { DaubError } from "../../errors.ts";
import type { ClassifierFile } from "./classifier_file.ts";

/**
 * Refuses a classifier file of another kind than the one asked for.
 *
 * @throws {DaubError} `classifier` when `file` is not of the kind `expected`.
 */
export function expectClassName(file: ClassifierFile, expected: string, where?: string): void {
  if (file.className === expected) return;
  const place = where === undefined ? "in the classifier file" : `in ${where}`;
  throw new DaubError(
    "classifier",
    `Expected ${withArticle(expected)} but found ${withArticle(file.className)} ${place}. ` +
      `Choose another file, or use this one as ${withArticle(file.className)}.`,
    { expected, found: file.className, where },
  );
}

function withArticle(name: string): string {
  return `${/^[AEIOU]/i.test(name) ? "an" : "a"} ${name}`;
}
