import { DaubError } from "../../errors.ts";

/** The comment at the beginning of a classifier file. */
export interface Header {
  /** The lines `key = value`, in their order; of a key that repeats, the first, as APOC reads. */
  readonly entries: ReadonlyMap<string, string>;
  /** Where the text behind the comment begins. */
  readonly end: number;
}

/** The second line of every classifier file. */
export const TITLE = "OpenCL RandomForestClassifier";

/** The most that a header may say of classes, features, trees or depth; real files stay far below. */
const LARGEST_COUNT = 1e8;

/** Reads the header of a classifier file. */
export function parseHeader(text: string, where: string): Header {
  const begin = text.match(/^\uFEFF?\s*\/\*/);
  const isTitled = text.slice(0, 4096).includes(TITLE);
  if (!begin || !isTitled) {
    const found = text.trim() === "" ? "an empty file" : "something else";
    throw new DaubError(
      "classifier",
      `Expected ${where} to be a classifier file of APOC or Daub (.cl), whose second line is ` +
        `"${TITLE}", but found ${found}. Choose the file that was saved after training.`,
      { expected: TITLE, found: text.slice(0, 80), where },
    );
  }
  const close = text.indexOf("*/", begin[0].length);
  if (close < 0) {
    throw new DaubError(
      "classifier",
      `Expected the header of ${where} to end with */ but the text ends before: it was cut off. ` +
        `Copy the file again, or train the classifier anew.`,
      { expected: "*/", found: "the end of the text", where },
    );
  }
  const entries = new Map<string, string>();
  for (const line of text.slice(begin[0].length, close).split(/\r?\n/)) {
    const equals = line.indexOf("=");
    if (equals < 0) continue;
    const key = line.slice(0, equals).trim();
    const value = line.slice(equals + 1);
    if (!entries.has(key)) entries.set(key, value.startsWith(" ") ? value.slice(1) : value);
  }
  return { entries, end: close + 2 };
}

/** A header entry that every file has. */
export function requiredEntry({ entries }: Header, key: string, where: string): string {
  return entries.get(key) ?? refuseEntry(key, "a value", "none", where);
}

/** A header entry that holds a count or a class number. */
export function countEntry(header: Header, key: string, where: string): number | undefined {
  const text = header.entries.get(key);
  if (text === undefined) return undefined;
  const value = /^\s*\d+\s*$/.test(text) ? Number(text) : NaN;
  if (!(value <= LARGEST_COUNT)) {
    refuseEntry(key, `a whole number up to ${LARGEST_COUNT}`, text.slice(0, 40), where);
  }
  return value;
}

/** A header entry that holds a count of at least one, in every file. */
export function requiredCount(header: Header, key: string, where: string): number {
  requiredEntry(header, key, where);
  const value = countEntry(header, key, where)!;
  return value > 0 ? value : refuseEntry(key, "a number greater than 0", value, where);
}

/** Refuses what the header says, or does not say, behind a key. */
export function refuseEntry(
  key: string,
  expected: string,
  found: string | number,
  where: string,
): never {
  throw new DaubError(
    "classifier",
    `Expected ${expected} behind ${key} in the header of ${where} but found ${found}. ` +
      `Use a file as APOC or Daub wrote it.`,
    { expected, found, where },
  );
}
