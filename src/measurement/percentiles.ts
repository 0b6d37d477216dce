import type { Objects } from "./objects.ts";
import type { NumberArray } from "./region_sums.ts";

/** The intensities of every object in ascending order. */
export interface SortedIntensities {
  /** Object i has the values from `first[i]` to `first[i + 1]`. */
  readonly first: Float64Array;
  readonly values: NumberArray;
}

/** Sorts the intensities of a channel object by object. */
export function sortIntensities(objects: Objects, channel: number): SortedIntensities {
  const { runs, sums, count, size } = objects;
  const pixels = objects.channels[channel];
  const first = new Float64Array(count + 1);
  for (let o = 0; o < count; o++) first[o + 1] = first[o] + sums.area[o];
  const values = new (pixels.constructor as Float64ArrayConstructor)(first[count]);
  const next = first.slice();
  for (let row = 0; row < size.height * size.depth; row++) {
    const from = row * size.width;
    for (let run = runs.firstOfRow[row]; run < runs.firstOfRow[row + 1]; run++) {
      const o = runs.label[run] - 1;
      const last = from + runs.end[run];
      for (let i = from + runs.start[run]; i < last; i++) values[next[o]++] = pixels[i];
    }
  }
  for (let o = 0; o < count; o++) values.subarray(first[o], first[o + 1]).sort();
  return { first, values };
}

/** A percentile of every object, between two values in proportion, as NumPy does by default. */
export function percentiles(
  { first, values }: SortedIntensities,
  percentage: number,
): Float64Array {
  const result = new Float64Array(first.length - 1);
  for (let o = 0; o < result.length; o++) {
    const at = percentage / 100 * (first[o + 1] - first[o] - 1);
    const low = values[first[o] + Math.floor(at)];
    const high = values[first[o] + Math.ceil(at)];
    result[o] = low + (high - low) * (at - Math.floor(at));
  }
  return result;
}
