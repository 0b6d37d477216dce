import type { LabelImage } from "../../labeling/labels.ts";

/** Pixels that are looked at in a step. */
const PIECE = 65_536;

/** Counts how many pixels every pair of an earlier and a later object shares. */
export class OverlapCounter {
  readonly #counts = new Map<number, number>();
  #at = 0;
  #sorted: Float64Array | undefined;

  constructor(readonly before: LabelImage, readonly after: LabelImage) {}

  /** Counts on; whether everything is counted. */
  step(): boolean {
    const a = this.before.data;
    const b = this.after.data;
    const [most, last] = [this.before.count, this.after.count];
    const counts = this.#counts;
    const end = Math.min(a.length, this.#at + PIECE);
    let i = this.#at;
    while (i < end) {
      const from = a[i];
      const to = b[i];
      let j = i + 1;
      while (j < end && a[j] === from && b[j] === to) j++;
      if (from > 0 && to > 0 && from <= most && to <= last) {
        const pair = from * (last + 1) + to;
        counts.set(pair, (counts.get(pair) ?? 0) + j - i);
      }
      i = j;
    }
    this.#at = end;
    return end === a.length;
  }

  /** Calls back with every pair that was counted, the one that shares most first. */
  forEach(take: (from: number, to: number) => void): void {
    const width = this.after.count + 1;
    for (const pair of this.#sorted ??= this.#sort()) {
      const from = Math.floor(pair / width);
      take(from, pair - from * width);
    }
  }

  /** Sorts what was counted, so that calling back is quick. */
  sort(): void {
    this.#sorted ??= this.#sort();
  }

  #sort(): Float64Array {
    const pairs = Float64Array.from(this.#counts.keys());
    // One number for a pair, because numbers are sorted much faster than objects: the overlap, and
    // after it the place in the list, so that equal ones stay in order.
    const keys = new Float64Array(pairs.length);
    let i = 0;
    for (const pixels of this.#counts.values()) {
      keys[i] = i - pixels * pairs.length;
      i++;
    }
    keys.sort();
    return keys.map((key) => pairs[key - Math.floor(key / pairs.length) * pairs.length]);
  }
}
