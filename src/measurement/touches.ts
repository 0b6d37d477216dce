import type { Size } from "../image/image.ts";
import { forEachRow, type LabelRuns } from "./label_runs.ts";

/** Which objects touch by a face of a pixel, as pairs; objects count from 0. */
export interface Touches {
  /** The object with the smaller number of every pair; pairs ascend. */
  readonly first: Uint32Array;
  /** The object with the larger number. */
  readonly second: Uint32Array;
  /** How many faces of pixels the two share. */
  readonly faces: Uint32Array;
}

/** Finds the objects that touch: 4 neighbours of a pixel count in 2D, 6 in 3D. */
export function findTouches(runs: LabelRuns, count: number, size: Size): Touches {
  const pairs = new PairCounts(count);
  const { firstOfRow, start, end, label } = runs;
  const rowsPerPlane = size.height;
  forEachRow(runs, size, (first, last, y, z) => {
    for (let run = first + 1; run < last; run++) {
      if (end[run - 1] === start[run]) pairs.add(label[run - 1], label[run], 1);
    }
    const row = z * rowsPerPlane + y;
    if (y > 0) addRows(runs, firstOfRow[row - 1], firstOfRow[row], first, last, pairs);
    const before = row - rowsPerPlane;
    if (z > 0) addRows(runs, firstOfRow[before], firstOfRow[before + 1], first, last, pairs);
  });
  return pairs.sorted();
}

/** Adds the faces between two rows, walking both from left to right at once. */
function addRows(
  { start, end, label }: LabelRuns,
  a: number,
  lastA: number,
  b: number,
  lastB: number,
  pairs: PairCounts,
): void {
  while (a < lastA && b < lastB) {
    const shared = Math.min(end[a], end[b]) - Math.max(start[a], start[b]);
    if (shared > 0 && label[a] !== label[b]) pairs.add(label[a], label[b], shared);
    if (end[a] < end[b]) a++;
    else b++;
  }
}

/** Counts per pair of labels, in an open-addressed table. */
class PairCounts {
  /** A pair's larger label times the stride plus its smaller one; 0 where there is none. */
  #keys = new Float64Array(1024);
  #counts = new Uint32Array(1024);
  #size = 0;
  readonly #stride: number;

  constructor(count: number) {
    this.#stride = count + 1;
  }

  add(a: number, b: number, count: number): void {
    const key = a < b ? a * this.#stride + b : b * this.#stride + a;
    const slot = this.#find(key);
    if (this.#keys[slot] === 0) {
      this.#keys[slot] = key;
      this.#counts[slot] = count;
      if (++this.#size * 2 > this.#keys.length) this.#grow();
    } else this.#counts[slot] += count;
  }

  /** The pairs in ascending order, labels counted from 0. */
  sorted(): Touches {
    const keys = this.#keys.filter((key) => key !== 0).sort();
    const first = Uint32Array.from(keys, (key) => Math.floor(key / this.#stride) - 1);
    const second = Uint32Array.from(keys, (key) => key % this.#stride - 1);
    return { first, second, faces: Uint32Array.from(keys, (key) => this.#counts[this.#find(key)]) };
  }

  /** Where a key is, or where it would be. */
  #find(key: number): number {
    const mask = this.#keys.length - 1;
    const low = key % 4294967296;
    let slot = Math.imul(low ^ (key - low) / 4294967296, 0x9e3779b1) >>> 7 & mask;
    while (this.#keys[slot] !== 0 && this.#keys[slot] !== key) slot = slot + 1 & mask;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const counts = this.#counts;
    this.#keys = new Float64Array(keys.length * 2);
    this.#counts = new Uint32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === 0) continue;
      const slot = this.#find(keys[i]);
      this.#keys[slot] = keys[i];
      this.#counts[slot] = counts[i];
    }
  }
}
