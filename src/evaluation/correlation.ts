import { DaubError } from "../errors.ts";

/** How much columns tell the same. */
export interface CorrelationMatrix {
  /** The name of each column. */
  readonly names: readonly string[];
  /**
   * Pearson's coefficients, −1 … 1, columns × columns row by row; symmetric, 1 on the diagonal. NaN
   * between two columns that have no row in common.
   */
  readonly values: Float64Array;
  /** The names of columns that are the same everywhere; they correlate with nothing: 0. */
  readonly constant: readonly string[];
}

/**
 * Pearson's correlation coefficient of every two columns, for example of the features of painted
 * pixels or of measurements: 1 or −1 where one tells all about the other, 0 where nothing.
 *
 * A column that is the same everywhere has no coefficient by definition; here it has 0 with others
 * and 1 with itself, so that it counts as telling nothing new about them. Rows where either of two
 * columns is NaN do not count for these two, as in pandas' `DataFrame.corr`.
 *
 * Source: Pearson, "Notes on regression and inheritance in the case of two parents", Proceedings of
 * the Royal Society of London 58 (1895).
 *
 * @param columns Columns of one length, by name; or feature by feature as a list.
 * @param names The names of a list's columns. Default their positions, from 0.
 * @throws {DaubError} `options` when there is no row, lengths differ, names do not fit or a value
 * is infinite.
 *
 * @example A copy, and an opposite
 * ```ts
 * import { correlate } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const { names, values } = correlate({ a: [1, 2, 3], b: [3, 5, 7], c: [9, 8, 7] });
 * assert.deepEqual(names, ["a", "b", "c"]);
 * assert.deepEqual(Array.from(values, Math.round), [1, 1, -1, 1, 1, -1, -1, -1, 1]);
 * ```
 */
export function correlate(
  columns: Readonly<Record<string, ArrayLike<number>>> | readonly ArrayLike<number>[],
  names?: readonly string[],
): CorrelationMatrix {
  const lists = Array.isArray(columns)
    ? columns as readonly ArrayLike<number>[]
    : Object.values(columns);
  const labels = Array.isArray(columns)
    ? names ?? lists.map((_, i) => `${i}`)
    : Object.keys(columns);
  const hasGaps = checkColumns(lists, labels);
  const numColumns = lists.length;
  const values = new Float64Array(numColumns ** 2);
  const scales = hasGaps ? [] : standardDeviations(lists);
  const sums = hasGaps ? values : crossProducts(lists);
  for (let a = 0; a < numColumns; a++) {
    values[a * numColumns + a] = 1;
    for (let b = a + 1; b < numColumns; b++) {
      const coefficient = hasGaps
        ? pairwise(lists[a], lists[b])
        : bounded(sums[a * numColumns + b], scales[a], scales[b]);
      values[a * numColumns + b] = coefficient;
      values[b * numColumns + a] = coefficient;
    }
  }
  return { names: labels, values, constant: labels.filter((_, i) => isConstant(lists[i])) };
}

/**
 * The features of samples as columns, for {@linkcode correlate}.
 *
 * @param values Row-major, samples × features.
 */
export function sampleColumns(values: Float32Array, numFeatures: number): Float32Array[] {
  const numSamples = values.length / numFeatures;
  return Array.from({ length: numFeatures }, (_, feature) => {
    const column = new Float32Array(numSamples);
    for (let row = 0, i = feature; row < numSamples; row++, i += numFeatures) {
      column[row] = values[i];
    }
    return column;
  });
}

/** Rows that are centred at once, so that they stay in the cache. */
const BLOCK = 256;

/** The sums of products of deviations from the mean, for each pair of columns a < b. */
function crossProducts(columns: readonly ArrayLike<number>[]): Float64Array {
  const numColumns = columns.length;
  const numRows = columns[0].length;
  const means = columns.map(meanOf);
  const sums = new Float64Array(numColumns ** 2);
  const block = new Float64Array(numColumns * BLOCK);
  for (let start = 0; start < numRows; start += BLOCK) {
    const size = Math.min(BLOCK, numRows - start);
    columns.forEach((column, c) => {
      for (let i = 0; i < size; i++) block[c * BLOCK + i] = column[start + i] - means[c];
    });
    for (let a = 0; a < numColumns; a++) {
      for (let b = a + 1; b < numColumns; b++) {
        let sum = 0;
        for (let i = 0; i < size; i++) sum += block[a * BLOCK + i] * block[b * BLOCK + i];
        sums[a * numColumns + b] += sum;
      }
    }
  }
  return sums;
}

/** The root of the sum of squared deviations from the mean; 0 where a column is constant. */
function standardDeviations(columns: readonly ArrayLike<number>[]): number[] {
  return columns.map((column) => {
    if (isConstant(column)) return 0;
    const mean = meanOf(column);
    let sum = 0;
    for (let i = 0; i < column.length; i++) sum += (column[i] - mean) ** 2;
    return Math.sqrt(sum);
  });
}

/** The coefficient over the rows that both columns have. */
function pairwise(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const rows: number[] = [];
  for (let i = 0; i < a.length; i++) if (!Number.isNaN(a[i]) && !Number.isNaN(b[i])) rows.push(i);
  if (rows.length === 0) return NaN;
  const columns = [rows.map((row) => a[row]), rows.map((row) => b[row])];
  const [own, other] = standardDeviations(columns);
  return bounded(crossProducts(columns)[1], own, other);
}

/** The coefficient, which rounding may not carry beyond 1. */
function bounded(sum: number, a: number, b: number): number {
  const scale = a * b;
  return scale === 0 ? 0 : Math.max(-1, Math.min(1, sum / scale));
}

function meanOf(column: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < column.length; i++) sum += column[i];
  return sum / column.length;
}

/** Whether all values are equal; those that are NaN do not count. */
function isConstant(column: ArrayLike<number>): boolean {
  let first = NaN;
  for (let i = 0; i < column.length; i++) {
    if (Number.isNaN(first)) first = column[i];
    else if (column[i] !== first && !Number.isNaN(column[i])) return false;
  }
  return true;
}

/** Refuses what is no table; tells whether a value is NaN. */
function checkColumns(columns: readonly ArrayLike<number>[], names: readonly string[]): boolean {
  const numRows = columns[0]?.length ?? 0;
  if (numRows === 0) {
    throw new DaubError(
      "options",
      "Expected columns with at least one row to correlate but found none. Paint some pixels, or " +
        "measure some objects, first.",
      { expected: "rows", found: 0 },
    );
  }
  if (names.length !== columns.length) {
    throw new DaubError(
      "options",
      `Expected ${columns.length} names, one per column, but found ${names.length}.`,
      { expected: columns.length, found: names.length, where: "names" },
    );
  }
  let hasGaps = false;
  columns.forEach((column, c) => {
    if (column.length !== numRows) {
      throw new DaubError(
        "options",
        `Expected columns of ${numRows} rows but found ${column.length} in ${names[c]}.`,
        { expected: numRows, found: column.length, where: names[c] },
      );
    }
    for (let i = 0; i < numRows; i++) {
      if (Number.isFinite(column[i])) continue;
      if (!Number.isNaN(column[i])) {
        throw new DaubError(
          "options",
          `Expected finite values but found ${column[i]} in ${names[c]}, row ${i}. Leave out the ` +
            `column or the row.`,
          { expected: "a finite value", found: column[i], where: `${names[c]}, row ${i}` },
        );
      }
      hasGaps = true;
    }
  });
  return hasGaps;
}
