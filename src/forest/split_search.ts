import type { RankedFeature } from "./rank_features.ts";

/** Nodes of at most this many samples are sorted by insertion. */
const INSERTION_LIMIT = 40;

/** The best way found so far to part the samples of a node. */
export interface Split {
  /** -1 where none was found. */
  feature: number;
  /** Ranks on the two sides of the cut: the largest going left, the smallest going right. */
  rankLeft: number;
  rankRight: number;
}

/**
 * Finds the split of a node that scikit-learn would find, to the last bit of its arithmetic:
 * candidates ascend within a feature, and only a strictly larger proxy of the impurity's decrease
 * replaces the best one.
 *
 * The samples of a node lie in `rows` and `weighted`, the latter holding the class and the
 * bootstrap weight of each in one word: `class << weightBits | weight`.
 */
export class SplitSearch {
  readonly rows: Uint32Array;
  readonly weighted: Uint32Array;
  /** How many bits of a word hold the weight; set for each tree. */
  weightBits = 1;
  readonly best: Split = { feature: -1, rankLeft: 0, rankRight: 0 };
  readonly #features: readonly RankedFeature[];
  readonly #numClasses: number;
  readonly #classBits: number;
  readonly #gap: number;
  readonly #left: Float64Array;
  #keys: Uint32Array;
  #otherKeys: Uint32Array;
  readonly #buckets = new Uint32Array(4 * 2048);
  #histogram = new Int32Array(1024);
  #counts: Float64Array = new Float64Array(0);
  #weight = 0;
  #squares = 0;
  #bestProxy = -Infinity;
  /** A proxy below this cannot be the best, whatever the rounding. */
  #bar = -Infinity;

  constructor(
    features: readonly RankedFeature[],
    numSamples: number,
    numClasses: number,
    threshold: number,
  ) {
    this.#features = features;
    this.#numClasses = numClasses;
    this.#classBits = 32 - Math.clz32(numClasses - 1);
    this.#gap = Math.fround(threshold);
    this.#left = new Float64Array(numClasses);
    this.rows = new Uint32Array(numSamples);
    this.weighted = new Uint32Array(numSamples);
    this.#keys = new Uint32Array(numSamples);
    this.#otherKeys = new Uint32Array(numSamples);
  }

  /** Starts on a node, given the weight of each class in it. */
  begin(counts: Float64Array): void {
    this.#counts = counts;
    this.#weight = 0;
    this.#squares = 0;
    for (const count of counts) {
      this.#weight += count;
      this.#squares += count * count;
    }
    this.best.feature = -1;
    this.#bestProxy = -Infinity;
    this.#bar = -Infinity;
  }

