import type { Table } from "./table.ts";

/**
 * A table as CSV (RFC 4180): a line of names, then a line per row; undefined values are empty.
 *
 * Numbers are written with as many digits as it takes to read the same number back.
 *
 * @example Two rows
 * ```ts
 * import { formatCsv } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const columns = { label: Uint32Array.of(1, 2), solidity: Float64Array.of(0.5, NaN) };
 * assert.equal(formatCsv({ rowCount: 2, columns }), "label,solidity\n1,0.5\n2,\n");
 * ```
 */
export function formatCsv(table: Table): string {
  const names = Object.keys(table.columns);
  const columns = Object.values(table.columns);
  const lines = [names.map(quote).join(",")];
  for (let row = 0; row < table.rowCount; row++) {
    lines.push(columns.map((column) => Number.isNaN(column[row]) ? "" : column[row]).join(","));
  }
  return lines.join("\n") + "\n";
}

function quote(name: string): string {
  return /[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}
