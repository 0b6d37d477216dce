/** The values of one column, one per row. */
export type Column = Float64Array | Uint32Array | Int32Array;

/** Measurements in columns; a value that is not defined for a row is NaN. */
export interface Table {
  /** How many rows there are; every column has as many values. */
  readonly rowCount: number;
  /** The columns by name, in the order in which they are shown. */
  readonly columns: Readonly<Record<string, Column>>;
  /** The unit of columns that have one, for example `"pixel²"` or `"micron"`. */
  readonly units?: Readonly<Record<string, string>>;
}
