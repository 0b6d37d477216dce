import { findBorders } from "./borders.ts";
import { dilateLabels } from "./dilate_labels.ts";
import { findLabelRuns } from "./label_runs.ts";
import { indexOf, mean, NEIGHBOUR_PROPERTIES, touchesOf, treeOf } from "./neighbour_properties.ts";
import { Objects } from "./objects.ts";
import type { Property } from "./property.ts";
import { sumRegionsCpu } from "./region_sums_cpu.ts";

/** clEsperanto's numbers of nearest neighbours, portions of borders, and radii of growth. */
const NEAREST = [1, 2, 3, 4, 5, 6, 7, 8, 10, 20];
const PORTIONS = [0, 0.16, 0.2, 0.33, 0.5, 0.75];
const RADII = [5, 10];

/** The distances from every object to as many of the nearest others as any column needs. */
const nearestOf = (objects: Objects): readonly number[][] =>
  objects.share("nearest", () => {
    const index = indexOf(objects);
    return Array.from({ length: objects.count }, (_, o) => index.nearest(o, Math.max(...NEAREST)));
  });

const bordersOf = (objects: Objects): Uint32Array =>
  objects.share("borders", () => findBorders(objects.runs, objects.count, objects.size));

/** Calls back with every object that touches another, and with the faces that the two share. */
function forEachTouch(objects: Objects, callback: (object: number, faces: number) => void): void {
  const { first, second, faces } = touchesOf(objects);
  for (let pair = 0; pair < first.length; pair++) {
    callback(first[pair], faces[pair]);
    callback(second[pair], faces[pair]);
  }
}

type Measure = (object: number, faces: number) => number;

const facesOf: Measure = (_, faces) => faces;

const portionOf = (objects: Objects): Measure => {
  const borders = bordersOf(objects);
  return (object, faces) => faces / borders[object];
};

/** The largest of what is measured of an object's touches; 0 where nothing touches. */
function largestOf(objects: Objects, measure: Measure): Float64Array {
  const values = new Float64Array(objects.count);
  forEachTouch(objects, (o, faces) => values[o] = Math.max(values[o], measure(o, faces)));
  return values;
}

/** The least; where nothing touches, the largest of all objects, as in clEsperanto. */
function leastOf(objects: Objects, measure: Measure): Float64Array {
  const largest = largestOf(objects, measure).reduce((a, b) => Math.max(a, b), 0);
  const values = new Float64Array(objects.count).fill(largest);
  forEachTouch(objects, (o, faces) => values[o] = Math.min(values[o], measure(o, faces)));
  return values;
}

/**
 * How much the shares of an object's border differ from equal ones, on average over those that it
 * touches, of which background is one: clEsperanto's name for it is standard deviation.
 */
function deviationOfPortions(objects: Objects): Float64Array {
  const borders = bordersOf(objects);
  const numTouched = new Float64Array(objects.count);
  const background = Float64Array.from(borders);
  forEachTouch(objects, (o, faces) => {
    numTouched[o]++;
    background[o] -= faces;
  });
  background.forEach((faces, o) => numTouched[o] += faces > 0 ? 1 : 0);
  const values = new Float64Array(objects.count);
  const add: Measure = (o, faces) =>
    values[o] += Math.abs(faces / borders[o] - 1 / numTouched[o]) / numTouched[o];
  forEachTouch(objects, add);
  background.forEach((faces, o) => faces > 0 && add(o, faces));
  return values;
}

function countPortionsAbove(objects: Objects, least: number): Uint32Array {
  const portion = portionOf(objects);
  const counts = new Uint32Array(objects.count);
  forEachTouch(objects, (o, faces) => {
    if (portion(o, faces) > least) counts[o]++;
  });
  return counts;
}

