import { type PairMeasurement, parsePairName } from "./pair_names.ts";
import type { TableColumns } from "./table_rows.ts";
import type { TouchingPairs } from "./touching_pairs.ts";

const CENTROID = ["centroid_x", "centroid_y", "centroid_z"];

/**
 * Pairs seen from either side, as APOC's matrices hold them: of a cell (row, column) the portion
 * that the column's border shares with the row differs from that of (column, row).
 */
export interface PairSides {
  /** Which of the touching pairs. */
  readonly pair: Uint32Array;
  /** Whether the column is the smaller number of the two. */
  readonly isReversed: Uint8Array;
}

/** Both sides of the chosen pairs, in raster order of APOC's matrices. */
export function sidesInOrder({ first, second }: TouchingPairs, chosen: Uint32Array): PairSides {
  const sides = Array.from(chosen).flatMap((pair) => [
    { pair, isReversed: 0, row: first[pair], column: second[pair] },
    { pair, isReversed: 1, row: second[pair], column: first[pair] },
  ]);
  sides.sort((a, b) => a.row - b.row || a.column - b.column);
  return {
    pair: Uint32Array.from(sides, ({ pair }) => pair),
    isReversed: Uint8Array.from(sides, ({ isReversed }) => isReversed),
  };
}

/** Both sides of all pairs: those of pair i at 2 i and 2 i + 1. */
export function sidesOfAll({ first }: TouchingPairs): PairSides {
  const length = 2 * first.length;
  return {
    pair: Uint32Array.from({ length }, (_, side) => side >> 1),
    isReversed: Uint8Array.from({ length }, (_, side) => side & 1),
  };
}

/** The measurements of single objects that features of pairs are made of. */
export function objectFeaturesOf(names: readonly string[]): string[] {
  const needed = names.map(parsePairName).flatMap((measurement) => {
    if (measurement.kind === "centroid_distance") return CENTROID;
    return measurement.kind === "difference" ? [measurement.column] : [];
  });
  return [...new Set(needed)];
}

/**
 * The features of pairs of objects, one value per side.
 *
 * @param objects The measurements of single objects.
 */
export function measureSides(
  pairs: TouchingPairs,
  sides: PairSides,
  names: readonly string[],
  objects: TableColumns,
): TableColumns {
  return Object.fromEntries(names.map((name) => {
    const valueOf = valueOfSide(parsePairName(name), pairs, objects);
    const values = new Float64Array(sides.pair.length);
    for (let side = 0; side < values.length; side++) {
      values[side] = valueOf(sides.pair[side], sides.isReversed[side] === 1);
    }
    return [name, values];
  }));
}

type SideValue = (pair: number, isReversed: boolean) => number;

function valueOfSide(
  measurement: PairMeasurement,
  { first, second, faces, intensity, numChannels, border }: TouchingPairs,
  objects: TableColumns,
): SideValue {
  const differenceOf = (column: string) => {
    const values = objects[column];
    return (pair: number) => Math.abs((values[first[pair]] ?? NaN) - (values[second[pair]] ?? NaN));
  };
  switch (measurement.kind) {
    case "touch_count":
      return (pair) => faces[pair];
    case "touch_portion":
      return (pair, isReversed) => faces[pair] / border[isReversed ? first[pair] : second[pair]];
    case "mean_touch_intensity": {
      const channel = measurement.channel ?? 0;
      return (pair) => intensity[pair * numChannels + channel] / faces[pair];
    }
    case "centroid_distance": {
      const [x, y, z] = CENTROID.map(differenceOf);
      return (pair) => Math.hypot(x(pair), y(pair), z(pair));
    }
    case "difference":
      return differenceOf(measurement.column);
  }
}
