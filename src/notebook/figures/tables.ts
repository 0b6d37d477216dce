import type { EngineClassifier } from "../engine.ts";

/** How much a feature contributes to a forest. */
export interface ImportanceRow {
  /** As in the specification. */
  readonly feature: string;
  /** The mean decrease in impurity; all sum to 1. */
  readonly importance: number;
}

/** How often a feature is asked about at one depth. */
export interface StatisticsRow {
  readonly feature: string;
  /** 0 at the roots. */
  readonly depth: number;
  /** The number of decisions. */
  readonly count: number;
  /** That number divided by all decisions at the depth. */
  readonly share: number;
}

/** How many objects have a size. */
export interface SizeBin {
  /** The smallest size, in pixels. */
  readonly from: number;
  /** The size that is just too large. */
  readonly to: number;
  readonly count: number;
}

/** The features by falling importance. */
export function importanceTable(
  { featureImportances }: Pick<EngineClassifier, "featureImportances">,
): ImportanceRow[] {
  return Object.entries(featureImportances)
    .map(([feature, importance]) => ({ feature, importance }))
    .sort((a, b) => b.importance - a.importance);
}

/** The decisions of a forest by feature and depth, in the order of the specification. */
export function statisticsTable(
  { statistics }: Pick<EngineClassifier, "statistics">,
): StatisticsRow[] {
  return statistics.flatMap(({ name, counts, shares }) =>
    counts.map((count, depth) => ({ feature: name, depth, count, share: shares[depth] }))
  );
}

/**
 * Counts objects by size, in at most `maxBins` bins of one width, which is a whole number of 1, 2 or
 * 5 times a power of ten.
 */
export function sizeHistogram(sizes: ArrayLike<number>, maxBins = 30): SizeBin[] {
  if (sizes.length === 0) return [];
  let [smallest, largest] = [Infinity, 0];
  for (let i = 0; i < sizes.length; i++) {
    smallest = Math.min(smallest, sizes[i]);
    largest = Math.max(largest, sizes[i]);
  }
  // As many bins as the root of the number of objects shows the shape and hides the noise.
  const wanted = Math.min(maxBins, Math.ceil(Math.sqrt(sizes.length)) + 4);
  let width = niceWidth((largest - smallest + 1) / wanted);
  const firstBin = () => Math.floor(smallest / width);
  while (Math.floor(largest / width) - firstBin() + 1 > wanted) width = niceWidth(width + 1);
  const first = firstBin();
  const counts = new Uint32Array(Math.floor(largest / width) - first + 1);
  for (let i = 0; i < sizes.length; i++) counts[Math.floor(sizes[i] / width) - first]++;
  return Array.from(counts, (count, i) => {
    const from = (first + i) * width;
    return { from, to: from + width, count };
  });
}

/** The next whole number of 1, 2 or 5 times a power of ten. */
function niceWidth(least: number): number {
  for (let power = 1;; power *= 10) {
    for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
  }
}
