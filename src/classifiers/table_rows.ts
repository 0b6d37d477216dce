import { DaubError } from "../errors.ts";
import { nearestName } from "../nearest_name.ts";

/** Columns of numbers by name, all of one length. NaN, `null` and `undefined` mean: not known. */
export type TableColumns = Readonly<Record<string, ArrayLike<number | null | undefined>>>;

/** A table: its columns alone, or with the number of its rows, as `measure` gives it. */
export type TableInput =
  | TableColumns
  | { readonly rowCount: number; readonly columns: TableColumns };

/** Chosen columns of a table, row by row, as a forest sees them. */
export interface Rows {
  /** Row-major, rows × columns, as 32-bit floats. */
  readonly values: Float32Array;
  /** 1 where all values of a row are finite, 0 where not. */
  readonly isComplete: Uint8Array;
}

/** The columns of a table. */
export function columnsOf(table: TableInput): TableColumns {
  if (typeof table !== "object" || table === null) {
    throw new DaubError(
      "features",
      `Expected a table, which is columns of numbers by name, but found ${table}.`,
      { expected: "a table", found: table },
    );
  }
  return typeof table.rowCount === "number" ? table.columns as TableColumns : table as TableColumns;
}

/**
 * Brings columns into the order of a forest.
 *
 * @throws {DaubError} `features` when a column is missing, is not of numbers, or differs in length.
 */
export function readRows(table: TableInput, names: readonly string[]): Rows {
  const columns = columnsOf(table);
  const rowCount = columnOf(columns, names[0]).length;
  const values = new Float32Array(rowCount * names.length);
  const isComplete = new Uint8Array(rowCount).fill(1);
  names.forEach((name, f) => {
    const column = columnOf(columns, name);
    if (column.length !== rowCount) throw differentLengths(names[0], rowCount, name, column.length);
    for (let row = 0, at = f; row < rowCount; row++, at += names.length) {
      const value = column[row] ?? NaN;
      if (typeof value !== "number") throw notNumber(name, row, value);
      values[at] = value;
      if (!Number.isFinite(values[at])) isComplete[row] = 0;
    }
  });
  return { values, isComplete };
}

/**
 * The names of features as they are written one after the other, separated by blanks or commas; of
 * names that repeat, the first counts, as in APOC.
 *
 * @throws {DaubError} `features` when there is none.
 */
export function splitNames(specification: string, example: string): string[] {
  const names = typeof specification === "string"
    ? specification.replaceAll(/\s*=\s*/g, "=").split(/[\s,]+/).filter((name) => name)
    : [];
  if (names.length > 0) return [...new Set(names)];
  throw new DaubError(
    "features",
    `Expected the names of features, for example "${example}", but found ` +
      `${typeof specification === "string" ? "none" : specification}.`,
    { expected: example, found: specification },
  );
}

/**
 * Refuses names that could not be told apart in a specification.
 *
 * @throws {DaubError} `features` when there is no name or one has a blank or comma.
 */
export function checkNames(names: readonly string[]): readonly string[] {
  if (names.length === 0) {
    throw new DaubError(
      "features",
      "Expected a table with at least one column but found none. Measure something first.",
      { expected: "columns", found: 0 },
    );
  }
  for (const name of names) {
    if (name !== "" && !/[\s,]|\*\//.test(name)) continue;
    throw new DaubError(
      "features",
      `Expected column names without blanks and commas, which separate names in a classifier ` +
        `file, but found "${name}". Rename the column, for example to ` +
        `"${name.replaceAll(/[\s,]+|\*\//g, "_") || "a"}".`,
      { expected: "a name without blanks and commas", found: name, where: name },
    );
  }
  return names;
}

function columnOf(columns: TableColumns, name: string): TableColumns[string] {
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (typeof column === "object" && column !== null && Number.isInteger(column.length)) {
    return column;
  }
  const names = Object.keys(columns);
  const nearest = nearestName(name, names);
  throw new DaubError(
    "features",
    `Expected a column "${name}" in the table, as the classifier uses it, but found ` +
      (names.length === 0 ? "no columns" : `${names.slice(0, 20).join(", ")}`) +
      `. ${nearest ? `Is it ${nearest}?` : "Add the column."}`,
    { expected: name, found: names, where: name },
  );
}

function differentLengths(first: string, length: number, name: string, found: number): DaubError {
  return new DaubError(
    "features",
    `Expected all columns of a table to have ${length} rows, like "${first}", but found ${found} ` +
      `in "${name}".`,
    { expected: length, found, where: name },
  );
}

function notNumber(name: string, row: number, value: unknown): DaubError {
  return new DaubError(
    "features",
    `Expected numbers in the column "${name}" but found ${JSON.stringify(value)} in row ${row}. ` +
      `Leave out the column, or replace what is no number by NaN.`,
    { expected: "a number", found: value, where: `${name}, row ${row}` },
  );
}
