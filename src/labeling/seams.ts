import type { Labels } from "../backend.ts";
import type { Size } from "../image/image.ts";
import { neighbourhood } from "./connectivity.ts";
import type { Connectivity } from "./labels.ts";
import type { Strip } from "./strips.ts";
import { numberSets, singletons, union } from "./union_find.ts";

/**
 * Joins strips that were labelled one by one, each from 1, into the labels of the whole image.
 *
 * Strips follow one another in raster order, so the objects do too, and the first part of an object
 * that was cut gives it its place.
 *
 * @param labels The strips' labels one after the other; renumbered in place.
 * @param counts The number of objects in each strip.
 */
export function mergeStrips(
  labels: Uint32Array,
  size: Size,
  connectivity: Connectivity,
  strips: readonly Strip[],
  counts: readonly number[],
): Labels {
  let total = 0;
  // The parts of objects are numbered from 0 through all strips: label - 1 + the strip's base.
  const bases = counts.map((count) => (total += count) - count);
  const sets = singletons(total);
  joinSeams(labels, size, connectivity, strips, bases, sets);
  const count = numberSets(sets);
  strips.forEach((strip, s) => {
    const base = bases[s] - 1;
    const from = strip.firstRow * size.width;
    const to = from + strip.rows * size.width;
    for (let i = from; i < to; i++) {
      if (labels[i] !== 0) labels[i] = sets[base + labels[i]];
    }
  });
  return { labels, count };
}

function joinSeams(
  labels: Uint32Array,
  { width, height }: Size,
  connectivity: Connectivity,
  strips: readonly Strip[],
  bases: readonly number[],
  sets: Uint32Array,
): void {
  const { rows, reach } = neighbourhood(connectivity);
  strips.forEach(({ firstRow, rows: numRows }, strip) => {
    for (let row = firstRow; row < firstRow + numRows; row++) {
      const y = row % height;
      for (const { dz, dy } of rows) {
        const earlier = row + dz * height + dy;
        if (earlier < 0 || earlier >= firstRow || y + dy < 0 || y + dy >= height) continue;
        const earlierBase = bases[stripOfRow(strips, earlier)] - 1;
        const [from, earlierFrom] = [row * width, earlier * width];
        for (let x = 0; x < width; x++) {
          const label = labels[from + x];
          if (label === 0) continue;
          const last = Math.min(width - 1, x + reach);
          for (let k = Math.max(0, x - reach); k <= last; k++) {
            const touched = labels[earlierFrom + k];
            if (touched !== 0) union(sets, bases[strip] - 1 + label, earlierBase + touched);
          }
        }
      }
    }
  });
}

function stripOfRow(strips: readonly Strip[], row: number): number {
  let [low, high] = [0, strips.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (strips[middle].firstRow <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}
