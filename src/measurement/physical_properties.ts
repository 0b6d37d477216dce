import { CentroidIndex } from "./centroid_index.ts";
import { averageOfNearest, averageOfTouching } from "./neighbour_properties.ts";
import type { Objects } from "./objects.ts";
import { principalVariances, type Variances } from "./principal_axes.ts";
import type { Property } from "./property.ts";
import { axisLength, equivalentDiameter, perimetersOf } from "./shape_properties.ts";

/** The extent of a voxel in the image's unit; a plane has no thickness. */
function voxel({ voxelSize, dimensions }: Objects): [x: number, y: number, z: number] {
  const { x, y, z } = voxelSize!;
  return [x, y, dimensions === 3 ? z : 1];
}

const areasOf = (objects: Objects): Float64Array => {
  const [x, y, z] = voxel(objects);
  return objects.sums.area.map((area) => area * x * y * z);
};

const variancesOf = (objects: Objects): Variances =>
  objects.share("physical variances", () => principalVariances(objects, voxel(objects)));

const indexOf = (objects: Objects): CentroidIndex =>
  objects.share("physical index", () => {
    const [x, y, z] = voxel(objects);
    const [cx, cy, cz] = objects.centroid;
    return new CentroidIndex([cx.map((c) => c * x), cy.map((c) => c * y), cz.map((c) => c * z)]);
  });

function physical(
  name: string,
  unit: Property["unit"],
  values: Property["values"],
  rest: Partial<Property> = {},
): Property {
  return { ...rest, name, unit, physical: true, values };
}

/**
 * Measurements in the unit of the voxel size. Positions count from the middle of the first pixel;
 * the perimeter is defined where pixels are square.
 */
export const PHYSICAL_PROPERTIES: readonly Property[] = [
  physical("area_physical", "area", areasOf),
  ...(["x", "y", "z"] as const).map((axis, i) =>
    physical(
      `centroid_${axis}_physical`,
      "length",
      (objects) => objects.centroid[i].map((c) => c * objects.voxelSize![axis]),
    )
  ),
  physical(
    "equivalent_diameter_area_physical",
    "length",
    (objects) => areasOf(objects).map((area) => equivalentDiameter(area, objects.dimensions)),
  ),
  physical("perimeter_physical", "length", (objects) => {
    const { x, y } = objects.voxelSize!;
    return perimetersOf(objects).map((length) => x === y ? length * x : NaN);
  }, { onlyFlat: true }),
  physical(
    "axis_major_length_physical",
    "length",
    (objects) => variancesOf(objects)[0].map((v) => axisLength(v, objects.dimensions)),
    { sums: "moments" },
  ),
  physical(
    "axis_minor_length_physical",
    "length",
    (objects) =>
      variancesOf(objects)[objects.dimensions - 1].map((v) => axisLength(v, objects.dimensions)),
    { sums: "moments" },
  ),
  physical(
    "average_distance_of_touching_neighbors_physical",
    "length",
    (objects) => averageOfTouching(objects, indexOf(objects)),
  ),
  physical(
    "average_distance_of_n_nearest_neighbors_physical=",
    "length",
    (objects, _, n) => averageOfNearest(objects, indexOf(objects), n),
    { parameter: { minimum: 1, maximum: 1000, step: 1 } },
  ),
];
