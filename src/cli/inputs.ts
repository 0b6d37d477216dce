import { glob, realpath, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DaubError } from "../errors.ts";
import { isImageName } from "../image/folders.ts";
import { stemOfPath } from "../image/match_names.ts";
import { isResultName } from "./result_names.ts";
import { usageError } from "./usage_error.ts";

/** An image to work on. */
export interface Input {
  /** A path or an `http(s):` address. */
  readonly source: string;
  /** What its results are named after. */
  readonly stem: string;
  /** Which of its channels to take, from 0; all when not given. */
  readonly channels?: readonly number[];
  /** The strokes painted on it, where it is trained on. */
  readonly annotation?: string;
  /** The objects found in it before. */
  readonly labels?: string;
  /** What is true of it. */
  readonly truth?: string;
}

/** What a command line's images stand for. */
export interface Inputs {
  readonly inputs: readonly Input[];
  /** Which of them each name stands for. */
  readonly groups: readonly Group[];
  /** The names that stand for nothing and why. */
  readonly problems: readonly { readonly name: string; readonly error: DaubError }[];
}

/** What one name stands for. */
export interface Group {
  readonly name: string;
  /** Whether it is a folder or glob rather than a file or address. */
  readonly isMany: boolean;
  readonly inputs: readonly Input[];
}

const GLOB = /[*?[\]{}]/;
const naturally = new Intl.Collator("en", { numeric: true });

/**
 * Finds the images that paths, folders, globs and addresses stand for. A folder stands for the
 * images directly in it, sorted as people count (`a2` before `a10`); folders and globs leave out
 * hidden files, results of earlier runs, and `others` (the strokes lie in the same folder).
 *
 * @throws {DaubError} `options` when the results of two images would have the same name.
 */
export async function findInputs(
  names: readonly string[],
  others: readonly string[] = [],
  what: "images" | "labels" = "images",
): Promise<Inputs> {
  const leftOut = new Set(await Promise.all(others.filter(isPath).map(identify)));
  const found = new Map<string, Input>();
  const groups: Group[] = [];
  const problems: { name: string; error: DaubError }[] = [];
  for (const name of names) {
    const own: Input[] = [];
    let isMany = false;
    try {
      const expanded = await expand(
        name,
        (paths) => what === "labels" ? keepLabels(paths, name) : keepImages(paths, name, leftOut),
      );
      isMany = expanded.isMany;
      for (const source of expanded.sources) {
        const identity = isPath(source) ? await identify(source) : source;
        const input = found.get(identity) ?? asInput(source, what);
        found.set(identity, input);
        own.push(input);
      }
    } catch (error) {
      if (!(error instanceof DaubError)) throw error;
      problems.push({ name, error });
    }
    groups.push({ name, isMany, inputs: own });
  }
  const inputs = [...found.values()];
  refuseEqualStems(inputs);
  return { inputs, groups, problems };
}

/**
 * The image files that a name stands for beside those of the images: of a folder or glob all,
 * results of earlier runs too.
 *
 * @throws {DaubError} `file` when there is none.
 */
export async function findCompanions(name: string): Promise<{ paths: string[]; isMany: boolean }> {
  const { sources, isMany } = await expand(name, (paths) => keepFiles(paths, name));
  return { paths: sources, isMany };
}

/** An image, or labels that are worked on without one: `cells` of `cells_labels.tif`. */
function asInput(source: string, what: "images" | "labels"): Input {
  const stem = stemOf(source);
  return what === "images"
    ? { source, stem }
    : { source, stem: stem.replace(/(?<=.)_labels$/, ""), labels: source };
}

/** Whether a source is a file here rather than an address. */
export function isPath(source: string): boolean {
  return !/^https?:\/\//i.test(source);
}

/** What tells whether two paths are one file: its real path, as far as that exists. */
export async function identify(path: string): Promise<string> {
  const absolute = resolve(toPath(path));
  return await realpath(absolute).catch(() => absolute);
}

/** The name of a file or address without folder and ending: `"cells"` of `"a/cells.ome.tif"`. */
export function stemOf(source: string): string {
  const name = isPath(source) ? basename(toPath(source)) : nameInAddress(source);
  const stem = stemOfPath(name);
  return stem === "" || /^\.+$/.test(stem) ? "image" : stem;
}

