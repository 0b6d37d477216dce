import { orderedBits } from "./float_order.ts";

/** The values of one feature over all samples, replaced by their ranks. */
export interface RankedFeature {
  /** The rank of each sample's value among the distinct ones, ascending from 0. */
  readonly ranks: Uint32Array;
  /** The distinct values, ascending; both zeros are one value. */
  readonly values: Float32Array;
  /** Whether some neighbouring values are too close to be split. */
  readonly crowded: boolean;
}

/**
 * Sorts each feature once for the whole forest, so that no tree ever sorts floats.
 *
 * @param samples Row-major, samples × features; finite.
 * @param threshold Neighbouring values at most this apart (in 32-bit arithmetic) are not split.
 */
export function rankFeatures(
  samples: Float32Array,
  numFeatures: number,
  threshold: number,
): RankedFeature[] {
  const numSamples = samples.length / numFeatures;
  const bits = new Int32Array(samples.buffer, samples.byteOffset, samples.length);
  let rows = new Uint32Array(numSamples);
  let keys = new Uint32Array(numSamples);
  let otherRows = new Uint32Array(numSamples);
  let otherKeys = new Uint32Array(numSamples);
  const starts = new Uint32Array(3 * BUCKETS);
  const gap = Math.fround(threshold);
  return Array.from({ length: numFeatures }, (_, feature): RankedFeature => {
    starts.fill(0);
    for (let row = 0, i = feature; row < numSamples; row++, i += numFeatures) {
      const key = orderedBits(bits[i]) ^ 0x80000000;
      keys[row] = key;
      rows[row] = row;
      starts[key & MASK]++;
      starts[BUCKETS + ((key >>> DIGIT) & MASK)]++;
      starts[2 * BUCKETS + (key >>> (2 * DIGIT))]++;
    }
    for (let pass = 0; pass < 3; pass++) {
      const shift = pass * DIGIT;
      const first = pass * BUCKETS;
      if (starts[first + ((keys[0] >>> shift) & MASK)] === numSamples) continue;
      let sum = 0;
      for (let bucket = first; bucket < first + BUCKETS; bucket++) {
        const count = starts[bucket];
        starts[bucket] = sum;
        sum += count;
      }
      for (let i = 0; i < numSamples; i++) {
        const key = keys[i];
        const to = starts[first + ((key >>> shift) & MASK)]++;
        otherKeys[to] = key;
        otherRows[to] = rows[i];
      }
      [keys, otherKeys] = [otherKeys, keys];
      [rows, otherRows] = [otherRows, rows];
    }
    const ranks = new Uint32Array(numSamples);
    const values = new Float32Array(numSamples);
    let rank = -1;
    let crowded = false;
    for (let i = 0; i < numSamples; i++) {
      if (i === 0 || keys[i] !== keys[i - 1]) {
        const value = samples[rows[i] * numFeatures + feature];
        if (rank >= 0 && value <= Math.fround(values[rank] + gap)) crowded = true;
        values[++rank] = value;
      }
      ranks[rows[i]] = rank;
    }
    return { ranks, values: values.slice(0, rank + 1), crowded };
  });
}

const DIGIT = 11;
const BUCKETS = 1 << DIGIT;
const MASK = BUCKETS - 1;
