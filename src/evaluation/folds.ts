import { MersenneTwister } from "../forest/mersenne_twister.ts";

/** Which samples are tested together. */
export interface Folds {
  readonly numFolds: number;
  /** The fold of each sample; -1 for those of a class with one group only, which always train. */
  readonly foldOf: Int32Array;
}

interface Group {
  /** Samples of each class. */
  readonly counts: Map<number, number>;
  size: number;
  fold: number;
}

/**
 * Deals groups of samples out to folds, so that each fold has about its share of every class: in
 * random order, then the largest first, each to the fold that lacks its classes most.
 *
 * After scikit-learn's `StratifiedGroupKFold`.
 */
export function dealFolds(
  classes: ArrayLike<number>,
  groups: ArrayLike<number>,
  maxFolds: number,
  seed: number,
): Folds {
  const byNumber = collectGroups(classes, groups);
  const all = [...byNumber.values()];
  const totals = new Map<number, number>();
  const numGroups = new Map<number, number>();
  for (const { counts } of all) {
    for (const [number, count] of counts) {
      totals.set(number, (totals.get(number) ?? 0) + count);
      numGroups.set(number, (numGroups.get(number) ?? 0) + 1);
    }
  }
  const tested = all.filter(({ counts }) =>
    [...counts.keys()].some((number) => numGroups.get(number)! > 1)
  );
  const numFolds = Math.min(maxFolds, Math.max(0, ...numGroups.values()));
  if (numFolds >= 2) deal(shuffle(tested, seed), totals, numFolds);
  const foldOf = new Int32Array(classes.length);
  for (let i = 0; i < foldOf.length; i++) foldOf[i] = byNumber.get(groups[i])!.fold;
  return { numFolds: numFolds >= 2 ? numFolds : 0, foldOf };
}

/** How many groups each class has. */
export function groupsPerClass(
  classes: ArrayLike<number>,
  groups: ArrayLike<number>,
): Map<number, number> {
  const found = new Map<number, Set<number>>();
  for (let i = 0; i < classes.length; i++) {
    const own = found.get(classes[i]);
    if (own) own.add(groups[i]);
    else found.set(classes[i], new Set([groups[i]]));
  }
  return new Map([...found].sort(([a], [b]) => a - b).map(([number, own]) => [number, own.size]));
}

function collectGroups(classes: ArrayLike<number>, groups: ArrayLike<number>): Map<number, Group> {
  const found = new Map<number, Group>();
  for (let i = 0; i < classes.length; i++) {
    let group = found.get(groups[i]);
    if (!group) found.set(groups[i], group = { counts: new Map(), size: 0, fold: -1 });
    group.counts.set(classes[i], (group.counts.get(classes[i]) ?? 0) + 1);
    group.size++;
  }
  return found;
}

function deal(groups: Group[], totals: ReadonlyMap<number, number>, numFolds: number): void {
  const loads = Array.from({ length: numFolds }, () => new Map<number, number>());
  for (const group of groups.sort((a, b) => b.size - a.size)) {
    const load = (fold: number) => {
      let sum = 0;
      for (const [number, count] of group.counts) {
        sum += count * (loads[fold].get(number) ?? 0) / totals.get(number)!;
      }
      return sum;
    };
    group.fold = 0;
    for (let fold = 1; fold < numFolds; fold++) {
      if (load(fold) < load(group.fold)) group.fold = fold;
    }
    const own = loads[group.fold];
    for (const [number, count] of group.counts) own.set(number, (own.get(number) ?? 0) + count);
  }
}

/** Fisher and Yates' shuffle. */
function shuffle<T>(values: readonly T[], seed: number): T[] {
  const random = new MersenneTwister(seed);
  const shuffled = [...values];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled;
}
