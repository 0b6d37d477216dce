import type { LabelImage } from "../../labeling/labels.ts";
import { inPieces } from "../take_turns.ts";

/** Which colour every object has: entry `label` is the number its colour is chosen by. */
export type ColorNumbers = Uint32Array;

/** Objects keep the colours of the objects before them that they overlap most. */
export class StableColors {
  #before: LabelImage | undefined;
  #numbers: ColorNumbers = new Uint32Array(1);
  #next = 1;
  #prepared: OverlapCounter | undefined;

  /**
   * Does beforehand, piece by piece, what takes long for a large label image; {@linkcode update} is
   * quick then.
   */
  async prepare(labels: LabelImage): Promise<void> {
    const counter = this.#counterFor(labels);
    if (!counter) return;
    await inPieces(() => counter.step());
    this.#prepared = counter;
  }

  /** The colour numbers of a new label image, which becomes the one before of the next. */
  update(labels: LabelImage): ColorNumbers {
    const counter = this.#counterFor(labels);
    const numbers = new Uint32Array(labels.count + 1);
    const taken = new Set<number>();
    if (counter) {
      while (!counter.step());
      const overlaps = counter.overlaps().sort((a, b) => b.pixels - a.pixels);
      for (const { from, to } of overlaps) {
        const number = this.#numbers[from];
        if (numbers[to] !== 0 || taken.has(number)) continue;
        numbers[to] = number;
        taken.add(number);
      }
    } else {
      this.#next = 1;
    }
    for (let label = 1; label <= labels.count; label++) {
      if (numbers[label] === 0) numbers[label] = this.#next++;
    }
    this.#before = labels;
    this.#prepared = undefined;
    this.#numbers = numbers;
    return numbers;
  }

  #counterFor(labels: LabelImage): OverlapCounter | undefined {
    const before = this.#before;
    const prepared = this.#prepared;
    if (prepared && prepared.before === before && prepared.after.data === labels.data) {
      return prepared;
    }
    return before?.data.length === labels.data.length
      ? new OverlapCounter(before, labels)
      : undefined;
  }
}

/** Pixels that are looked at in a step. */
const PIECE = 65_536;

/** Counts how many pixels every pair of an earlier and a later object shares. */
class OverlapCounter {
  readonly #counts = new Map<number, number>();
  #at = 0;

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

  /** What was counted. */
  overlaps(): { from: number; to: number; pixels: number }[] {
    const width = this.after.count + 1;
    return Array.from(this.#counts, ([pair, pixels]) => {
      const from = Math.floor(pair / width);
      return { from, to: pair - from * width, pixels };
    });
  }
}
