import { singletons, union } from "../labeling/union_find.ts";
import type { Overlap } from "./overlaps.ts";

/**
 * Pairs found objects with true ones, each at most once, so that as many pairs as possible have at
 * least an intersection over union, and, among such pairings, their sum is the largest.
 *
 * Above 0.5 no object has two candidates, and every pair that reaches the threshold counts. At and
 * below it the pairing is the optimal one, as by `scipy.optimize.linear_sum_assignment`, but solved
 * for each cluster of objects that compete with one another.
 *
 * @param overlaps All pairs that share pixels.
 * @returns The chosen pairs in the order given.
 */
export function matchObjects(overlaps: readonly Overlap[], threshold: number): Overlap[] {
  const candidates = overlaps.filter(({ iou }) => iou >= threshold);
  if (threshold > 0.5) return candidates;
  return clusters(candidates).flatMap((cluster) => cluster.length === 1 ? cluster : assign(cluster))
    .sort((a, b) => a.truth - b.truth);
}

/** The pairs that compete, directly or by way of others. */
function clusters(pairs: readonly Overlap[]): Overlap[][] {
  const sets = singletons(pairs.length);
  const firstOfTruth = new Map<number, number>();
  const firstOfFound = new Map<number, number>();
  pairs.forEach(({ truth, found }, i) => {
    for (const [first, object] of [[firstOfTruth, truth], [firstOfFound, found]] as const) {
      const other = first.get(object);
      if (other === undefined) first.set(object, i);
      else union(sets, other, i);
    }
  });
  // Parents come before their children, so one pass finds all roots.
  for (let i = 0; i < sets.length; i++) sets[i] = sets[sets[i]];
  const bySet = Map.groupBy(pairs.keys(), (i) => sets[i]);
  return Array.from(bySet.values(), (members) => members.map((i) => pairs[i]));
}

/**
 * The heaviest of the largest pairings of a cluster, by successive cheapest augmenting paths
 * (Ahuja, Magnanti and Orlin, "Network Flows", 1993, section 9.7).
 */
function assign(pairs: readonly Overlap[]): Overlap[] {
  const pairOfTruth = new Map<number, Overlap>();
  const pairOfFound = new Map<number, Overlap>();
  while (augment(pairs, pairOfTruth, pairOfFound));
  return [...pairOfTruth.values()];
}

/** Matches one more true object along the path that gains most; false where there is none. */
function augment(
  pairs: readonly Overlap[],
  pairOfTruth: Map<number, Overlap>,
  pairOfFound: Map<number, Overlap>,
): boolean {
  const costOfTruth = new Map<number, number>();
  const costOfFound = new Map<number, number>();
  const cameBy = new Map<number, Overlap>();
  for (const { truth } of pairs) if (!pairOfTruth.has(truth)) costOfTruth.set(truth, 0);
  for (let isShorter = true; isShorter;) {
    isShorter = false;
    for (const pair of pairs) {
      const { truth, found, iou } = pair;
      const from = costOfTruth.get(truth);
      if (from === undefined || pairOfTruth.get(truth) === pair) continue;
      const cost = from - iou;
      // The margin keeps rounding from going round in circles.
      if (cost >= (costOfFound.get(found) ?? Infinity) - 1e-12) continue;
      costOfFound.set(found, cost);
      cameBy.set(found, pair);
      const taken = pairOfFound.get(found);
      if (taken) costOfTruth.set(taken.truth, cost + taken.iou);
      isShorter = true;
    }
  }
  let end = -1;
  for (const [found, cost] of costOfFound) {
    if (pairOfFound.has(found)) continue;
    if (end < 0 || cost < costOfFound.get(end)!) end = found;
  }
  if (end < 0) return false;
  for (let pair = cameBy.get(end); pair; pair = cameBy.get(end)) {
    const before = pairOfTruth.get(pair.truth);
    pairOfTruth.set(pair.truth, pair);
    pairOfFound.set(pair.found, pair);
    if (!before) break;
    end = before.found;
  }
  return true;
}
