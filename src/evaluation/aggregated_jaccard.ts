import type { Overlaps } from "./overlaps.ts";

/**
 * The aggregated Jaccard index: every true object takes the found object with which its
 * intersection over union is largest (the one of the smallest label among equals); the sum of these
 * intersections is divided by the sum of these unions, to which the pixels of found objects that
 * nobody took are added. A found object may be taken more than once.
 *
 * Source: Kumar et al., "A dataset and a technique for generalized nuclear segmentation for
 * computational pathology", IEEE TMI 36 (2017), algorithm 1.
 *
 * @returns 0 … 1; 1 where there are no objects at all.
 */
export function aggregatedJaccard({ pairs, truth, found }: Overlaps): number {
  const best = new Map<number, (typeof pairs)[number]>();
  for (const pair of pairs) {
    const other = best.get(pair.truth);
    if (!other || pair.iou > other.iou) best.set(pair.truth, pair);
  }
  const taken = new Set<number>();
  let intersection = 0;
  let either = 0;
  for (let i = 0; i < truth.sizes.length; i++) {
    const pair = best.get(i);
    either += truth.sizes[i];
    if (!pair) continue;
    intersection += pair.pixels;
    either += found.sizes[pair.found] - pair.pixels;
    taken.add(pair.found);
  }
  for (let i = 0; i < found.sizes.length; i++) if (!taken.has(i)) either += found.sizes[i];
  return either === 0 ? 1 : intersection / either;
}
