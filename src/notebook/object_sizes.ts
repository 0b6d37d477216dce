import type { LabelImage } from "../labeling/labels.ts";

/**
 * The number of pixels of every object: the entry i is that of label i + 1.
 *
 * @param labels Their sizes are not counted again where they come with them.
 */
export function objectSizes(labels: LabelImage & { readonly sizes?: Uint32Array }): Uint32Array {
  if (labels.sizes) return labels.sizes;
  if (labels.count === 0) return new Uint32Array();
  const { data, count } = labels;
  const { length } = data;
  const sizes = new Uint32Array(count + 1);
  // Run by run: a processor waits for a number that it has just written.
  for (let start = 0, end = 0; start < length; start = end) {
    const label = data[start];
    do end++; while (end < length && data[end] === label);
    sizes[label] += end - start;
  }
  return sizes.subarray(1);
}

/** How much of an image a class takes. */
export interface AreaFraction {
  /** The class number. */
  readonly class: number;
  readonly pixels: number;
  /** From 0 to 1. */
  readonly fraction: number;
}

/** The share of each class in the classified image, by ascending class number. */
export function areaFractions(areas: Readonly<Record<number, number>>): AreaFraction[] {
  const entries = Object.entries(areas).map(([value, pixels]) => ({
    class: Number(value),
    pixels,
  }));
  const total = entries.reduce((sum, { pixels }) => sum + pixels, 0);
  return entries
    .sort((a, b) => a.class - b.class)
    .map((entry) => ({ ...entry, fraction: total === 0 ? 0 : entry.pixels / total }));
}
