import { DaubError } from "../errors.ts";
import type { ForestOptions } from "./model.ts";
import { parseTableModel, TableClassifier } from "./table_classifier.ts";
import { classifyRows, type RowWords, type TableModel, trainRows } from "./table_model.ts";
import { checkNames, columnsOf, readRows, splitNames, type TableInput } from "./table_rows.ts";

/** A table and the classes of its rows. */
export interface TableTrainingPair {
  /** The measurements: one row per object, or whatever is to be classified. */
  readonly table: TableInput;
  /** The class of each row, 1 … 255; 0 where it is not known. */
  readonly groundTruth: ArrayLike<number>;
  /** Gives up between two trees. */
  readonly signal?: AbortSignal;
}

/** {@linkcode TableTrainingPair}, which columns to use, and how the forest is grown. */
export interface TrainTableOptions extends TableTrainingPair, ForestOptions {
  /** The columns to learn from, separated by blanks. Default all, in the order of the table. */
  readonly features?: string;
}

const WORDS: RowWords = { rows: "rows", advice: "Give some rows of each class their number." };

/**
 * Gives every row of a table a class: a random forest on its columns.
 *
 * The counterpart of APOC's `TableRowClassifier`; its files open here and ours there. Rows that
 * miss a value are not learnt from and get class 0.
 *
 * @example Small and large
 * ```ts
 * import { TableRowClassifier } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const table = { area: [10, 12, 11, 90, 95, 99, 50], roundness: [1, 1, 0.9, 1, 1, 0.9, NaN] };
 * const classifier = await TableRowClassifier.train({
 *   table,
 *   groundTruth: [1, 1, 1, 2, 2, 0, 0],
 * });
 * assert.deepEqual([...classifier.predict(table)], [1, 1, 1, 2, 2, 2, 0]);
 * ```
 */
export class TableRowClassifier extends TableClassifier {
  /** The kind, as in the classifier file. */
  override readonly className = "TableRowClassifier";

  /** @ignore */
  constructor(model: TableModel) {
    super(model);
  }

  /**
   * Trains on the rows whose class is known.
   *
   * @throws {DaubError} `features` when a column is missing, is not of numbers, or has a value in no
   * row that has a class; `annotation` when there are no two classes, or numbers that are no class.
   */
  static async train(options: TrainTableOptions): Promise<TableRowClassifier> {
    const { table, features } = options;
    const names = features === undefined
      ? Object.keys(columnsOf(table))
      : splitNames(features, "area roundness");
    const rows = readRows(table, checkNames(names));
    const classes = readClasses(options.groundTruth, rows.isComplete.length);
    return new TableRowClassifier(await trainRows(rows, classes, names, WORDS, options));
  }

  /** Reads the text of a classifier file. @throws {DaubError} `classifier` when it is damaged. */
  static parse(text: string, where?: string): TableRowClassifier {
    return new TableRowClassifier(parseTableModel(text, "TableRowClassifier", where).model);
  }

  /**
   * A new classifier trained on a further table in addition to everything trained on before.
   *
   * @throws {DaubError} `classifier` when this one was read from a file.
   */
  async continueTraining(pair: TableTrainingPair): Promise<TableRowClassifier> {
    const rows = readRows(pair.table, this.featureNames);
    const classes = readClasses(pair.groundTruth, rows.isComplete.length);
    const options = { ...this.retrainOptions(), signal: pair.signal };
    return new TableRowClassifier(
      await trainRows(rows, classes, this.featureNames, WORDS, options, this.model),
    );
  }

  /**
   * The class of every row; 0 where a value is missing.
   *
   * @param table Its columns may be in any order, and there may be more than needed.
   * @throws {DaubError} `features` when a column is missing or is not of numbers.
   */
  predict(table: TableInput): Uint8Array {
    return classifyRows(this.model, readRows(table, this.featureNames));
  }
}

function readClasses(numbers: ArrayLike<number>, rowCount: number): Uint8Array {
  if (numbers?.length !== rowCount) {
    throw new DaubError(
      "annotation",
      `Expected ${rowCount} class numbers, one for each row of the table, but found ` +
        `${numbers?.length ?? "none"}.`,
      { expected: rowCount, found: numbers?.length, where: "groundTruth" },
    );
  }
  return Uint8Array.from(numbers, (number, row) => {
    if (Number.isInteger(number) && number >= 0 && number <= 255) return number;
    throw new DaubError(
      "annotation",
      `Expected class numbers from 1 to 255, and 0 where the class is not known, but found ` +
        `${number} for row ${row}.`,
      { expected: "a whole number from 0 to 255", found: number, where: `row ${row}` },
    );
  });
}
