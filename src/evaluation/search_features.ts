/** A set of features that was tried. */
export interface TriedSet {
  /** Indices of the features, ascending. */
  readonly features: readonly number[];
  readonly accuracy: number;
  readonly cost: number;
}

/** What {@linkcode searchFeatures} chooses from and by. */
export interface FeatureSearch {
  readonly numFeatures: number;
  /** Features in the order in which they are worth trying. */
  readonly order: readonly number[];
  /** The accuracy of a set, 0 … 1. */
  readonly score: (features: readonly number[]) => Promise<number>;
  /** The cost of a set, with what its features share counted once. */
  readonly cost: (features: readonly number[]) => number;
  /** Accuracies closer than this count as equal. */
  readonly tolerance: number;
  /** The most features of a set. */
  readonly maxFeatures: number;
  /** The most features that are tried in a round. */
  readonly maxCandidates: number;
  /** Told the share of the rounds that are done. */
  readonly onProgress?: (fraction: number) => void;
}

/**
 * Looks for small, cheap sets of features that are as accurate as all of them: from nothing, adds
 * the feature that brings most, once by accuracy and once by accuracy for its cost; then takes away
 * what is not needed.
 *
 * After the sequential floating search of Pudil, Novovičová and Kittler, Pattern Recognition
 * Letters 15 (1994).
 *
 * @returns Every set that was tried, the full one first.
 */
export async function searchFeatures(search: FeatureSearch): Promise<TriedSet[]> {
  const tried = new Map<string, TriedSet>();
  const attempt = async (features: readonly number[]): Promise<TriedSet> => {
    const sorted = [...features].sort((a, b) => a - b);
    const key = sorted.join();
    const known = tried.get(key);
    if (known) return known;
    const set = {
      features: sorted,
      accuracy: await search.score(sorted),
      cost: search.cost(sorted),
    };
    tried.set(key, set);
    return set;
  };
  const { numFeatures, tolerance, onProgress } = search;
  const full = await attempt(Array.from({ length: numFeatures }, (_, i) => i));
  const target = full.accuracy - tolerance;
  for (const [pass, gain] of [gainByAccuracy, gainByCost].entries()) {
    let current: TriedSet | undefined;
    const most = Math.min(search.maxFeatures, numFeatures - 1);
    for (let size = 0; size < most; size++) {
      const next: TriedSet | undefined = await addOne(search, current, gain, attempt);
      if (!next) break;
      current = next;
      onProgress?.((pass + (size + 1) / (most + 1)) / 2);
      if (current.accuracy >= target) break;
    }
    if (current && current.accuracy >= target) await removeIdle(current, target, attempt);
    onProgress?.((pass + 1) / 2);
  }
  return [...tried.values()];
}

/** The sets that no other one beats in both cost and accuracy, by ascending cost. */
export function paretoFront<T extends Pick<TriedSet, "cost" | "accuracy">>(
  sets: readonly T[],
): T[] {
  const front: T[] = [];
  for (const set of [...sets].sort((a, b) => a.cost - b.cost || b.accuracy - a.accuracy)) {
    if (front.length === 0 || set.accuracy > front.at(-1)!.accuracy) front.push(set);
  }
  return front;
}

type Gain = (before: TriedSet | undefined, after: TriedSet, search: FeatureSearch) => number;

const gainByAccuracy: Gain = (before, after, { tolerance }) => {
  // Among sets that are as good as equal the cheapest counts: a difference below half the
  // tolerance is outweighed by any cost.
  const step = Math.max(tolerance / 2, 1e-9);
  return Math.round((after.accuracy - (before?.accuracy ?? 0)) / step) - after.cost * 1e-9;
};

const gainByCost: Gain = (before, after) => {
  const cost = Math.max(after.cost - (before?.cost ?? 0), 0.1);
  return (after.accuracy - (before?.accuracy ?? 0)) / cost;
};

/** The best set with one feature more; none where there is nothing to add. */
async function addOne(
  search: FeatureSearch,
  current: TriedSet | undefined,
  gain: Gain,
  attempt: (features: readonly number[]) => Promise<TriedSet>,
): Promise<TriedSet | undefined> {
  const own = current?.features ?? [];
  const candidates = search.order.filter((feature) => !own.includes(feature))
    .slice(0, search.maxCandidates);
  let best: TriedSet | undefined;
  for (const feature of candidates) {
    const set = await attempt([...own, feature]);
    if (!best || gain(current, set, search) > gain(current, best, search)) best = set;
  }
  return best;
}

/** Takes features away, the dearest first, as long as the accuracy stays. */
async function removeIdle(
  set: TriedSet,
  target: number,
  attempt: (features: readonly number[]) => Promise<TriedSet>,
): Promise<void> {
  for (let current: TriedSet | undefined = set; current && current.features.length > 1;) {
    let next: TriedSet | undefined;
    for (const feature of current.features) {
      const rest = await attempt(current.features.filter((other) => other !== feature));
      if (rest.accuracy >= target && (!next || rest.cost < next.cost)) next = rest;
    }
    current = next;
  }
}