/** The objects after they have grown. */
function dilated(objects: Objects, radius: number): Objects {
  return objects.share(`dilated ${radius}`, () => {
    const { size, runs, count } = objects;
    const labels = new Uint32Array(size.width * size.height * size.depth);
    for (let row = 0; row < size.height * size.depth; row++) {
      const from = row * size.width;
      for (let run = runs.firstOfRow[row]; run < runs.firstOfRow[row + 1]; run++) {
        labels.fill(runs.label[run], from + runs.start[run], from + runs.end[run]);
      }
    }
    const grown = findLabelRuns(dilateLabels(labels, size, radius), size);
    const request = { moments: false, distances: false };
    const sums = sumRegionsCpu(grown, count, size, [], request);
    const { dimensions, channels } = objects;
    return new Objects({ size, dimensions, labels: objects.labels, runs: grown, channels, sums });
  });
}

const named = (name: string): Property =>
  NEIGHBOUR_PROPERTIES.find((property) => property.name === name)!;

const LEAST_DISTANCE = named("minimum_distance_of_touching_neighbors");
const LARGEST_DISTANCE = named("maximum_distance_of_touching_neighbors");

const DISTANCE_RATIO: Property = {
  name: "max_min_distance_ratio_of_touching_neighbors",
  unit: "none",
  values: (objects) => {
    const largest = LARGEST_DISTANCE.values(objects, 0, NaN);
    const least = LEAST_DISTANCE.values(objects, 0, NaN);
    return objects.map((o) => largest[o] / least[o]);
  },
};

const TOUCHES: readonly Property[] = [
  {
    name: "touch_count_sum",
    unit: "none",
    values: (objects) => {
      const sums = new Float64Array(objects.count);
      forEachTouch(objects, (o, faces) => sums[o] += faces);
      return sums;
    },
  },
  {
    name: "minimum_touch_count",
    unit: "none",
    values: (objects) => leastOf(objects, facesOf),
  },
  {
    name: "maximum_touch_count",
    unit: "none",
    values: (objects) => largestOf(objects, facesOf),
  },
  {
    name: "minimum_touch_portion",
    unit: "none",
    values: (objects) => leastOf(objects, portionOf(objects)),
  },
  {
    name: "maximum_touch_portion",
    unit: "none",
    values: (objects) => largestOf(objects, portionOf(objects)),
  },
];

const DISTANCES: readonly Property[] = [
  named("touching_neighbor_count"),
  LEAST_DISTANCE,
  named("average_distance_of_touching_neighbors"),
  LARGEST_DISTANCE,
  DISTANCE_RATIO,
];

/** What is measured of neighbours under clEsperanto's names only. */
export const NEIGHBOUR_STATISTICS: readonly Property[] = [
  DISTANCE_RATIO,
  ...NEAREST.flatMap((n): Property[] => [
    {
      name: `maximum_distance_of_n${n}_nearest_neighbors`,
      unit: "length",
      values: (objects) => nearestOf(objects).map((all) => all.slice(0, n).at(-1) ?? NaN),
    },
    {
      name: `average_distance_of_n${n}_nearest_neighbors`,
      unit: "length",
      values: (objects) => nearestOf(objects).map((all) => mean(all.slice(0, n))),
    },
  ]),
  {
    name: "distance_to_most_distant_other",
    unit: "length",
    values: (objects) => {
      const tree = treeOf(objects);
      return objects.map((o) => tree.farthest(o));
    },
  },
  ...PORTIONS.map((portion): Property => ({
    name: `touch_portion_above_${portion}_neighbor_count`,
    unit: "none",
    type: "uint32",
    values: (objects) => countPortionsAbove(objects, portion),
  })),
  ...TOUCHES,
  { name: "standard_deviation_touch_portion", unit: "none", values: deviationOfPortions },
  ...RADII.flatMap((radius) =>
    [...DISTANCES, ...TOUCHES].map((property): Property => ({
      ...property,
      name: `${property.name}_dilated_r_${radius}`,
      values: (objects, channel, parameter) =>
        property.values(dilated(objects, radius), channel, parameter),
    }))
  ),
];

/** The columns of clEsperanto's `statistics_of_labelled_neighbors`. */
export const NEIGHBOUR_NAMES: readonly string[] = [
  "label",
  ...DISTANCES.map(({ name }) => name),
  ...[10, 20, 40, 80, 160].map((distance) => `proximal_neighbor_count_d${distance}`),
  ...NEIGHBOUR_STATISTICS.slice(1).map(({ name }) => name),
];
