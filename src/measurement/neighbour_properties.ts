import { CentroidIndex } from "./centroid_index.ts";
import type { Objects } from "./objects.ts";
import { PointTree } from "./point_tree.ts";
import type { Property } from "./property.ts";
import { findTouches, type Touches } from "./touches.ts";

/** The objects that touch, found once. */
export const touchesOf = (objects: Objects): Touches =>
  objects.share("touches", () => findTouches(objects.runs, objects.count, objects.size));

/** The objects by place, found once. */
export const indexOf = (objects: Objects): CentroidIndex =>
  objects.share("index", () => new CentroidIndex(objects.centroid));

/** The centroids in boxes, found once. */
export const treeOf = (objects: Objects): PointTree =>
  objects.share("tree", () => new PointTree(objects.centroid));

const countOf = (objects: Objects): Uint32Array =>
  objects.share("touching neighbours", () => {
    const counts = new Uint32Array(objects.count);
    const { first, second } = touchesOf(objects);
    for (let pair = 0; pair < first.length; pair++) {
      counts[first[pair]]++;
      counts[second[pair]]++;
    }
    return counts;
  });

/** Folds the distances to the touching neighbours of every object; 0 where nothing touches. */
function overTouching(
  objects: Objects,
  index: CentroidIndex,
  from: number,
  fold: (folded: number, distance: number) => number,
): Float64Array {
  const values = new Float64Array(objects.count).fill(from);
  const { first, second } = touchesOf(objects);
  for (let pair = 0; pair < first.length; pair++) {
    const distance = index.distance(first[pair], second[pair]);
    for (const o of [first[pair], second[pair]]) values[o] = fold(values[o], distance);
  }
  const counts = countOf(objects);
  return values.map((value, o) => counts[o] === 0 ? 0 : value);
}

/** The mean distance to touching neighbours; 0 where there are none. */
export function averageOfTouching(objects: Objects, index: CentroidIndex): Float64Array {
  const counts = countOf(objects);
  return overTouching(objects, index, 0, (sum, distance) => sum + distance)
    .map((sum, o) => sum / Math.max(1, counts[o]));
}

/** The mean distance to the `n` nearest others, or to all where there are fewer. */
export function averageOfNearest(objects: Objects, index: CentroidIndex, n: number): Float64Array {
  return objects.map((o) => mean(index.nearest(o, n)));
}

/** NaN where there is nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Neighbours as in clEsperanto: objects touch where pixels share a face, background is none of
 * them, and distances are between centroids, in pixels.
 */
export const NEIGHBOUR_PROPERTIES: readonly Property[] = [
  { name: "touching_neighbor_count", unit: "none", type: "uint32", values: countOf },
  {
    name: "average_distance_of_touching_neighbors",
    unit: "length",
    values: (objects) => averageOfTouching(objects, indexOf(objects)),
  },
  {
    name: "minimum_distance_of_touching_neighbors",
    unit: "length",
    values: (objects) => overTouching(objects, indexOf(objects), Infinity, Math.min),
  },
  {
    name: "maximum_distance_of_touching_neighbors",
    unit: "length",
    values: (objects) => overTouching(objects, indexOf(objects), 0, Math.max),
  },
  {
    name: "average_distance_of_n_nearest_neighbors=",
    unit: "length",
    parameter: { minimum: 1, maximum: 1000, step: 1 },
    values: (objects, _, n) => averageOfNearest(objects, indexOf(objects), n),
  },
  {
    name: "proximal_neighbor_count_d",
    unit: "none",
    type: "uint32",
    parameter: { minimum: 0, maximum: Infinity },
    values: (objects, _, distance) => {
      const tree = treeOf(objects);
      return objects.map((o) => tree.countWithin(o, distance));
    },
  },
];
