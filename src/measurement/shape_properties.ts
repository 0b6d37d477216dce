import { findConvexAreas } from "./convex_hull.ts";
import { findEulerNumbers } from "./euler_number.ts";
import type { Objects } from "./objects.ts";
import { findPerimeters } from "./perimeter.ts";
import { principalVariances, type Variances } from "./principal_axes.ts";
import type { Property } from "./property.ts";

const variancesOf = (objects: Objects): Variances =>
  objects.share("variances", () => principalVariances(objects, [1, 1, 1]));

export const perimetersOf = (objects: Objects): Float64Array =>
  objects.share("perimeters", () => findPerimeters(objects.runs, objects.count, objects.size));

const convexAreasOf = (objects: Objects): Float64Array =>
  objects.share("convex areas", () => findConvexAreas(objects));

/** The length of an axis of the ellipse or ellipsoid with the same second moments. */
export function axisLength(variance: number, dimensions: 2 | 3): number {
  return 2 * Math.sqrt((dimensions + 2) * variance);
}

/** The diameter of the circle or ball of an area or a volume. */
export function equivalentDiameter(area: number, dimensions: 2 | 3): number {
  return (2 * dimensions * area / Math.PI) ** (1 / dimensions);
}

/** Shape as scikit-image's `regionprops` defines and names it; `circularity` is 4π area / perimeter². */
export const SHAPE_PROPERTIES: readonly Property[] = [
  {
    name: "equivalent_diameter_area",
    unit: "length",
    values: ({ sums, dimensions }) => sums.area.map((area) => equivalentDiameter(area, dimensions)),
  },
  {
    name: "area_bbox",
    unit: "area",
    values: (objects) => boxAreas(objects),
  },
  {
    name: "extent",
    unit: "none",
    values: (objects) => boxAreas(objects).map((area, o) => objects.sums.area[o] / area),
  },
  { name: "perimeter", unit: "length", onlyFlat: true, values: perimetersOf },
  {
    name: "circularity",
    unit: "none",
    onlyFlat: true,
    values: (objects) => {
      const perimeters = perimetersOf(objects);
      return objects.map((o) =>
        perimeters[o] > 0 ? 4 * Math.PI * objects.sums.area[o] / perimeters[o] ** 2 : NaN
      );
    },
  },
  {
    name: "axis_major_length",
    unit: "length",
    sums: "moments",
    values: (objects) =>
      variancesOf(objects)[0].map((variance) => axisLength(variance, objects.dimensions)),
  },
  {
    name: "axis_minor_length",
    unit: "length",
    sums: "moments",
    values: (objects) =>
      variancesOf(objects)[objects.dimensions - 1]
        .map((variance) => axisLength(variance, objects.dimensions)),
  },
  {
    name: "eccentricity",
    unit: "none",
    onlyFlat: true,
    sums: "moments",
    values: (objects) => {
      const [major, minor] = variancesOf(objects);
      return objects.map((o) => major[o] > 0 ? Math.sqrt(1 - minor[o] / major[o]) : 0);
    },
  },
  {
    name: "orientation",
    unit: "angle",
    onlyFlat: true,
    sums: "moments",
    values: ({ sums, count }) => {
      const [xx, yy, , xy] = sums.moments;
      const angles = new Float64Array(count);
      for (let o = 0; o < count; o++) {
        angles[o] = xx[o] === yy[o]
          ? (xy[o] > 0 ? Math.PI / 4 : -Math.PI / 4)
          : Math.atan2(2 * xy[o], yy[o] - xx[o]) / 2;
      }
      return angles;
    },
  },
  { name: "area_convex", unit: "area", onlyFlat: true, values: convexAreasOf },
  {
    name: "solidity",
    unit: "none",
    onlyFlat: true,
    values: (objects) => convexAreasOf(objects).map((area, o) => objects.sums.area[o] / area),
  },
  {
    name: "euler_number",
    unit: "none",
    type: "int32",
    values: (objects) => findEulerNumbers(objects.runs, objects.count, objects.size),
  },
];

function boxAreas({ sums: { min, max }, count }: Objects): Float64Array {
  const areas = new Float64Array(count).fill(1);
  for (let axis = 0; axis < 3; axis++) {
    for (let o = 0; o < count; o++) areas[o] *= max[axis][o] - min[axis][o] + 1;
  }
  return areas;
}
