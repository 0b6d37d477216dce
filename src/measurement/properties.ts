import { DaubError } from "../errors.ts";
import { nearestName } from "../nearest_name.ts";
import {
  AREA,
  BOX_PROPERTIES,
  CENTROID_DISTANCE_PROPERTIES,
  CENTROID_DISTANCE_RATIO,
  CENTROID_PROPERTIES,
  LABEL_PROPERTIES,
  MAX_DISTANCE_TO_CENTROID,
} from "./box_properties.ts";
import {
  INTENSITY_RANGE,
  MASS_CENTRE_DISTANCE_PROPERTIES,
  MASS_CENTRE_DISTANCE_RATIO,
  MASS_CENTRE_PROPERTIES,
  MAX_DISTANCE_TO_MASS_CENTRE,
  MEAN_INTENSITY,
  PERCENTILE_PROPERTIES,
  STANDARD_DEVIATION,
} from "./intensity_properties.ts";
import { NEIGHBOUR_PROPERTIES } from "./neighbour_properties.ts";
import { NEIGHBOUR_NAMES, NEIGHBOUR_STATISTICS } from "./neighbour_statistics.ts";
import { PHYSICAL_PROPERTIES } from "./physical_properties.ts";
import type { Property } from "./property.ts";
import { SHAPE_PROPERTIES } from "./shape_properties.ts";

/** clEsperanto's statistics of labelled pixels, in its order. */
const APOC: readonly Property[] = [
  ...LABEL_PROPERTIES,
  ...BOX_PROPERTIES,
  ...INTENSITY_RANGE,
  AREA,
  MEAN_INTENSITY,
  ...MASS_CENTRE_PROPERTIES,
  ...CENTROID_PROPERTIES,
  ...CENTROID_DISTANCE_PROPERTIES,
  ...MASS_CENTRE_DISTANCE_PROPERTIES,
  STANDARD_DEVIATION,
  MAX_DISTANCE_TO_CENTROID,
  MAX_DISTANCE_TO_MASS_CENTRE,
  CENTROID_DISTANCE_RATIO,
  MASS_CENTRE_DISTANCE_RATIO,
];

/** The properties of the set "all", in the order in which a table shows them. */
const PROPERTIES: readonly Property[] = [
  ...APOC,
  ...PERCENTILE_PROPERTIES,
  ...SHAPE_PROPERTIES,
  ...NEIGHBOUR_PROPERTIES,
  ...PHYSICAL_PROPERTIES,
];

/** Every property that has a name. */
const KNOWN: readonly Property[] = [...PROPERTIES, ...NEIGHBOUR_STATISTICS];

/** What is measured unless properties are named. */
const DEFAULT = new Set([
  "label",
  "area",
  "bbox_min_x",
  "bbox_min_y",
  "bbox_max_x",
  "bbox_max_y",
  "centroid_x",
  "centroid_y",
  "min_intensity",
  "max_intensity",
  "mean_intensity",
  "standard_deviation_intensity",
  "median_intensity",
  "equivalent_diameter_area",
  "perimeter",
  "circularity",
  "axis_major_length",
  "axis_minor_length",
  "eccentricity",
  "orientation",
  "solidity",
  "touching_neighbor_count",
  "area_physical",
  "centroid_x_physical",
  "centroid_y_physical",
  "equivalent_diameter_area_physical",
  "perimeter_physical",
]);

/** What is added for volumes; what is not defined for them is left out. */
const DEFAULT_DEEP = new Set(["bbox_min_z", "bbox_max_z", "centroid_z", "centroid_z_physical"]);

/** A property as a column of a table. */
export interface PropertyColumn {
  readonly name: string;
  readonly property: Property;
  /** The channel, from 0. */
  readonly channel: number;
  /** The number behind the property's name, NaN where there is none. */
  readonly parameter: number;
}

/**
 * The sets of properties that have a name: `"default"`; `"apoc"`, clEsperanto's statistics of
 * labelled pixels; `"neighbors"`, its statistics of labelled neighbours, which take longer than all
 * others; `"all"`, everything but what only `"neighbors"` has.
 */
export type PropertySet = "default" | "apoc" | "neighbors" | "all";

