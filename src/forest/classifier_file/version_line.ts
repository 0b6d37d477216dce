import { DaubError } from "../../errors.ts";
import type { Comparison, Votes } from "../forest.ts";
import { APOC_VERSION, DAUB_VERSION } from "./classifier_file.ts";

/**
 * What APOC's text has no place for. It follows the version number in the one line that APOC
 * writes but never reads, so that a file of ours equals APOC's everywhere else:
 * `apoc_version = 0.14.0 (daub 0.1.0, comparison at_most, random_state 0)`.
 */
export interface VersionFacts {
  readonly apocVersion?: string;
  readonly daubVersion?: string;
  readonly comparison: Comparison;
  readonly randomState?: number;
  /** Stated where the leaves cannot tell: a single vote each reads as counts or as fractions. */
  readonly votes?: Votes;
  /** Stated where the kernel has no place for the class numbers and they are not 1, 2, …. */
  readonly classes?: readonly number[];
  /** How intensities along borders were measured, where they were not exact. */
  readonly intensities?: "integer";
  /** See `encodeRounding`. */
  readonly roundedUp?: string;
}

/** The value of the header's `apoc_version`. */
export function formatVersion(facts: VersionFacts): string {
  const words = [`daub ${DAUB_VERSION}`, `comparison ${facts.comparison}`];
  if (facts.randomState !== undefined) words.push(`random_state ${facts.randomState}`);
  if (facts.votes) words.push(`votes ${facts.votes}`);
  if (facts.classes) words.push(`classes ${facts.classes.join(" ")}`);
  if (facts.intensities) words.push(`intensities ${facts.intensities}`);
  if (facts.roundedUp) words.push(`rounded_up ${facts.roundedUp}`);
  return `${APOC_VERSION} (${words.join(", ")})`;
}

/** Reads the value of `apoc_version`; undefined where the file has none, as the oldest. */
export function parseVersion(value: string | undefined, where: string): VersionFacts {
  const match = value?.match(/^\s*(\S*)\s*(?:\((daub .*)\)\s*)?$/);
  if (!match) return { apocVersion: value, comparison: "below" };
  const apocVersion = match[1];
  if (match[2] === undefined) return { apocVersion, comparison: "below" };
  const stated = new Map(
    match[2].split(", ").map((word) => {
      const blank = word.indexOf(" ");
      return blank < 0 ? [word, ""] : [word.slice(0, blank), word.slice(blank + 1)];
    }),
  );
  const oneOf = <Word extends string>(key: string, words: readonly Word[]) =>
    read(stated, key, words.join(" or "), where, (text) => words.find((word) => word === text));
  return {
    apocVersion,
    daubVersion: stated.get("daub"),
    comparison: oneOf("comparison", ["at_most", "below"]) ?? "below",
    randomState: read(stated, "random_state", "a whole number", where, wholeNumber),
    votes: oneOf("votes", ["fraction", "count"]),
    classes: read(stated, "classes", "class numbers", where, (text) => {
      const classes = text.split(" ").map(wholeNumber);
      return classes.every((number) => number !== undefined) ? classes : undefined;
    }),
    intensities: oneOf("intensities", ["integer"]),
    roundedUp: read(
      stated,
      "rounded_up",
      "hexadecimal digits",
      where,
      (text) => /^[0-9a-f]+$/.test(text) ? text : undefined,
    ),
  };
}

function read<Value>(
  stated: ReadonlyMap<string, string>,
  key: string,
  expected: string,
  where: string,
  parse: (text: string) => Value | undefined,
): Value | undefined {
  const text = stated.get(key);
  if (text === undefined) return undefined;
  const value = parse(text);
  if (value !== undefined) return value;
  throw new DaubError(
    "classifier",
    `Expected ${expected} behind ${key} in the version line of ${where} but found ` +
      `${text === "" ? "nothing" : text.slice(0, 40)}. Use a file as APOC or Daub wrote it.`,
    { expected, found: text, where },
  );
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