function nameInAddress(address: string): string {
  if (!URL.canParse(address)) throw badAddress(address);
  const name = new URL(address).pathname.split("/").filter((part) => part !== "").pop() ?? "";
  let decoded = name;
  try {
    decoded = decodeURIComponent(name);
  } catch {
    // A stray percent sign: the name as it is written is as good.
  }
  // An address must not choose the folder that results go to.
  // deno-lint-ignore no-control-regex
  return decoded.replace(/[/\\:\x00-\x1f]/g, "_");
}

function toPath(name: string): string {
  if (!/^file:\/\//i.test(name)) return name;
  try {
    return fileURLToPath(name);
  } catch (cause) {
    throw badAddress(name, cause);
  }
}

function badAddress(address: string, cause?: unknown): DaubError {
  return new DaubError(
    "file",
    `Expected an address such as https://example.org/cells.tif but found ${address}. Check the ` +
      `address.`,
    { found: address, where: address, cause },
  );
}

/** The files and addresses that a name stands for; of a folder or glob those that are kept. */
async function expand(
  name: string,
  keep: (paths: string[]) => Promise<string[]>,
): Promise<{ sources: string[]; isMany: boolean }> {
  if (!isPath(name)) return { sources: [name], isMany: false };
  const path = toPath(name);
  const info = await stat(path).catch(() => undefined);
  // A file whose name happens to contain brackets is meant before a pattern is.
  if (info && !info.isDirectory()) return { sources: [path], isMany: false };
  if (!info && !GLOB.test(path)) {
    throw new DaubError(
      "file",
      `Expected an image at ${path} but found no such file. Check the name and the folder.`,
      { expected: "a file", where: path },
    );
  }
  const paths = [];
  if (info) {
    for await (const entry of Deno.readDir(path)) paths.push(join(path, entry.name));
  } else {
    for await (const found of glob(path)) paths.push(found);
  }
  const sources = await keep(paths);
  if (sources.length > 0) return { sources, isMany: true };
  const where = info ? `the folder ${path}` : `files that match ${path}`;
  const results = paths.some((path) => isResultName(basename(path)));
  throw new DaubError(
    "file",
    `Expected TIFF, PNG or JPEG images in ${where} but found ` +
      `${results ? "only results of earlier runs" : "none"}. Check the name` +
      `${results ? ", or name the files one by one" : " and the folder"}.`,
    { expected: "images", where },
  );
}

/** The images among paths, without results of earlier runs, in natural order. */
async function keepImages(
  paths: string[],
  name: string,
  leftOut: ReadonlySet<string>,
): Promise<string[]> {
  const kept = [];
  for (const path of await keepFiles(paths, name)) {
    if (!isResultName(basename(path)) && !leftOut.has(await identify(path))) kept.push(path);
  }
  return kept;
}

/** The labels among paths: those that are called so where there are some, else all images. */
async function keepLabels(paths: string[], name: string): Promise<string[]> {
  const files = await keepFiles(paths, name);
  const labels = files.filter((path) => stemOf(path).endsWith("_labels"));
  return labels.length > 0 ? labels : files;
}

/** The image files among paths, in natural order. */
async function keepFiles(paths: string[], name: string): Promise<string[]> {
  const kept = [];
  for (const path of paths.sort(naturally.compare)) {
    if (!isHidden(path, name) && isImageName(path) && await isFile(path)) kept.push(path);
  }
  return kept;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/** Whether a file or folder on the way to a path is hidden and was not named itself. */
function isHidden(path: string, name: string): boolean {
  const named = new Set(name.split(/[/\\]/));
  return path.split(/[/\\]/).some((part) => /^\.[^.]/.test(part) && !named.has(part));
}

/** Two images of one name would write to the same files. */
function refuseEqualStems(inputs: readonly Input[]): void {
  const sources = new Map<string, string>();
  for (const { source, stem } of inputs) {
    const other = sources.get(stem);
    if (other !== undefined) {
      throw usageError(
        `Expected images of different names, because results are named after them, but found ` +
          `${other} and ${source}. Rename one, or run them one after the other with different ` +
          `--out folders.`,
        { found: [other, source] },
      );
    }
    sources.set(stem, source);
  }
}
