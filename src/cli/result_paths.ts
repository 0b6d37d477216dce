import { readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { ImageSource } from "./image_source.ts";
import { identify, type Input, isPath } from "./inputs.ts";
import type { Format, Kind } from "./options.ts";
import { resultName, resultsOf } from "./result_names.ts";
import { usageError } from "./usage_error.ts";
import { describeFolderError } from "./write_error.ts";

/** Where and in which form results are written. */
export interface Destination {
  readonly out: string;
  readonly kind: Kind;
  readonly format: Format;
}

/** The paths of an image's results, frame by frame. */
export function resultPaths(stem: string, frames: number, destination: Destination): string[] {
  const { out, kind, format } = destination;
  return Array.from(
    { length: frames },
    (_, frame) => resultsOf[kind].map((result) => resultName(stem, result, format, many(frame))),
  ).flat().map((name) => join(out, name));

  function many(frame: number): number | undefined {
    return frames > 1 ? frame : undefined;
  }
}

/**
 * The results of an image that are there already, found before anything is computed. The file is
 * opened only if the folder holds something that could be a result of it.
 */
export async function existingResults(input: Input, destination: Destination): Promise<string[]> {
  const names = await readdir(destination.out).catch(() => [] as string[]);
  if (!names.some((name) => name.startsWith(`${input.stem}_`))) return [];
  // What cannot be opened, or lies elsewhere, is dealt with at its turn.
  const frames = isPath(input.source)
    ? await ImageSource.open(input.source).then((source) => source.frames, () => 1)
    : 1;
  const present = new Set(names.map((name) => join(destination.out, name)));
  return resultPaths(input.stem, frames, destination).filter((path) => present.has(path));
}

/** Those of some paths that exist and may not be replaced. */
export async function findExisting(
  paths: readonly string[],
  mayReplace: (path: string) => boolean,
): Promise<string[]> {
  const found = [];
  for (const path of paths) {
    if (!mayReplace(path) && await Deno.lstat(path).catch(() => undefined)) found.push(path);
  }
  return found;
}

/**
 * Refuses to write over what is being read, whatever the options say.
 *
 * @throws {DaubError} `options` when a result would replace an input.
 */
export async function refuseInputs(
  paths: readonly string[],
  inputs: ReadonlySet<string>,
): Promise<void> {
  for (const path of paths) {
    if (!inputs.has(await identify(path))) continue;
    throw usageError(
      `Expected the results to go elsewhere but found that ${path} is an input of this run. ` +
        `Choose another folder with --out.`,
      { found: path },
    );
  }
}

/**
 * Tries whether a folder can be written to, or be made, without leaving a trace.
 *
 * @param option The option that names it.
 * @throws {DaubError} `file` when it cannot.
 */
export async function checkWritable(folder: string, option: string): Promise<void> {
  let nearest = resolve(folder);
  while (!await Deno.stat(nearest).catch(() => undefined)) nearest = dirname(nearest);
  try {
    await Deno.remove(await Deno.makeTempDir({ dir: nearest, prefix: ".daub_" }));
  } catch (error) {
    throw describeFolderError(error, folder, option);
  }
}
