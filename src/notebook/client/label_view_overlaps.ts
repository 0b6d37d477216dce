import type { LabelImage } from "../../labeling/labels.ts";

/** Pixels that are looked at in a step. */
const PIECE = 65_536;

/** Counts how many pixels every pair of an earlier and a later object shares. */
export class OverlapCounter {
  /** Where in the lists below a pair stands. */
  readonly #places = new Map<number, number>();
  readonly #pairs: number[] = [];
  readonly #pixels: number[] = [];
  /** The earlier object that each later one was last seen over, and the place of the two. */
  readonly #lastFrom: Uint32Array;
  readonly #lastPlace: Uint32Array;
  #at = 0;
  #sorted: Float64Array | undefined;

  constructor(readonly before: LabelImage, readonly after: LabelImage) {
    this.#lastFrom = new Uint32Array(after.count + 1);
    this.#lastPlace = new Uint32Array(after.count + 1);
  }

  /** Counts on; whether everything is counted. */
  step(): boolean {
    const a = this.before.data;
    const b = this.after.data;
    const [most, last] = [this.before.count, this.after.count];
    const [lastFrom, lastPlace, pixels] = [this.#lastFrom, this.#lastPlace, this.#pixels];
    const end = Math.min(a.length, this.#at + PIECE);
    let i = this.#at;
    while (i < end) {
      const to = b[i];
      if (to === 0) {
        do i++; while (i < end && b[i] === 0);
        continue;
      }
      const from = a[i];
      let j = i + 1;
      while (j < end && b[j] === to && a[j] === from) j++;
      if (from > 0 && from <= most && to <= last) {
        // Row after row, an object mostly lies over the same one.
        if (lastFrom[to] !== from) {
          lastFrom[to] = from;
          lastPlace[to] = this.#placeOf(from * (last + 1) + to);
        }
        pixels[lastPlace[to]] += j - i;
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

  #placeOf(pair: number): number {
    let place = this.#places.get(pair);
    if (place === undefined) {
      place = this.#pairs.push(pair) - 1;
      this.#pixels.push(0);
      this.#places.set(pair, place);
    }
    return place;
  }

  #sort(): Float64Array {
    const [pairs, pixels] = [this.#pairs, this.#pixels];
    // One number for a pair, because numbers are sorted much faster than objects: the overlap, and
    // after it the place in the list, so that equal ones stay in order.
    const keys = new Float64Array(pairs.length);
    for (let i = 0; i < keys.length; i++) keys[i] = i - pixels[i] * pairs.length;
    keys.sort();
    return keys.map((key) => pairs[key - Math.floor(key / pairs.length) * pairs.length]);
  }
}