  /**
   * Tries every cut of one feature on the samples from `start` to `end`.
   *
   * @returns Whether the feature is not constant here.
   */
  try(feature: number, start: number, end: number): boolean {
    const { ranks, values, crowded } = this.#features[feature];
    const { rows } = this;
    const keys = this.#keys;
    const size = end - start;
    let least = 0xffffffff;
    let most = 0;
    for (let i = 0; i < size; i++) {
      const rank = ranks[rows[start + i]];
      keys[i] = rank;
      if (rank < least) least = rank;
      if (rank > most) most = rank;
    }
    if (values[most] <= Math.fround(values[least] + this.#gap)) return false;
    const range = most - least + 1;
    const bits = this.weightBits + this.#classBits;
    const rankBits = 32 - Math.clz32(range - 1);
    if (range * this.#numClasses <= 4 * size || bits + rankBits > 32) {
      this.#scanHistogram(feature, start, size, least, range, crowded);
      return true;
    }
    const { weighted } = this;
    for (let i = 0; i < size; i++) {
      keys[i] = ((keys[i] - least) << bits) | weighted[start + i];
    }
    if (size <= INSERTION_LIMIT) insertionSort(keys, size);
    else this.#radixSort(size, bits, rankBits);
    if (this.#numClasses === 2 && !crowded) this.#scanTwoClasses(feature, size, least);
    else this.#scanKeys(feature, size, least, crowded);
    return true;
  }

  /** Sorts the packed samples by rank alone; the order among equal ranks does not matter. */
  #radixSort(size: number, shift: number, rankBits: number): void {
    const digit = size < 2048 ? 8 : 11;
    const numPasses = Math.ceil(rankBits / digit);
    const numBuckets = 1 << digit;
    const mask = numBuckets - 1;
    const buckets = this.#buckets;
    for (let pass = 0; pass < numPasses; pass++, shift += digit) {
      const keys = this.#keys;
      const other = this.#otherKeys;
      buckets.fill(0, 0, numBuckets);
      for (let i = 0; i < size; i++) buckets[(keys[i] >>> shift) & mask]++;
      let sum = 0;
      for (let bucket = 0; bucket < numBuckets; bucket++) {
        const count = buckets[bucket];
        buckets[bucket] = sum;
        sum += count;
      }
      for (let i = 0; i < size; i++) {
        const key = keys[i];
        other[buckets[(key >>> shift) & mask]++] = key;
      }
      this.#keys = other;
      this.#otherKeys = keys;
    }
  }

  #scanTwoClasses(feature: number, size: number, least: number): void {
    const keys = this.#keys;
    const { weightBits } = this;
    const weightMask = (1 << weightBits) - 1;
    const shift = weightBits + 1;
    const total = this.#weight;
    const ones = this.#counts[1];
    let left = 0;
    let leftOnes = 0;
    let last = keys[0] >>> shift;
    let bar = this.#bar;
    for (let i = 0; i < size; i++) {
      const key = keys[i];
      const rank = key >>> shift;
      if (rank !== last) {
        const right = total - left;
        const l0 = left - leftOnes;
        const r1 = ones - leftOnes;
        const r0 = right - r1;
        const squaresLeft = l0 * l0 + leftOnes * leftOnes;
        const squaresRight = r0 * r0 + r1 * r1;
        if (squaresLeft * right + squaresRight * left >= bar * (left * right)) {
          this.#offer(feature, last + least, rank + least, left, squaresLeft, squaresRight);
          bar = this.#bar;
        }
        last = rank;
      }
      const weight = key & weightMask;
      left += weight;
      leftOnes += -((key >>> weightBits) & 1) & weight;
    }
  }

  #scanKeys(feature: number, size: number, least: number, crowded: boolean): void {
    const keys = this.#keys;
    const { weightBits } = this;
    const classMask = (1 << this.#classBits) - 1;
    const weightMask = (1 << weightBits) - 1;
    const shift = weightBits + this.#classBits;
    const { values } = this.#features[feature];
    const counts = this.#counts;
    const lefts = this.#left.fill(0);
    let left = 0;
    let squaresLeft = 0;
    let squaresRight = this.#squares;
    let last = keys[0] >>> shift;
    for (let i = 0; i < size; i++) {
      const key = keys[i];
      const rank = key >>> shift;
      if (rank !== last) {
        if (!crowded || values[rank + least] > Math.fround(values[last + least] + this.#gap)) {
          const right = this.#weight - left;
          if (squaresLeft * right + squaresRight * left >= this.#bar * (left * right)) {
            this.#offer(feature, last + least, rank + least, left, squaresLeft, squaresRight);
          }
        }
        last = rank;
      }
      const weight = key & weightMask;
      const index = (key >>> weightBits) & classMask;
      const count = lefts[index];
      squaresLeft += weight * (2 * count + weight);
      squaresRight -= weight * (2 * (counts[index] - count) - weight);
      lefts[index] = count + weight;
      left += weight;
    }
  }

  /** Where values repeat: class weights per rank instead of sorting. */
  #scanHistogram(
    feature: number,
    start: number,
    size: number,
    least: number,
    range: number,
    crowded: boolean,
  ): void {
    const numClasses = this.#numClasses;
    if (this.#histogram.length < range * numClasses) {
      this.#histogram = new Int32Array(range * numClasses);
    }
    const histogram = this.#histogram;
    const keys = this.#keys;
    const { weighted, weightBits } = this;
    const weightMask = (1 << weightBits) - 1;
    for (let i = 0; i < size; i++) {
      const word = weighted[start + i];
      histogram[(keys[i] - least) * numClasses + (word >>> weightBits)] += word & weightMask;
    }
    const { values } = this.#features[feature];
    const counts = this.#counts;
    const lefts = this.#left.fill(0);
    let left = 0;
    let squaresLeft = 0;
    let squaresRight = this.#squares;
    let last = 0;
    for (let rank = 0, i = 0; rank < range; rank++) {
      const before = left;
      const squaresLeftBefore = squaresLeft;
      const squaresRightBefore = squaresRight;
      for (let index = 0; index < numClasses; index++, i++) {
        const weight = histogram[i];
        if (weight === 0) continue;
        histogram[i] = 0;
        const count = lefts[index];
        squaresLeft += weight * (2 * count + weight);
        squaresRight -= weight * (2 * (counts[index] - count) - weight);
        lefts[index] = count + weight;
        left += weight;
      }
      if (left === before) continue;
      if (
        before > 0 &&
        (!crowded || values[rank + least] > Math.fround(values[last + least] + this.#gap))
      ) {
        const right = this.#weight - before;
        const merit = squaresLeftBefore * right + squaresRightBefore * before;
        if (merit >= this.#bar * (before * right)) {
          this.#offer(
            feature,
            last + least,
            rank + least,
            before,
            squaresLeftBefore,
            squaresRightBefore,
          );
        }
      }
      last = rank;
    }
  }

  /** Compares a promising cut with the best one in scikit-learn's own arithmetic. */
  #offer(
    feature: number,
    rankLeft: number,
    rankRight: number,
    left: number,
    squaresLeft: number,
    squaresRight: number,
  ): void {
    const right = this.#weight - left;
    const giniLeft = 1 - squaresLeft / (left * left);
    const giniRight = 1 - squaresRight / (right * right);
    const proxy = -right * giniRight - left * giniLeft;
    if (!(proxy > this.#bestProxy)) return;
    this.#bestProxy = proxy;
    this.#bar = proxy + this.#weight * (1 - 1e-9);
    this.best.feature = feature;
    this.best.rankLeft = rankLeft;
    this.best.rankRight = rankRight;
  }
}

function insertionSort(keys: Uint32Array, size: number): void {
  for (let i = 1; i < size; i++) {
    const key = keys[i];
    let j = i - 1;
    for (; j >= 0 && keys[j] > key; j--) keys[j + 1] = keys[j];
    keys[j + 1] = key;
  }
}
