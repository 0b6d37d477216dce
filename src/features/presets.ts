import { DaubError } from "../errors.ts";
import { nearestName } from "../nearest_name.ts";
import { featureNames, parseFeatures } from "./specification.ts";

const BLUR_DOG_LOG = ["gaussian_blur", "difference_of_gaussian", "laplace_box_of_gaussian_blur"];
const BLUR_EDGES = ["gaussian_blur", "sobel_of_gaussian_blur"];

/** Every filter at every size, the sizes of a filter following one another. */
function everySize(names: readonly string[], sizes: readonly number[]): string {
  return names.flatMap((name) => sizes.map((size) => `${name}=${size}`)).join(" ");
}

/** From `start` up to, but not including, `stop`. */
function range(start: number, stop: number, step = 1): number[] {
  return Array.from({ length: Math.ceil((stop - start) / step) }, (_, i) => start + i * step);
}

/**
 * The predefined feature sets of APOC, with its names and contents; `custom` stands for a
 * specification of one's own and is empty.
 *
 * @example What a name stands for
 * ```ts
 * import { predefinedFeatureSets } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { small_quick } = predefinedFeatureSets;
 * assert.equal(small_quick, "original gaussian_blur=1 sobel_of_gaussian_blur=1");
 * ```
 */
export const predefinedFeatureSets: Readonly<Record<FeatureSetName, string>> = {
  custom: "",
  small_quick: `original ${everySize(BLUR_EDGES, [1])}`,
  medium_quick: everySize(BLUR_EDGES, [5]),
  large_quick: everySize(BLUR_EDGES, [25]),
  small_dog_log: `original ${everySize(BLUR_DOG_LOG, [1])}`,
  medium_dog_log: everySize(BLUR_DOG_LOG, [5]),
  large_dog_log: everySize(BLUR_DOG_LOG, [25]),
  object_size_1_to_2_px: everySize(BLUR_DOG_LOG, range(1, 3)),
  object_size_1_to_5_px: `original ${everySize(BLUR_DOG_LOG, range(1, 6))}`,
  object_size_3_to_8_px: everySize(BLUR_DOG_LOG, range(3, 9)),
  object_size_5_to_10_px: everySize(BLUR_DOG_LOG, range(5, 11)),
  object_size_10_to_15_px: everySize(BLUR_DOG_LOG, range(10, 16)),
  object_size_15_to_20_px: everySize(BLUR_DOG_LOG, range(15, 21)),
  object_size_20_to_25_px: everySize(BLUR_DOG_LOG, range(20, 26)),
  object_size_25_to_50_px: everySize(BLUR_DOG_LOG, range(25, 50, 5)),
  object_size_50_to_100_px: everySize(BLUR_DOG_LOG, range(50, 100, 10)),
  v070: everySize([...BLUR_DOG_LOG, "sobel_of_gaussian_blur"], [1]),
};

/** The names of {@linkcode predefinedFeatureSets}. */
export type FeatureSetName =
  | "custom"
  | "small_quick"
  | "medium_quick"
  | "large_quick"
  | "small_dog_log"
  | "medium_dog_log"
  | "large_dog_log"
  | "object_size_1_to_2_px"
  | "object_size_1_to_5_px"
  | "object_size_3_to_8_px"
  | "object_size_5_to_10_px"
  | "object_size_10_to_15_px"
  | "object_size_15_to_20_px"
  | "object_size_20_to_25_px"
  | "object_size_25_to_50_px"
  | "object_size_50_to_100_px"
  | "v070";

/**
 * The feature specification that a text stands for: the content of the predefined feature set of
 * that name, or the text itself, checked, with one blank between its entries.
 *
 * @param text A name from {@linkcode predefinedFeatureSets} or a specification for
 * {@linkcode parseFeatures}.
 * @throws {DaubError} `features` when it is neither.
 */
export function resolveFeatures(text: string): string {
  const name = String(text).trim();
  if (name === "custom") {
    throw new DaubError(
      "features",
      "Expected the name of a feature set with content but found custom, which stands for a " +
        `specification of your own. Write it out, for example ` +
        `"${predefinedFeatureSets.small_quick}".`,
      { found: name },
    );
  }
  if (Object.hasOwn(predefinedFeatureSets, name)) {
    return predefinedFeatureSets[name as FeatureSetName];
  }
  if (/^\w+$/.test(name)) checkFeatureSetName(name);
  return parseFeatures(text).text;
}

/** Refuses a single word that is more like the name of a feature set than like a feature. */
function checkFeatureSetName(name: string): void {
  const sets = Object.keys(predefinedFeatureSets);
  const nearest = nearestName(name, [...featureNames(), ...sets]);
  if (nearest === undefined || !sets.includes(nearest)) return;
  throw new DaubError(
    "features",
    `Expected a feature specification or the name of a predefined feature set but found ` +
      `"${name}". Did you mean ${nearest}?`,
    { expected: nearest, found: name },
  );
}
