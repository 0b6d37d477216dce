import type { LabelImage } from "../../labeling/labels.ts";

/** Which colour every object has: entry `label` is the number its colour is chosen by. */
export type ColorNumbers = Uint32Array;

/** Objects keep the colours of the objects before them that they overlap most. */
export class StableColors {
  #before: LabelImage | undefined;
  #numbers: ColorNumbers = new Uint32Array(1);
  #next = 1;

  /** The colour numbers of a new label image, which becomes the one before of the next. */
  update(labels: LabelImage): ColorNumbers {
    const before = this.#before;
    const numbers = new Uint32Array(labels.count + 1);
    const taken = new Set<number>();
    if (before !== undefined && before.data.length === labels.data.length) {
      const overlaps = countOverlaps(before, labels).sort((a, b) => b.pixels - a.pixels);
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
    this.#numbers = numbers;
    return numbers;
  }
}

/** How many pixels every pair of an earlier and a later object shares. */
function countOverlaps(
  before: LabelImage,
  after: LabelImage,
): { from: number; to: number; pixels: number }[] {
  const counts = new Map<number, number>();
  const a = before.data;
  const b = after.data;
  const width = after.count + 1;
  for (let i = 0; i < a.length;) {
    const from = a[i];
    const to = b[i];
    let j = i + 1;
    while (j < a.length && a[j] === from && b[j] === to) j++;
    if (from > 0 && to > 0 && from <= before.count && to <= after.count) {
      const pair = from * width + to;
      counts.set(pair, (counts.get(pair) ?? 0) + j - i);
    }
    i = j;
  }
  return Array.from(counts, ([pair, pixels]) => {
    const from = Math.floor(pair / width);
    return { from, to: pair - from * width, pixels };
  });
}
