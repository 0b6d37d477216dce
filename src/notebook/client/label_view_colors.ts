import type { LabelImage } from "../../labeling/labels.ts";
import { inPieces } from "../take_turns.ts";
import { OverlapCounter } from "./label_view_overlaps.ts";

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
    for (;;) {
      const counter = this.#counterFor(labels);
      if (!counter || counter === this.#prepared) return;
      // Other labels may be shown between two pieces: these come after those, then.
      const isLate = () => this.#before !== counter.before;
      await inPieces(() => isLate() || counter.step());
      if (isLate()) continue;
      counter.sort();
      this.#prepared = counter;
    }
  }

  /** The colour numbers of a new label image, which becomes the one before of the next. */
  update(labels: LabelImage): ColorNumbers {
    const counter = this.#counterFor(labels);
    const numbers = new Uint32Array(labels.count + 1);
    if (counter) {
      while (!counter.step());
      const isTaken = new Uint8Array(counter.before.count + 1);
      counter.forEach((from, to) => {
        if (numbers[to] !== 0 || isTaken[from] === 1) return;
        numbers[to] = this.#numbers[from];
        isTaken[from] = 1;
      });
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
