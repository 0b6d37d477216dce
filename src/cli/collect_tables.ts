import type { Finding } from "./finding.ts";
import { describeWriteError } from "./write_error.ts";

/**
 * Brings the tables of many images together in one, with the image of each row in a column `file`
 * and, where images have several, the time frame in a column `frame`. Tables are read one at a time;
 * a column that an image lacks is empty there.
 *
 * @returns The table as CSV, piece by piece.
 * @throws {DaubError} `file` when a table cannot be read.
 */
export async function* collectTables(findings: readonly Finding[]): AsyncGenerator<string> {
  const tables = findings.flatMap((finding) => {
    const path = finding.files.find((file) => file.endsWith(".csv"));
    return path === undefined ? [] : [{ finding, path }];
  });
  const names = new Set<string>();
  for (const { path } of tables) {
    const [header] = (await read(path)).split("\n", 1);
    for (const name of splitHeader(header)) names.add(name);
  }
  const hasFrames = tables.some(({ finding }) => finding.frame !== undefined);
  const first = hasFrames ? ["file", "frame"] : ["file"];
  yield `${[...first, ...[...names].map(quote)].join(",")}\n`;
  for (const { finding, path } of tables) {
    const [header, ...rows] = (await read(path)).trimEnd().split("\n");
    const own = splitHeader(header);
    const places = [...names].map((name) => own.indexOf(name));
    const start = [quote(finding.image), ...hasFrames ? [finding.frame ?? ""] : []].join(",");
    let text = "";
    for (const row of rows) {
      const values = row.split(",");
      text += `${start},${places.map((place) => values[place] ?? "").join(",")}\n`;
    }
    yield text;
  }
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw describeWriteError(error, path);
  }
}

/** The names of the columns; the values below them are numbers without quotes. */
function splitHeader(header: string): string[] {
  const names = header.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g);
  return Array.from(names, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}

function quote(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
