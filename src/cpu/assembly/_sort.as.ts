import { clearBytes } from "./_memory";

/** Up to so many words are sorted by insertion. */
const INSERTION_LIMIT = 48;

/** Above so many words, digits are larger and their counters still in the cache. */
const LARGE = 4096;

/** The bytes of the counters. */
export const COUNTER_BYTES = 4 << 11;

/**
 * Sorts 64-bit words by their upper halves, which differ in their lowest `bits` bits only.
 *
 * @param spare Room for as many words.
 * @param counters Room for COUNTER_BYTES.
 * @returns Where the sorted words are, which is one of the two.
 */
export function sortWords(
  words: usize,
  spare: usize,
  size: i32,
  bits: i32,
  counters: usize,
): usize {
  if (size <= INSERTION_LIMIT) {
    insertionSort(words, size);
    return words;
  }
  const digit: u64 = size > LARGE ? 11 : 8;
  const mask = (<usize>1 << <usize>digit) - 1;
  const end = <usize>size << 3;
  for (let shift: u64 = 32; shift < <u64>(32 + bits); shift += digit) {
    clearBytes(counters, mask + 1 << 2);
    for (let at: usize = 0; at < end; at += 8) {
      const counter = counters + ((<usize>(load<u64>(words + at) >>> shift) & mask) << 2);
      store<i32>(counter, load<i32>(counter) + 1);
    }
    let sum = 0;
    for (let at: usize = 0; at <= mask << 2; at += 4) {
      const count = load<i32>(counters + at);
      store<i32>(counters + at, sum);
      sum += count;
    }
    for (let at: usize = 0; at < end; at += 8) {
      const word = load<u64>(words + at);
      const counter = counters + ((<usize>(word >>> shift) & mask) << 2);
      const to = load<i32>(counter);
      store<i32>(counter, to + 1);
      store<u64>(spare + (<usize>to << 3), word);
    }
    const other = words;
    words = spare;
    spare = other;
  }
  return words;
}

function insertionSort(words: usize, size: i32): void {
  const end = words + (<usize>size << 3);
  for (let at = words + 8; at < end; at += 8) {
    const word = load<u64>(at);
    let to = at;
    while (to > words) {
      const other = load<u64>(to - 8);
      if (other <= word) break;
      store<u64>(to, other);
      to -= 8;
    }
    store<u64>(to, word);
  }
}
