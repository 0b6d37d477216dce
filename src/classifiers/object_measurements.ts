import { DaubError } from "../errors.ts";
import { measure } from "../flow/measure.ts";
import type { Image } from "../image/image.ts";
import type { Table } from "../measurement/table.ts";
import { type RunOptions, timed } from "./model.ts";
import type { ObjectPixels } from "./object_pixels.ts";

/** What objects are measured from. */
export interface ObjectInput {
  /** The intensities, one channel or several; needed for features of intensity only. */
  readonly image?: Image | readonly Image[];
  /**
   * What `measure` found in these labels before, so that it need not be measured again: one row per
   * object, ascending by label.
   */
  readonly table?: Table;
}

/**
 * The features of all objects. A name of intensity stands for one column per channel where there
 * are several.
 *
 * @throws {DaubError} `options` when a feature is unknown or needs an image where there is none;
 * `image` when labels and image differ in size; `features` when a table has other rows.
 */
export async function measureObjects(
  { image: labels, labels: numbers }: ObjectPixels,
  { image, table }: ObjectInput,
  properties: readonly string[],
  { backend, signal, onStage }: RunOptions,
): Promise<Table> {
  if (table) {
    if (table.rowCount === numbers.length) return table;
    throw new DaubError(
      "features",
      `Expected a table of ${numbers.length} rows, one for each object, but found ` +
        `${table.rowCount}. Measure these objects.`,
      { expected: numbers.length, found: table.rowCount, where: "table" },
    );
  }
  return await timed(
    "measure",
    onStage,
    () => measure(labels, image, { properties, backend, signal }),
  );
}

/**
 * Refuses an image of other channels than those that a classifier was trained on.
 *
 * @throws {DaubError} `image`
 */
export function expectSameFeatures(expected: readonly string[], found: readonly string[]): void {
  if (expected.length === found.length && expected.every((name, i) => name === found[i])) return;
  throw new DaubError(
    "image",
    `Expected an image whose features are ${expected.join(", ")}, as in training, but found ` +
      `${found.join(", ")}. Choose the channels that the classifier was trained on.`,
    { expected, found },
  );
}
