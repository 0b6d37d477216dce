import type { Objects } from "./objects.ts";
import { percentiles, sortIntensities } from "./percentiles.ts";
import type { Property } from "./property.ts";

const AXES = ["x", "y", "z"] as const;

function intensity(
  name: string,
  unit: Property["unit"],
  values: Property["values"],
  sums?: Property["sums"],
): Property {
  return { name, unit, ofIntensity: true, values, ...(sums && { sums }) };
}

const channelOf = ({ sums }: Objects, channel: number) => sums.channels[channel];

export const INTENSITY_RANGE: readonly Property[] = [
  intensity("min_intensity", "intensity", (objects, c) => channelOf(objects, c).min),
  intensity("max_intensity", "intensity", (objects, c) => channelOf(objects, c).max),
  intensity("sum_intensity", "intensity", (objects, c) => channelOf(objects, c).sum),
];

export const MEAN_INTENSITY: Property = intensity(
  "mean_intensity",
  "intensity",
  (objects, c) => objects.map((o) => channelOf(objects, c).sum[o] / objects.sums.area[o]),
);

/** Sums of intensity times coordinate and the mass centre, axis by axis. */
export const MASS_CENTRE_PROPERTIES: readonly Property[] = AXES.flatMap((axis, i) => [
  intensity(
    `sum_intensity_times_${axis}`,
    "none",
    (objects, c) => channelOf(objects, c).weighted[i],
  ),
  intensity(`mass_center_${axis}`, "length", (objects, c) => objects.massCentre(c)[i]),
]);

/** Distances of an object's pixels to its mass centre. */
export const MASS_CENTRE_DISTANCE_PROPERTIES: readonly Property[] = [
  intensity(
    "sum_distance_to_mass_center",
    "length",
    (objects, c) => channelOf(objects, c).distances!.sum,
    "distances",
  ),
  intensity(
    "mean_distance_to_mass_center",
    "length",
    (objects, c) =>
      objects.map((o) => channelOf(objects, c).distances!.sum[o] / objects.sums.area[o]),
    "distances",
  ),
];

/** Over the pixels of an object, not a sample of them: divided by their number. */
export const STANDARD_DEVIATION: Property = intensity(
  "standard_deviation_intensity",
  "intensity",
  (objects, c) =>
    objects.map((o) => Math.sqrt(channelOf(objects, c).squares[o] / objects.sums.area[o])),
);

export const MAX_DISTANCE_TO_MASS_CENTRE: Property = intensity(
  "max_distance_to_mass_center",
  "length",
  (objects, c) => channelOf(objects, c).distances!.max,
  "distances",
);

export const MASS_CENTRE_DISTANCE_RATIO: Property = intensity(
  "mean_max_distance_to_mass_center_ratio",
  "none",
  (objects, c) => {
    const { sum, max } = channelOf(objects, c).distances!;
    return objects.map((o) => max[o] / (sum[o] / objects.sums.area[o]));
  },
  "distances",
);

const sortedOf = (objects: Objects, channel: number) =>
  objects.share(`sorted ${channel}`, () => sortIntensities(objects, channel));

/** Percentiles of an object's intensities, and the 50th by its name. */
export const PERCENTILE_PROPERTIES: readonly Property[] = [
  intensity(
    "median_intensity",
    "intensity",
    (objects, c) => percentiles(sortedOf(objects, c), 50),
  ),
  {
    ...intensity(
      "percentile_intensity=",
      "intensity",
      (objects, c, percentage) => percentiles(sortedOf(objects, c), percentage),
    ),
    parameter: { minimum: 0, maximum: 100 },
  },
];
