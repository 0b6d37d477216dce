import { floatOfOrderedBits } from "./float_order.ts";
import type { FeatureBlock } from "./vote_table.ts";

/** Cells of equal width between the least and the largest threshold. */
const NUM_CELLS = 512;

/**
 * Ranks the values of one feature among the forest's thresholds, by a table that says for each
 * cell of the axis how many thresholds lie before it.
 */
export class ThresholdRanks {
  /** Ordered bits, ascending. */
  readonly thresholds: Int32Array;
  readonly #before: Int32Array;
  readonly #origin: number;
  readonly #cellsPerUnit: number;

  constructor(thresholds: Iterable<number>) {
    this.thresholds = Int32Array.from(new Set(thresholds)).sort();
    const floats = Array.from(this.thresholds, floatOfOrderedBits);
    this.#origin = floats[0];
    const extent = floats[floats.length - 1] - floats[0];
    this.#cellsPerUnit = extent > 0 ? NUM_CELLS / extent : 0;
    this.#before = new Int32Array(NUM_CELLS + 1);
    for (const float of floats) this.#before[this.#cellOf(float) + 1]++;
    for (let cell = 0; cell < NUM_CELLS; cell++) this.#before[cell + 1] += this.#before[cell];
  }

  /**
   * Writes `first + step × rank` for each value of a feature, the rank being the number of
   * thresholds below the value.
   */
  rank(
    { bits, floats, stride }: FeatureBlock,
    feature: number,
    length: number,
    first: number,
    step: number,
    result: Int32Array,
    offset: number,
  ): void {
    const thresholds = this.thresholds;
    const before = this.#before;
    const origin = this.#origin;
    const cellsPerUnit = this.#cellsPerUnit;
    const count = thresholds.length;
    const start = feature * stride;
    for (let i = 0; i < length; i++) {
      // Cells ascend with the values, so thresholds of earlier cells are below the value and those
      // of later ones are not. NaN falls into cell 0 and climbs over all thresholds.
      const place = (floats[start + i] - origin) * cellsPerUnit;
      let rank = before[place > 0 ? (place < NUM_CELLS ? place | 0 : NUM_CELLS - 1) : 0];
      const value = bits[start + i];
      while (rank < count && value > thresholds[rank]) rank++;
      result[offset + i] = first + step * rank;
    }
  }

  #cellOf(float: number): number {
    const place = (float - this.#origin) * this.#cellsPerUnit;
    return place > 0 ? (place < NUM_CELLS ? place | 0 : NUM_CELLS - 1) : 0;
  }
}