/** What decides which properties a set holds, and which can be had. */
export interface Measurable {
  /** 0 when there is no image. */
  readonly numChannels: number;
  readonly dimensions: 2 | 3;
  readonly hasVoxelSize: boolean;
  /** The numbers for which a set holds the properties that need one. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
}

/**
 * The columns that names of properties or a set stand for. A set leaves out what the images do not
 * allow, a name does not.
 *
 * @throws {DaubError} `options` for names that are unknown, need an image when there is none, or a
 * voxel size when none is known.
 */
export function resolveProperties(
  properties: readonly string[] | PropertySet,
  measurable: Measurable,
): PropertyColumn[] {
  const columns = typeof properties === "string"
    ? columnsOfSet(properties, measurable)
    : properties.flatMap((name) => columnsOfName(name, measurable));
  const byName = new Map(columns.map((column) => [column.name, column]));
  return [...byName.values()];
}

function columnsOfSet(set: string, measurable: Measurable): PropertyColumn[] {
  const { numChannels, dimensions, hasVoxelSize, parameters } = measurable;
  if (set === "neighbors") {
    return NEIGHBOUR_NAMES.flatMap((name) => columnsOfName(name, measurable));
  }
  return propertiesOfSet(set, dimensions).flatMap((property) => {
    if (property.ofIntensity && numChannels === 0) return [];
    if (property.physical && !hasVoxelSize) return [];
    const values = property.parameter
      ? (parameters[property.name] ?? []).map((value) => numberFor(property, value))
      : [NaN];
    return values.flatMap((value) => columnsOf(property, numChannels, value));
  });
}

function propertiesOfSet(set: string, dimensions: 2 | 3): readonly Property[] {
  if (set === "apoc") return APOC;
  if (set === "all") return PROPERTIES;
  if (set === "default") {
    return PROPERTIES.filter(({ name, onlyFlat }) =>
      dimensions === 2
        ? DEFAULT.has(name)
        : !onlyFlat && (DEFAULT.has(name) || DEFAULT_DEEP.has(name))
    );
  }
  throw new DaubError(
    "options",
    `Expected the properties to be a list of names, "default", "apoc", "neighbors" or "all" but ` +
      `found ${JSON.stringify(set)}.`,
    { expected: ["default", "apoc", "neighbors", "all"], found: set, where: "properties" },
  );
}

function columnsOf(property: Property, numChannels: number, parameter: number): PropertyColumn[] {
  const name = property.parameter ? `${property.name}${parameter}` : property.name;
  if (!property.ofIntensity) return [{ name, property, channel: 0, parameter }];
  return Array.from({ length: numChannels }, (_, channel) => ({
    name: numChannels > 1 ? `${name}_channel${channel + 1}` : name,
    property,
    channel,
    parameter,
  }));
}

function columnsOfName(text: string, measurable: Measurable): PropertyColumn[] {
  const { numChannels, hasVoxelSize } = measurable;
  const [, name, suffix] = /^(.*?)(?:_channel(\d+))?$/s.exec(text)!;
  const property = KNOWN.find((property) =>
    property.parameter ? name.startsWith(property.name) : name === property.name
  );
  if (!property || (suffix && !property.ofIntensity)) throw unknownProperty(text);
  if (property.ofIntensity && numChannels === 0) {
    throw new DaubError(
      "options",
      `Expected an image, whose intensities ${text} is measured from, but none was given. Add ` +
        `the image, or leave ${text} out.`,
      { found: text, where: "properties" },
    );
  }
  if (property.physical && !hasVoxelSize) {
    throw new DaubError(
      "options",
      `Expected a voxel size, in whose unit ${text} is measured, but the image has none. Give it ` +
        `one, or measure in pixels.`,
      { found: text, where: "properties" },
    );
  }
  const parameter = property.parameter ? parameterOf(text, name, property) : NaN;
  const columns = columnsOf(property, numChannels, parameter);
  if (!suffix) return columns;
  const channel = Number(suffix) - 1;
  if (channel >= 0 && channel < numChannels) return [{ ...columns[channel], name: text }];
  throw new DaubError(
    "options",
    `Expected ${text} to name one of ${numChannels} channels but found channel ${suffix}.`,
    { expected: numChannels, found: Number(suffix), where: "properties" },
  );
}

function numberFor(property: Property, value: number): number {
  const name = `${property.name}${value}`;
  return parameterOf(name, name, property);
}

function parameterOf(text: string, name: string, property: Property): number {
  const { minimum, maximum, step } = property.parameter!;
  const number = name.slice(property.name.length);
  const value = Number(number);
  const isNumber = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(number) && Number.isFinite(value);
  const isWhole = step === undefined || Number.isInteger(value);
  if (isNumber && isWhole && value >= minimum && value <= maximum) return value;
  const range = maximum === Infinity ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  const expected = `${step ? "a whole number" : "a number"} ${range}`;
  throw new DaubError(
    "options",
    `Expected ${expected} behind ${property.name} but found ${JSON.stringify(text)}. Write for ` +
      `example ${property.name}${step ? 6 : 25}.`,
    { expected, found: text, where: "properties" },
  );
}

function unknownProperty(text: string): DaubError {
  const names = KNOWN.map(({ name }) => name);
  const nearest = nearestName(text, names);
  const usual = PROPERTIES.map(({ name }) => name).join(", ");
  const advice = nearest
    ? `Did you mean ${nearest}?`
    : `Known are ${usual}, and the columns of the set "neighbors".`;
  const found = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return new DaubError(
    "options",
    `Expected the name of a measurement but found ${JSON.stringify(found)}. ${advice}`,
    { expected: names, found: text, where: "properties" },
  );
}
