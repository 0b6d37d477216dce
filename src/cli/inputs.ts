import { glob, realpath, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DaubError } from "../errors.ts";
import { isResultName } from "./result_names.ts";
import { usageError } from "./usage_error.ts";

/** An image to work on. */
export interface Input {
  /** A path or an `http(s):` address. */
  readonly source: string;
  /** What its results are named after. */
  readonly stem: string;
}

/** What a command line's images stand for. */
export interface Inputs {
  readonly inputs: readonly Input[];
  /** The names that stand for nothing and why. */
  readonly problems: readonly { readonly name: string; readonly error: DaubError }[];
}

const IMAGE_NAME = /\.(tiff?|png|jpe?g)$/i;
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
): Promise<Inputs> {
  const leftOut = new Set(await Promise.all(others.filter(isPath).map(identify)));
  const found = new Map<string, Input>();
  const problems: { name: string; error: DaubError }[] = [];
  for (const name of names) {
    try {
      for (const source of await expand(name, leftOut)) {
        const identity = isPath(source) ? await identify(source) : source;
        if (!found.has(identity)) found.set(identity, { source, stem: stemOf(source) });
      }
    } catch (error) {
      if (!(error instanceof DaubError)) throw error;
      problems.push({ name, error });
    }
  }
  const inputs = [...found.values()];
  refuseEqualStems(inputs);
  return { inputs, problems };
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
  const stem = name.replace(/(\.ome)?\.[^.]+$/i, "");
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

async function expand(name: string, leftOut: ReadonlySet<string>): Promise<string[]> {
  if (!isPath(name)) return [name];
  const path = toPath(name);
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) return await expandFolder(path, leftOut);
  // A file whose name happens to contain brackets is meant before a pattern is.
  if (info || !GLOB.test(path)) {
    if (info) return [path];
    throw new DaubError(
      "file",
      `Expected an image at ${path} but found no such file. Check the name and the folder.`,
      { expected: "a file", where: path },
    );
  }
  return await expandGlob(path, leftOut);
}

async function expandFolder(folder: string, leftOut: ReadonlySet<string>): Promise<string[]> {
  const names = [];
  for await (const entry of Deno.readDir(folder)) names.push(join(folder, entry.name));
  return await keepImages(names, folder, leftOut, `the folder ${folder}`);
}

async function expandGlob(pattern: string, leftOut: ReadonlySet<string>): Promise<string[]> {
  const paths = [];
  for await (const path of glob(pattern)) paths.push(path);
  return await keepImages(paths, pattern, leftOut, `files that match ${pattern}`);
}

/** The images among paths, in natural order. */
async function keepImages(
  paths: string[],
  name: string,
  leftOut: ReadonlySet<string>,
  where: string,
): Promise<string[]> {
  const kept = [];
  for (const path of paths.sort(naturally.compare)) {
    if (isHidden(path, name) || !IMAGE_NAME.test(path) || isResultName(basename(path))) continue;
    if (leftOut.has(await identify(path))) continue;
    if ((await stat(path).catch(() => undefined))?.isFile()) kept.push(path);
  }
  if (kept.length > 0) return kept;
  const results = paths.some((path) => isResultName(basename(path)));
  throw new DaubError(
    "file",
    `Expected TIFF, PNG or JPEG images in ${where} but found ` +
      `${results ? "only results of earlier runs" : "none"}. Check the name` +
      `${results ? ", or name the files one by one" : " and the folder"}.`,
    { expected: "images", where },
  );
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
