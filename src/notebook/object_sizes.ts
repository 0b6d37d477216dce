import type { LabelImage } from "../labeling/labels.ts";

/** The number of pixels of every object: the entry i is that of label i + 1. */
export function objectSizes(labels: LabelImage): Uint32Array {
  if (labels.count === 0) return new Uint32Array();
  const { data, count } = labels;
  const sizes = new Uint32Array(count + 1);
  for (let i = 0; i < data.length; i++) sizes[data[i]]++;
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
