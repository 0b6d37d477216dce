import type { Column, Table } from "./table.ts";

/**
 * A table as an Apache Parquet file, which pandas, R, DuckDB and others read with the columns'
 * types; undefined values are NaN. The units are in the file's metadata under `daub:units`.
 *
 * The writer is loaded when it is first needed.
 *
 * @example Two columns
 * ```ts
 * import { encodeParquet } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const columns = { label: Uint32Array.of(1, 2), solidity: Float64Array.of(0.5, 1) };
 * const bytes = await encodeParquet({ rowCount: 2, columns });
 * assert.equal(new TextDecoder().decode(bytes.subarray(0, 4)), "PAR1");
 * ```
 */
export async function encodeParquet(
  { columns, units }: Table,
): Promise<Uint8Array<ArrayBuffer>> {
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0/src/index.js");
  const columnData = Object.entries(columns).map(([name, data]) => ({
    name,
    nullable: false,
    ...typed(data),
  }));
  const kvMetadata = units ? [{ key: "daub:units", value: JSON.stringify(units) }] : [];
  return new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata, createdBy: "daub" }));
}

/** Parquet's plain integers have a sign, so larger unsigned ones take 64 bits. */
function typed(data: Column) {
  if (data instanceof Float64Array) return { data, type: "DOUBLE" as const };
  if (data instanceof Int32Array) return { data, type: "INT32" as const };
  const isSmall = data.every((value) => value < 2 ** 31);
  return isSmall
    ? { data: Int32Array.from(data), type: "INT32" as const }
    : { data: BigInt64Array.from(data, BigInt), type: "INT64" as const };
}
