import type { Image } from "../image/image.ts";
import { DaubError } from "../errors.ts";
import { type ObjectPolygons, tracePolygons } from "../labeling/polygons.ts";
import type { Column, Table } from "./table.ts";

/** What objects carry in a GeoJSON file beside their shape. */
export interface GeoJsonOptions {
  /** Measurements of the objects; rows are found by the column `label`, else by position. */
  readonly table?: Table;
  /** The class of every object, in the order of rows; 0 is none. */
  readonly classes?: ArrayLike<number>;
  /** The names of classes 1, 2, …. Default `"Class 1"`, `"Class 2"`, …. */
  readonly classNames?: readonly string[];
  /** What QuPath takes objects for. Default `"detection"`, which it handles in any number. */
  readonly objectType?: "detection" | "annotation" | "cell";
}

/**
 * The objects of a label image as GeoJSON (RFC 7946) in the form that QuPath opens: a feature per
 * object with its outline along the edges of its pixels, its class and its measurements.
 *
 * Coordinates are pixels from the upper left corner of the image. An object of several pieces is a
 * MultiPolygon; in a volume, an object is a feature in each of its planes.
 *
 * @param labels 2D or 3D; whole numbers of any type.
 * @throws {DaubError} `image` when labels are no whole numbers, `options` when there is not one
 * class or one row per object.
 *
 * @example An object with its area
 * ```ts
 * import { formatGeoJson, measure } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const labels = { data: Uint8Array.of(0, 1, 1), width: 3, height: 1, depth: 1 };
 * const table = await measure(labels, undefined, { properties: ["label", "area"] });
 * const { features } = JSON.parse(formatGeoJson(labels, { table }));
 * assert.equal(features[0].geometry.type, "Polygon");
 * assert.deepEqual(features[0].properties.measurements, { "area pixel²": 2 });
 * ```
 */
export function formatGeoJson(labels: Image, options: GeoJsonOptions = {}): string {
  const shapes = tracePolygons(labels);
  const rows = rowsByLabel(shapes, options);
  const columns = namedColumns(options.table);
  const features = shapes.map((shape) => ({
    type: "Feature",
    geometry: geometryOf(shape, labels.depth > 1),
    properties: propertiesOf(shape.label, rows.get(shape.label), columns, options),
  }));
  // One feature a line: readable, and small enough beside the coordinates.
  const lines = features.map((feature) => JSON.stringify(feature));
  return `{"type":"FeatureCollection","features":[\n${lines.join(",\n")}\n]}\n`;
}

/** The row of every label. */
function rowsByLabel(
  shapes: readonly ObjectPolygons[],
  { table, classes }: GeoJsonOptions,
): Map<number, number> {
  const found = [...new Set(shapes.map(({ label }) => label))].sort((a, b) => a - b);
  const labels = table?.columns.label ?? found;
  const count = table?.rowCount ?? found.length;
  if (labels.length !== count) {
    throw new DaubError(
      "options",
      `Expected a row for each of ${labels.length} objects but found ${count}. Measure these ` +
        `objects, with the column label.`,
      { expected: labels.length, found: count, where: "table" },
    );
  }
  if (classes && classes.length !== count) {
    throw new DaubError(
      "options",
      `Expected a class for each of ${count} objects but found ${classes.length}.`,
      { expected: count, found: classes.length, where: "classes" },
    );
  }
  return new Map(Array.from({ length: count }, (_, row) => [labels[row], row]));
}

function geometryOf({ polygons, z }: ObjectPolygons, isDeep: boolean) {
  const shape = polygons.length === 1
    ? { type: "Polygon", coordinates: polygons[0] }
    : { type: "MultiPolygon", coordinates: polygons };
  // QuPath's own member: channel −1 stands for all.
  return isDeep ? { ...shape, plane: { c: -1, z, t: 0 } } : shape;
}

function propertiesOf(
  label: number,
  row: number | undefined,
  columns: NamedColumns,
  options: GeoJsonOptions,
) {
  const { classes, classNames, objectType = "detection" } = options;
  const number = row === undefined ? 0 : classes?.[row] ?? 0;
  const name = classNames?.[number - 1] ?? `Class ${number}`;
  const measurements = row === undefined ? {} : measurementsOf(columns, row);
  return {
    objectType,
    name: String(label),
    ...(number > 0 && { classification: { name, color: colorOf(number) } }),
    ...(Object.keys(measurements).length > 0 && { measurements }),
  };
}

type NamedColumns = readonly (readonly [name: string, values: Column])[];

/** Columns named with their units. */
function namedColumns(table: Table | undefined): NamedColumns {
  return Object.entries(table?.columns ?? {}).filter(([name]) => name !== "label").map(
    ([name, values]) => {
      const unit = table!.units?.[name];
      return [unit ? `${name} ${unit}` : name, values];
    },
  );
}

/** JSON knows no value for what is undefined. */
function measurementsOf(columns: NamedColumns, row: number): Record<string, number> {
  const measurements: Record<string, number> = {};
  for (const [name, values] of columns) {
    if (Number.isFinite(values[row])) measurements[name] = values[row];
  }
  return measurements;
}

/** Colours as far from each other as can be, as red, green and blue from 0 to 255. */
function colorOf(number: number): number[] {
  const hue = (number * 0.618034 % 1) * 6;
  return [5, 3, 1].map((offset) => {
    const k = (offset + hue) % 6;
    return Math.round(230 - 180 * Math.max(0, Math.min(k, 4 - k, 1)));
  });
}
