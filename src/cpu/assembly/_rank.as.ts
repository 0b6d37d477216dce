import {
  counters,
  describeFeature,
  gap,
  numFeatures,
  numSamples,
  ranksOf,
  samples,
  spare,
  valueOf,
  words,
} from "./_training_job";
import { sortWords } from "./_sort";

/**
 * Replaces the values of a feature by their ranks among the distinct ones, and its column of the
 * samples by those, ascending; both zeros are one value.
 *
 * @returns Whether all values are finite.
 */
export function rankFeature(feature: i32): bool {
  const column = samples + (<usize>feature << 2);
  const stride = <usize>numFeatures << 2;
  let isFinite = true;
  let least: u32 = 0xffffffff;
  let most: u32 = 0;
  let from = column;
  for (let row = 0; row < numSamples; row++, from += stride) {
    const bits = load<u32>(from);
    if ((bits & 0x7f800000) == 0x7f800000) isFinite = false;
    const key = bits >>> 31 ? -bits : bits | 0x80000000;
    store<u64>(words + (<usize>row << 3), (<u64>key << 32) | row);
    least = min(least, key);
    most = max(most, key);
  }
  const sorted = sortWords(words, spare, numSamples, 32 - clz<i32>(least ^ most), counters);
  const ranks = ranksOf(feature);
  let rank = 0;
  let isCrowded = false;
  let last = <u32>(load<u64>(sorted) >>> 32);
  setValue(column, last);
  let value = valueOf(feature, 0);
  for (let i = 0; i < numSamples; i++) {
    const word = load<u64>(sorted + (<usize>i << 3));
    const key = <u32>(word >>> 32);
    if (key != last) {
      last = key;
      rank++;
      setValue(column + <usize>rank * stride, key);
      const before = value;
      value = valueOf(feature, rank);
      if (value <= before + gap) isCrowded = true;
    }
    store<i32>(ranks + (<usize>(<u32>word) << 2), rank);
  }
  describeFeature(feature, rank + 1, isCrowded);
  return isFinite;
}

/** Writes the float of an integer that orders as floats do. */
function setValue(at: usize, key: u32): void {
  store<u32>(at, key >>> 31 ? key & 0x7fffffff : -key);
}
