import { DaubError } from "../errors.ts";
import { nearestName } from "../nearest_name.ts";
import { filters } from "./filters.ts";

/** One entry of a feature specification. */
export interface FeatureEntry {
  /** As it was written. */
  readonly text: string;
  /** The filters to apply, the outermost first; none for `original`. */
  readonly filters: readonly string[];
  /** The number behind the equals sign, which every filter of the entry takes; 0 for `original`. */
  readonly value: number;
}

/** A feature specification that was understood. */
export interface FeatureSpecification {
  /** The entries as they were written, one blank between them. */
  readonly text: string;
  /** In the order written; duplicates stay. */
  readonly entries: readonly FeatureEntry[];
}

const EXAMPLE = `"original gaussian_blur=1 sobel_of_gaussian_blur=1"`;
const NUMBER = /^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads a feature specification: entries separated by blanks or commas, in the grammar of APOC.
 *
 * An entry is `original`, or a filter and its number (`gaussian_blur=1`), or filters of filters
 * that share their number (`sobel_of_gaussian_blur=1`, the blur being done first). Sigmas and
 * radii are in pixels. A feature may occur twice.
 *
 * @param specification For example `"original gaussian_blur=1 sobel_of_gaussian_blur=1"`.
 * @throws {DaubError} `features` when there is no entry, a name is unknown, or a number is missing,
 * negative or too large.
 *
 * @example Read a specification
 * ```ts
 * import { parseFeatures } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { text, entries } = parseFeatures("original,  sobel_of_gaussian_blur=2");
 * assert.equal(text, "original sobel_of_gaussian_blur=2");
 * assert.deepEqual(entries[1].filters, ["sobel", "gaussian_blur"]);
 * assert.equal(entries[1].value, 2);
 * ```
 */
export function parseFeatures(specification: string): FeatureSpecification {
  if (typeof specification !== "string") {
    throw new DaubError(
      "features",
      `Expected a feature specification such as ${EXAMPLE} but found ${specification}.`,
      { expected: EXAMPLE, found: specification },
    );
  }
  const words = specification.replaceAll(/\s*=\s*/g, "=").split(/[\s,]+/).filter((word) => word);
  if (words.length === 0) {
    throw new DaubError(
      "features",
      `Expected a feature specification such as ${EXAMPLE} but found an empty one.`,
      { expected: EXAMPLE, found: specification },
    );
  }
  return { text: words.join(" "), entries: words.map(parseEntry) };
}

/** Every name that may stand in a specification by itself or before an equals sign. */
export function featureNames(): string[] {
  return ["original", ...filters.keys()];
}

function parseEntry(text: string): FeatureEntry {
  if (text.toLowerCase() === "original") return { text, filters: [], value: 0 };
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  const names = splitFilters(name);
  if (!names) throw unknownFeature(name, text);
  if (names.length === 0) {
    throw new DaubError(
      "features",
      `Expected the feature original, which takes no number, to stand alone but found "${text}".`,
      { expected: "original", found: text, where: text },
    );
  }
  return { text, filters: names, value: parseNumber(text, name, names) };
}

/** The filters of `a_of_b_of_c`, outermost first; undefined where one of them is unknown. */
function splitFilters(name: string): string[] | undefined {
  if (filters.has(name)) return [name];
  if (name.toLowerCase() === "original") return [];
  for (let at = name.indexOf("_of_"); at >= 0; at = name.indexOf("_of_", at + 1)) {
    if (!filters.has(name.slice(0, at))) continue;
    const inner = splitFilters(name.slice(at + 4));
    if (inner) return [name.slice(0, at), ...inner];
  }
  return undefined;
}

function parseNumber(text: string, name: string, names: readonly string[]): number {
  const written = text.slice(name.length + 1);
  if (written === "") {
    throw new DaubError(
      "features",
      `Expected a number after the feature "${name}", for example ${name}=1, but found none.`,
      { expected: `${name}=1`, found: text, where: text },
    );
  }
  const value = Number(written);
  if (!NUMBER.test(written) || !Number.isFinite(value)) {
    throw new DaubError(
      "features",
      `Expected a number of at least 0 after "${name}=" but found "${written}". Write for ` +
        `example ${name}=1.`,
      { expected: "a number of at least 0", found: written, where: text },
    );
  }
  for (const filter of names) {
    const { limit, parameter } = filters.get(filter)!;
    if (value <= limit) continue;
    throw new DaubError(
      "features",
      `Expected the ${parameter} of ${filter} to be at most ${limit} but found ${written} in ` +
        `"${text}". Choose a smaller one.`,
      { expected: limit, found: value, where: text },
    );
  }
  return value;
}

function unknownFeature(name: string, text: string): DaubError {
  const nearest = correctName(name);
  const suggestion = nearest && text.replace(name, nearest);
  const example = nearest === "original" ? nearest : suggestion;
  return new DaubError(
    "features",
    name === ""
      ? `Expected a feature before "${text}", for example gaussian_blur${text}.`
      : `Expected a known feature but found "${name}". ` +
        (example ? `Did you mean ${example}?` : `A specification looks like ${EXAMPLE}.`),
    { expected: example ?? featureNames(), found: name, where: text },
  );
}

/** The nearest valid name, filter by filter where the name is composed. */
function correctName(name: string): string | undefined {
  const whole = nearestName(name, featureNames());
  if (whole) return whole;
  for (let at = name.indexOf("_of_"); at >= 0; at = name.indexOf("_of_", at + 1)) {
    const outer = nearestName(name.slice(0, at), [...filters.keys()]);
    const inner = name.slice(at + 4);
    const corrected = splitFilters(inner)?.length ? inner : correctName(inner);
    if (outer && corrected && corrected !== "original") return `${outer}_of_${corrected}`;
  }
  return undefined;
}
