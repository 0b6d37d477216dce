/** No bound. */
export const OPEN = -1;

/** The pixels that reach a leaf: those whose features have certain ranks among the thresholds. */
export interface LeafBox {
  readonly leaf: number;
  /** The features that were asked about on the way, ascending. */
  readonly features: readonly number[];
  /** For each of them the rank that is just too small and the largest that is not too large. */
  readonly below: readonly number[];
  readonly most: readonly number[];
}

/** Leaves that share a table. */
export interface LeafGroup {
  /** The features of the table, ascending. */
  readonly features: readonly number[];
  /** For each of them the ranks behind which something changes, ascending. */
  readonly cuts: readonly number[][];
  readonly boxes: readonly LeafBox[];
}

/** Tables of more features are not made: a look-up costs as much as several smaller ones. */
const MAX_FEATURES = 6;

/** More groups take too long to compare with each other. */
const MAX_COMPARED = 256;

/**
 * Divides leaves into few groups whose tables have at most `maxEntries` entries; nothing where some
 * leaf depends on too many features.
 *
 * @param numThresholds How many thresholds each feature has.
 */
export function groupLeaves(
  boxes: readonly LeafBox[],
  numThresholds: readonly number[],
  maxEntries: number,
): LeafGroup[] | undefined {
  const firstWords: number[] = [0];
  numThresholds.forEach((count, f) => firstWords.push(firstWords[f] + Math.ceil(count / 32)));
  const drafts: Draft[] = [];
  const open = new Map<string, Draft>();
  for (const box of boxes) {
    if (box.features.length > MAX_FEATURES) return undefined;
    const key = box.features.join();
    let draft = open.get(key);
    if (!draft?.fits(box, maxEntries)) {
      draft = new Draft(box.features, firstWords);
      if (!draft.fits(box, maxEntries)) return undefined;
      drafts.push(draft);
      open.set(key, draft);
    }
    draft.add(box);
  }
  drafts.sort((a, b) => b.features.length - a.features.length || b.size - a.size);
  return merge(drafts, maxEntries).map((draft) => draft.group());
}

/** Puts groups together while that saves look-ups. */
function merge(drafts: Draft[], maxEntries: number): Draft[] {
  if (drafts.length > MAX_COMPARED) return drafts;
  for (let i = 0; i < drafts.length; i++) {
    while (true) {
      let best: { k: number; joined: Joined } | undefined;
      for (let k = i + 1; k < drafts.length; k++) {
        const joined = drafts[i].join(drafts[k], maxEntries);
        if (joined && joined.gain > (best?.joined.gain ?? 0)) best = { k, joined };
      }
      if (!best) break;
      drafts[i].take(drafts[best.k], best.joined);
      drafts.splice(best.k, 1);
    }
  }
  return drafts;
}

/** What two groups would be together. */
interface Joined {
  readonly features: readonly number[];
  readonly size: number;
  /** Instructions that this saves for a pixel. */
  readonly gain: number;
}

/** A group that still grows. Its cuts are bits, those of each feature in words of their own. */
class Draft {
  features: readonly number[];
  size = 1;
  readonly #firstWords: readonly number[];
  readonly #boxes: LeafBox[] = [];
  readonly #cuts: Int32Array;

  constructor(features: readonly number[], firstWords: readonly number[]) {
    this.features = features;
    this.#firstWords = firstWords;
    this.#cuts = new Int32Array(firstWords[firstWords.length - 1]);
  }

  fits({ features, below, most }: LeafBox, maxEntries: number): boolean {
    let size = 1;
    features.forEach((f, i) => {
      let count = this.#count(f);
      if (below[i] !== OPEN && !this.#has(f, below[i])) count++;
      if (most[i] !== OPEN && !this.#has(f, most[i])) count++;
      size *= count + 1;
    });
    return size <= maxEntries;
  }

  add(box: LeafBox): void {
    this.#boxes.push(box);
    box.features.forEach((f, i) => {
      for (const cut of [box.below[i], box.most[i]]) {
        if (cut !== OPEN) this.#cuts[this.#firstWords[f] + (cut >> 5)] |= 1 << (cut & 31);
      }
    });
    this.size = this.features.reduce((size, f) => size * (this.#count(f) + 1), 1);
  }

  /** What this and another group would be together; nothing where that is too large. */
  join(other: Draft, maxEntries: number): Joined | undefined {
    const features = unite(this.features, other.features);
    if (features.length > MAX_FEATURES) return undefined;
    let size = 1;
    for (const f of features) {
      size *= this.#count(f, other.#cuts) + 1;
      if (size > maxEntries) return undefined;
    }
    const gain = lookUpCost(this.features.length) + lookUpCost(other.features.length) -
      lookUpCost(features.length);
    return { features, size, gain };
  }

  take(other: Draft, { features, size }: Joined): void {
    this.features = features;
    this.size = size;
    for (const box of other.#boxes) this.#boxes.push(box);
    other.#cuts.forEach((word, i) => this.#cuts[i] |= word);
  }

  group(): LeafGroup {
    const cuts = this.features.map((f) => {
      const last = 32 * (this.#firstWords[f + 1] - this.#firstWords[f]);
      return Array.from({ length: last }, (_, cut) => cut).filter((cut) => this.#has(f, cut));
    });
    return { features: this.features, cuts, boxes: this.#boxes };
  }

  #has(f: number, cut: number): boolean {
    return (this.#cuts[this.#firstWords[f] + (cut >> 5)] >>> (cut & 31) & 1) === 1;
  }

  /** How many cuts a feature has, those of another group included. */
  #count(f: number, others: Int32Array = this.#cuts): number {
    let count = 0;
    for (let word = this.#firstWords[f]; word < this.#firstWords[f + 1]; word++) {
      count += countBits(this.#cuts[word] | others[word]);
    }
    return count;
  }
}

/** The machine instructions that a look-up costs a pixel. */
export function lookUpCost(numFeatures: number): number {
  return 6 * numFeatures + 6;
}

function unite(a: readonly number[], b: readonly number[]): number[] {
  const all: number[] = [];
  let k = 0;
  for (const f of a) {
    while (k < b.length && b[k] < f) all.push(b[k++]);
    if (b[k] === f) k++;
    all.push(f);
  }
  while (k < b.length) all.push(b[k++]);
  return all;
}

function countBits(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
