import type { Backend, BackendChoice } from "../backend.ts";
import { DaubError, throwIfCancelled } from "../errors.ts";
import {
  asChannels,
  describeSize,
  dimensions,
  type Image,
  sameSize,
  type VoxelSize,
} from "../image/image.ts";
import { withBackend } from "../backends/open_backend.ts";
import { checkIntensities } from "../measurement/check_intensities.ts";
import { findLabelRuns } from "../measurement/label_runs.ts";
import { numberObjects } from "../measurement/number_objects.ts";
import { Objects } from "../measurement/objects.ts";
import {
  type PropertyColumn,
  type PropertySet,
  resolveProperties,
} from "../measurement/properties.ts";
import { columnOf, describeUnit } from "../measurement/property.ts";
import { readLabels } from "../measurement/read_labels.ts";
import type { NumberArray } from "../measurement/region_sums.ts";
import type { Column, Table } from "../measurement/table.ts";

/** What {@linkcode measure} measures and where it computes. */
export interface MeasureOptions {
  /** Names of columns, or a set of them. Default `"default"`. */
  readonly properties?: readonly string[] | PropertySet;
  /** For which n a set holds `average_distance_of_n_nearest_neighbors=n`. Default 1 and 6. */
  readonly nearest?: readonly number[];
  /** For which distance, in pixels, a set holds `proximal_neighbor_count_d…`. Default 25. */
  readonly proximalDistance?: number;
  /** For which percentages a set holds `percentile_intensity=…`. Default 25 and 75. */
  readonly percentiles?: readonly number[];
  /** An open backend, or which to open for this call. Default `"auto"`. */
  readonly backend?: Backend | BackendChoice;
  /** Gives up between two steps when aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Measures every object of a label image: a row per label that occurs, in ascending order.
 *
 * @param labels 2D or 3D; 0 is background.
 * @param image One channel or several of the same size, for intensities.
 * @throws {DaubError} `image` when labels are no whole numbers, the sizes differ, a voxel size is
 * not positive, or an object has an intensity that is not finite; `options` for unknown properties and for those of an image or a
 * voxel size where there is none.
 *
 * @example The size and brightness of two objects
 * ```ts
 * import { measure } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const labels = { data: Uint32Array.of(1, 1, 0, 2), width: 4, height: 1, depth: 1 };
 * const image = { data: Float32Array.of(3, 5, 0, 7), width: 4, height: 1, depth: 1 };
 * const { columns } = await measure(labels, image, { properties: ["area", "mean_intensity"] });
 * assert.deepEqual([...columns.area], [2, 1]);
 * assert.deepEqual([...columns.mean_intensity], [4, 7]);
 * ```
 */
export async function measure(
  labels: Image,
  image?: Image | readonly Image[],
  options: MeasureOptions = {},
): Promise<Table> {
  const pixels = readLabels(labels);
  const channels = image === undefined ? [] : asChannels(image);
  if (channels.length > 0 && !sameSize(labels, channels[0])) throw otherSize(labels, channels[0]);
  const voxelSize = knownVoxelSize([labels, ...channels]);
  const nearest = options.nearest ?? [1, 6];
  const columns = resolveProperties(options.properties ?? "default", {
    numChannels: channels.length,
    dimensions: dimensions(labels),
    hasVoxelSize: voxelSize !== undefined,
    parameters: {
      "average_distance_of_n_nearest_neighbors=": nearest,
      "average_distance_of_n_nearest_neighbors_physical=": nearest,
      "proximal_neighbor_count_d": [options.proximalDistance ?? 25],
      "percentile_intensity=": options.percentiles ?? [25, 75],
    },
  });
  throwIfCancelled(options.signal);
  const found = numberObjects(findLabelRuns(pixels, labels));
  const used = [
    ...new Set(columns.flatMap(({ property, channel }) => property.ofIntensity ? [channel] : [])),
  ];
  const numbers = used.map((channel) => asNumbers(channels[channel].data));
  const request = {
    moments: columns.some(({ property }) => property.sums === "moments"),
    distances: columns.some(({ property }) => property.sums === "distances"),
  };
  const sums = await withBackend(
    options.backend,
    (backend) => backend.sumRegions(found.runs, found.labels.length, labels, numbers, request),
  );
  used.forEach((channel, i) => checkIntensities(channels[channel], sums.channels[i], found.runs));
  throwIfCancelled(options.signal);
  return tabulate(
    new Objects({
      size: labels,
      dimensions: dimensions(labels),
      labels: found.labels,
      runs: found.runs,
      channels: numbers,
      sums,
      ...(voxelSize && { voxelSize }),
    }),
    columns.map((column) => ({ ...column, channel: used.indexOf(column.channel) })),
  );
}

function tabulate(objects: Objects, wanted: readonly PropertyColumn[]): Table {
  const columns: Record<string, Column> = {};
  const units: Record<string, string> = {};
  for (const { name, property, channel, parameter } of wanted) {
    const isDefined = !property.onlyFlat || objects.dimensions === 2;
    const values = isDefined
      ? property.values(objects, channel, parameter)
      : new Float64Array(objects.count).fill(NaN);
    columns[name] = columnOf(values, isDefined ? property.type : undefined);
    const length = property.physical ? objects.voxelSize!.unit : "pixel";
    const unit = describeUnit(property, length, objects.dimensions);
    if (unit) units[name] = unit;
  }
  return { rowCount: objects.count, columns, units };
}

/** The first voxel size that has a unit. */
function knownVoxelSize(images: readonly Image[]): VoxelSize | undefined {
  const known = images.find(({ voxelSize }) => voxelSize && voxelSize.unit !== "pixel")?.voxelSize;
  for (const axis of ["x", "y", "z"] as const) {
    const found = known?.[axis] ?? 1;
    if (found > 0 && Number.isFinite(found)) continue;
    throw new DaubError(
      "image",
      `Expected a voxel size of more than 0 along ${axis} but found ${found} ${known?.unit}. ` +
        `Correct it, or leave out the voxel size to measure in pixels.`,
      { expected: "a number greater than 0", found, where: `voxelSize.${axis}` },
    );
  }
  return known;
}

function asNumbers(data: Image["data"]): NumberArray {
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? Float64Array.from(data, Number)
    : data;
}

function otherSize(labels: Image, image: Image): DaubError {
  return new DaubError(
    "image",
    `Expected labels and image of one size but found labels of ${describeSize(labels)} and an ` +
      `image of ${describeSize(image)} pixels. Measure each image with the labels made from it.`,
    { expected: labels, found: image },
  );
}
