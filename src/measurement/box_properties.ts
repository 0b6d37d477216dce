import type { Property } from "./property.ts";

const AXES = ["x", "y", "z"] as const;
const EXTENTS = ["width", "height", "depth"] as const;

/** Which object a row is of. */
export const LABEL_PROPERTIES: readonly Property[] = [
  { name: "label", unit: "none", type: "uint32", values: ({ labels }) => labels },
  { name: "original_label", unit: "none", type: "uint32", values: ({ labels }) => labels },
];

/** The box around an object: first and last column, row and plane, and what lies between. */
export const BOX_PROPERTIES: readonly Property[] = [
  ...AXES.map((axis, i): Property => ({
    name: `bbox_min_${axis}`,
    unit: "length",
    type: "uint32",
    values: ({ sums }) => sums.min[i],
  })),
  ...AXES.map((axis, i): Property => ({
    name: `bbox_max_${axis}`,
    unit: "length",
    type: "uint32",
    values: ({ sums }) => sums.max[i],
  })),
  ...EXTENTS.map((extent, i): Property => ({
    name: `bbox_${extent}`,
    unit: "length",
    type: "uint32",
    values: (objects) => objects.map((o) => objects.sums.max[i][o] - objects.sums.min[i][o] + 1),
  })),
];

export const AREA: Property = {
  name: "area",
  unit: "area",
  type: "uint32",
  values: ({ sums }) => sums.area,
};

/** Sums and means of coordinates, axis by axis. */
export const CENTROID_PROPERTIES: readonly Property[] = AXES.flatMap((axis, i): Property[] => [
  { name: `sum_${axis}`, unit: "none", values: ({ sums }) => sums.sum[i] },
  { name: `centroid_${axis}`, unit: "length", values: ({ centroid }) => centroid[i] },
]);

/** Distances of an object's pixels to its centroid, as clEsperanto names them. */
export const CENTROID_DISTANCE_PROPERTIES: readonly Property[] = [
  {
    name: "sum_distance_to_centroid",
    unit: "length",
    sums: "distances",
    values: ({ sums }) => sums.distances!.sum,
  },
  {
    name: "mean_distance_to_centroid",
    unit: "length",
    sums: "distances",
    values: (objects) => objects.map((o) => objects.sums.distances!.sum[o] / objects.sums.area[o]),
  },
];

export const MAX_DISTANCE_TO_CENTROID: Property = {
  name: "max_distance_to_centroid",
  unit: "length",
  sums: "distances",
  values: ({ sums }) => sums.distances!.max,
};

export const CENTROID_DISTANCE_RATIO: Property = {
  name: "mean_max_distance_to_centroid_ratio",
  unit: "none",
  sums: "distances",
  values: (objects) => {
    const { area, distances } = objects.sums;
    return objects.map((o) => distances!.max[o] / (distances!.sum[o] / area[o]));
  },
};
