import { DaubError } from "../errors.ts";
import type { Forest } from "./forest.ts";

/** How often a feature is asked about, depth by depth: the first entry is the roots. */
export interface FeatureStatistics {
  /** The feature's name. */
  readonly name: string;
  /** The number of decisions at each depth, as many as the deepest tree has; at least one. */
  readonly counts: readonly number[];
  /** Those numbers divided by all decisions at that depth; 0 where there are none. */
  readonly shares: readonly number[];
}

/** One entry per feature of a forest, in its order. */
export type ForestStatistics = readonly FeatureStatistics[];

/**
 * Counts for each feature the decisions that ask about it at each depth, as APOC's `statistics`
 * does.
 *
 * @param names The name of each feature; default their positions, from 0.
 * @throws {DaubError} `features` when there are not as many names as features.
 */
export function forestStatistics(forest: Forest, names?: readonly string[]): ForestStatistics {
  const { numFeatures, trees } = forest;
  if (names && names.length !== numFeatures) {
    throw new DaubError(
      "features",
      `Expected ${numFeatures} feature names, one per feature, but found ${names.length}.`,
      { expected: numFeatures, found: names.length, where: "names" },
    );
  }
  const totals: number[] = [0];
  const counts = Array.from({ length: numFeatures }, (): number[] => []);
  for (const { feature, left, right } of trees) {
    const pending: [node: number, depth: number][] = [[0, 0]];
    for (let entry = pending.pop(); entry; entry = pending.pop()) {
      const [node, depth] = entry;
      if (left[node] < 0) continue;
      const own = counts[feature[node]];
      own[depth] = (own[depth] ?? 0) + 1;
      totals[depth] = (totals[depth] ?? 0) + 1;
      pending.push([left[node], depth + 1], [right[node], depth + 1]);
    }
  }
  return counts.map((own, i) => ({
    name: names?.[i] ?? String(i),
    counts: totals.map((_, depth) => own[depth] ?? 0),
    shares: totals.map((total, depth) => total === 0 ? 0 : (own[depth] ?? 0) / total),
  }));
}
