import assert from "node:assert/strict";
import { parquetMetadata, parquetReadObjects } from "npm:hyparquet@1.31.5";
import { measure } from "../../src/flow/measure.ts";
import { formatCsv } from "../../src/measurement/csv.ts";
import { formatGeoJson } from "../../src/measurement/geojson.ts";
import { encodeParquet } from "../../src/measurement/parquet.ts";
import type { Table } from "../../src/measurement/table.ts";
import { throwsDaub } from "../support/errors.ts";
import { randomCells } from "./random_labels.ts";

const voxelSize = { x: 0.5, y: 0.5, z: 1, unit: "micron" };

const table: Table = {
  rowCount: 3,
  columns: {
    label: Uint32Array.of(1, 2, 4_000_000_000),
    "mean, of all": Float64Array.of(0.1 + 0.2, NaN, -1e-7),
    euler_number: Int32Array.of(1, -3, 0),
  },
  units: { "mean, of all": "micron" },
};

Deno.test("CSV keeps every digit, quotes names and leaves out what is undefined", () => {
  assert.equal(
    formatCsv(table),
    'label,"mean, of all",euler_number\n' +
      "1,0.30000000000000004,1\n2,,-3\n4000000000,-1e-7,0\n",
  );
});

Deno.test("a table without rows is a line of names", () => {
  assert.equal(formatCsv({ rowCount: 0, columns: { label: new Uint32Array(0) } }), "label\n");
});

Deno.test("Parquet gives back the same numbers, types and units", async () => {
  const file = (await encodeParquet(table)).buffer;
  const rows = await parquetReadObjects({ file });
  assert.deepEqual(rows.map((row) => Number(row.label)), [...table.columns.label]);
  assert.deepEqual(rows.map((row) => row["mean, of all"]), [...table.columns["mean, of all"]]);
  assert.deepEqual(rows.map((row) => row.euler_number), [1, -3, 0]);
  const { schema, key_value_metadata } = parquetMetadata(file);
  assert.deepEqual(schema.slice(1).map(({ type }) => type), ["INT64", "DOUBLE", "INT32"]);
  assert.deepEqual(key_value_metadata, [
    { key: "daub:units", value: '{"mean, of all":"micron"}' },
  ]);
});

Deno.test("Parquet takes tables of many rows and of none", async () => {
  const label = Uint32Array.from({ length: 250_000 }, (_, i) => i);
  const many = await encodeParquet({ rowCount: label.length, columns: { label } });
  const rows = await parquetReadObjects({ file: many.buffer });
  assert.equal(rows.length, 250_000);
  assert.equal(rows[249_999].label, 249_999);
  const none = await encodeParquet({ rowCount: 0, columns: { label: new Uint32Array(0) } });
  assert.deepEqual(await parquetReadObjects({ file: none.buffer }), []);
});

Deno.test("GeoJSON has what QuPath reads: shape, type, class and measurements", async () => {
  const labels = { data: Uint8Array.of(3, 0, 3, 0, 8, 0), width: 3, height: 2, depth: 1 };
  const measured = await measure(labels, undefined, {
    properties: ["label", "area", "circularity"],
    backend: "cpu",
  });
  const text = formatGeoJson(labels, {
    table: measured,
    classes: Uint8Array.of(0, 2),
    classNames: ["dark", "bright"],
  });
  const { type, features } = JSON.parse(text);
  assert.equal(type, "FeatureCollection");
  assert.deepEqual(features[0], {
    type: "Feature",
    geometry: {
      type: "MultiPolygon",
      coordinates: [
        [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]],
        [[[2, 0], [3, 0], [3, 1], [2, 1], [2, 0]]],
      ],
    },
    // A single pixel has no perimeter, hence no circularity.
    properties: { objectType: "detection", name: "3", measurements: { "area pixel²": 2 } },
  });
  const { classification } = features[1].properties;
  assert.equal(classification.name, "bright");
  assert.ok(classification.color.every((c: number) => Number.isInteger(c) && c >= 0 && c <= 255));
  assert.deepEqual(features[1].properties.measurements, { "area pixel²": 1 });
});

Deno.test("every feature has the members and types that QuPath's reader takes", async () => {
  const labels = { ...randomCells({ width: 40, height: 30, depth: 1 }, 12, 3), voxelSize };
  const measured = await measure(labels, labels, { properties: "all", backend: "cpu" });
  const classes = Array.from(measured.columns.label, (label) => label % 3);
  for (const objectType of ["detection", "annotation", "cell"] as const) {
    const { features } = JSON.parse(
      formatGeoJson(labels, { table: measured, classes, objectType }),
    );
    assert.equal(features.length, measured.rowCount);
    for (const { type, geometry, properties, ...rest } of features) {
      assert.equal(type, "Feature");
      assert.deepEqual(rest, {});
      assert.ok(["Polygon", "MultiPolygon"].includes(geometry.type));
      assert.deepEqual(Object.keys(geometry), ["type", "coordinates"]);
      const { name, classification, measurements, ...others } = properties;
      assert.deepEqual(others, { objectType });
      assert.equal(typeof name, "string");
      assert.equal(classification === undefined, classes[name - 1] === 0);
      if (classification) {
        assert.deepEqual(Object.keys(classification), ["name", "color"]);
        assert.equal(classification.name, `Class ${classes[name - 1]}`);
        assert.equal(classification.color.length, 3);
      }
      // A map from names to numbers; NaN, which JSON has not, is left out.
      assert.ok(Object.values(measurements).every(Number.isFinite));
      assert.equal(measurements["area pixel²"], measured.columns.area[name - 1]);
      assert.equal(measurements["area_physical micron²"], measured.columns.area[name - 1] / 4);
    }
  }
});

Deno.test("in a volume, GeoJSON names the plane of every shape", () => {
  const labels = { data: Uint8Array.of(1, 1), width: 1, height: 1, depth: 2 };
  const { features } = JSON.parse(formatGeoJson(labels));
  assert.deepEqual(features.map((f: { geometry: { plane: unknown } }) => f.geometry.plane), [
    { c: -1, z: 0, t: 0 },
    { c: -1, z: 1, t: 0 },
  ]);
});

Deno.test("an empty label image is an empty collection", () => {
  const labels = { data: Uint8Array.of(0, 0), width: 2, height: 1, depth: 1 };
  assert.deepEqual(JSON.parse(formatGeoJson(labels)).features, []);
});

Deno.test("a class and, where labels are not told, a row is wanted for every object", () => {
  const labels = { data: Uint8Array.of(1, 2), width: 2, height: 1, depth: 1 };
  throwsDaub(
    "options",
    /a row for each of 2 objects but found 1/,
    () => formatGeoJson(labels, { table: { rowCount: 1, columns: { area: Float64Array.of(1) } } }),
  );
  throwsDaub(
    "options",
    /each of 2 objects but found 1/,
    () => formatGeoJson(labels, { classes: [1] }),
  );
});
