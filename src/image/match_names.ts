import { DaubError } from "../errors.ts";

/** Files of one name, one of each list. */
export interface Matched<Key extends string> {
  /** The name without folder and ending. */
  readonly stem: string;
  /** Their paths. */
  readonly paths: Readonly<Record<Key, string>>;
}

/** How many names a message lists at most. */
const MOST_NAMES = 20;

const naturally = new Intl.Collator("en", { numeric: true });

/** `"cells"` of `"a/cells.ome.tif"`: the name without folder and ending. */
export function stemOfPath(path: string): string {
  return nameOf(path).replace(/(\.ome)?\.[^.]+$/i, "");
}

/**
 * Brings files of the same names together, as people count (`a2` before `a10`). Endings may differ,
 * and a file may bear the name with a suffix behind it: `cells_labels.tif` goes with `cells.tif`.
 *
 * @param lists Paths; all files of the first list must be in the others and the other way round.
 * @param suffixes What may stand behind the names of a list.
 * @throws {DaubError} `file` with all names that are missing somewhere, or that two files have.
 */
export function matchNames<Key extends string>(
  lists: Readonly<Record<Key, readonly string[]>>,
  suffixes: Partial<Record<Key, string>> = {},
): Matched<Key>[] {
  const keys = Object.keys(lists) as Key[];
  const first = new Set(lists[keys[0]].map(stemOfPath));
  const found = keys.map((key) => byStem(lists[key], first, suffixes[key]));
  const stems = [...new Set(found.flatMap((paths) => [...paths.keys()]))].sort(naturally.compare);
  const missing = keys.map((_, i) => stems.filter((stem) => !found[i].has(stem)));
  if (missing.some(({ length }) => length > 0)) throw notMatching(keys, missing, found);
  return stems.map((stem) => ({
    stem,
    paths: Object.fromEntries(keys.map((key, i) => [key, found[i].get(stem)!])) as Record<
      Key,
      string
    >,
  }));
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
}

/** Paths by the stem under which they are sought. */
function byStem(
  paths: readonly string[],
  sought: ReadonlySet<string>,
  suffix: string | undefined,
): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of paths) {
    const own = stemOfPath(path);
    const stem = suffix && !sought.has(own) && own.endsWith(suffix)
      ? own.slice(0, -suffix.length)
      : own;
    const other = found.get(stem);
    if (other !== undefined) throw sameName(other, path);
    found.set(stem, path);
  }
  return found;
}

function sameName(one: string, other: string): DaubError {
  return new DaubError(
    "file",
    `Expected one file of each name but found ${one} and ${other}. Move one of them elsewhere.`,
    { expected: "one file of each name", found: [one, other], where: other },
  );
}

function notMatching<Key extends string>(
  keys: readonly Key[],
  missing: readonly (readonly string[])[],
  found: readonly ReadonlyMap<string, string>[],
): DaubError {
  const lists = missing.flatMap((stems, i) => {
    if (stems.length === 0) return [];
    const names = stems.map((stem) => nameOf(found.find((paths) => paths.has(stem))!.get(stem)!));
    return [`no ${keys[i]} for ${enumerate(names)}`];
  });
  return new DaubError(
    "file",
    `Expected ${keys.join(" and ")} of the same names but found ${
      lists.join("; and ")
    }. Add what ` +
      `is missing, or move the others elsewhere; nothing is done with a part of them.`,
    { expected: "files of the same names", found: missing.flat() },
  );
}

function enumerate(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
