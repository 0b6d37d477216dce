import { dirname, join, resolve } from "node:path";
import { identify } from "./inputs.ts";
import type { Purpose } from "./kinds.ts";
import type { Format, TableFormat } from "./options.ts";
import { type Result, resultName, resultsOf, tableName } from "./result_names.ts";
import type { ResultFile } from "./task.ts";
import { usageError } from "./usage_error.ts";
import { describeFolderError } from "./write_error.ts";

/** Where and in which form results are written. */
export interface Destination {
  readonly out: string;
  readonly purpose: Purpose;
  readonly format: Format;
  /** The format of tables; none when nothing is measured. */
  readonly measure?: TableFormat;
}

const TABLE_FORMATS: readonly string[] = ["csv", "parquet", "geojson"] satisfies TableFormat[];

/** The path of a result of an image, or of one of its time frames. */
export function fileName(
  stem: string,
  kind: ResultFile["kind"],
  { out, purpose, format }: Destination,
  frame?: number,
): string {
  const name = TABLE_FORMATS.includes(kind)
    ? tableName(stem, purpose, kind as TableFormat, frame)
    : resultName(stem, kind as Result, format, frame);
  return join(out, name);
}

/** The paths of an image's results, frame by frame. */
export function resultPaths(stem: string, frames: number, destination: Destination): string[] {
  const { purpose, measure } = destination;
  const tables = measure ? [...new Set<TableFormat>(["csv", measure])] : [];
  const kinds = [...resultsOf[purpose], ...tables];
  return Array.from(
    { length: frames },
    (_, frame) =>
      kinds.map((kind) => fileName(stem, kind, destination, frames > 1 ? frame : undefined)),
  ).flat();
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
