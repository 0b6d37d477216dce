/** A table of one image in a joined table. */
export interface CsvPart {
  /** What stands in the first columns of each of its rows, as it is. */
  readonly first: readonly (string | number)[];
  /** The table as CSV, whose values need no quotes; read when its turn comes, twice. */
  readonly read: () => string | Promise<string>;
}

/**
 * Joins tables with different columns in one, in which a column that a table lacks is empty. Tables
 * are read one at a time.
 *
 * @param first The names of the columns that tell the tables apart.
 * @returns The table as CSV, piece by piece.
 */
export async function* joinCsv(
  first: readonly string[],
  parts: readonly CsvPart[],
): AsyncGenerator<string> {
  const names = new Set<string>();
  for (const { read } of parts) {
    const [header] = (await read()).split("\n", 1);
    for (const name of splitHeader(header)) names.add(name);
  }
  yield `${[...first, ...names].map(quote).join(",")}\n`;
  for (const { first, read } of parts) {
    const [header, ...rows] = (await read()).trimEnd().split("\n");
    const own = splitHeader(header);
    const places = [...names].map((name) => own.indexOf(name));
    const start = first.map((value) => quote(String(value))).join(",");
    let text = "";
    for (const row of rows) {
      const values = row.split(",");
      text += `${start},${places.map((place) => values[place] ?? "").join(",")}\n`;
    }
    yield text;
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
