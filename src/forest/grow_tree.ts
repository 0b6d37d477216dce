import type { Tree } from "./forest.ts";
import { gini, weightOf } from "./impurity.ts";
import { MersenneTwister } from "./mersenne_twister.ts";
import type { RankedFeature } from "./rank_features.ts";
import { SplitSearch } from "./split_search.ts";

/** What all trees of a forest are grown from. */
export interface RankedSet {
  readonly features: readonly RankedFeature[];
  /** Each sample's class as an index into the forest's classes. */
  readonly classIndices: Uint8Array | Uint16Array | Uint32Array;
  readonly numClasses: number;
  readonly maxDepth: number;
  /** Values at most this apart are not split. */
  readonly featureThreshold: number;
}

/** The difference between 1 and the next larger 64-bit float. */
const EPSILON = 2 ** -52;

interface PendingNode {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly parent: number;
  readonly isLeft: boolean;
  readonly numConstants: number;
  readonly counts: Float64Array;
}

/**
 * Grows trees as scikit-learn's depth-first builder with its best splitter does: from the same
 * random numbers, in the same order of nodes and features, with the same arithmetic.
 */
export class TreeGrower {
  readonly #set: RankedSet;
  readonly #search: SplitSearch;
  readonly #weights: Uint32Array;
  readonly #rightRows: Uint32Array;
  readonly #rightWeighted: Uint32Array;
  readonly #order: Int32Array;
  readonly #constants: Int32Array;
  readonly #twister = new MersenneTwister(0);
  #random = 0;

  constructor(set: RankedSet) {
    const numSamples = set.classIndices.length;
    const numFeatures = set.features.length;
    this.#set = set;
    this.#search = new SplitSearch(
      set.features,
      numSamples,
      set.numClasses,
      set.featureThreshold,
    );
    this.#weights = new Uint32Array(numSamples);
    this.#rightRows = new Uint32Array(numSamples);
    this.#rightWeighted = new Uint32Array(numSamples);
    this.#order = new Int32Array(numFeatures);
    this.#constants = new Int32Array(numFeatures);
  }

  /** One tree, from a seed that decides its bootstrap and the features its nodes look at. */
  grow(seed: number): Tree {
    const { numClasses, maxDepth, features } = this.#set;
    const size = this.#drawSamples(seed);
    this.#twister.seed(seed);
    this.#random = this.#twister.below(0x7fffffff);
    for (let i = 0; i < features.length; i++) this.#order[i] = i;
    const feature: number[] = [];
    const threshold: number[] = [];
    const left: number[] = [];
    const right: number[] = [];
    const counts: Float64Array[] = [];
    const pending: PendingNode[] = [{
      start: 0,
      end: size,
      depth: 0,
      parent: -1,
      isLeft: false,
      numConstants: 0,
      counts: this.#count(0, size),
    }];
    for (let node = pending.pop(); node; node = pending.pop()) {
      const index = feature.length;
      if (node.parent >= 0) (node.isLeft ? left : right)[node.parent] = index;
      counts.push(node.counts);
      feature.push(-1);
      threshold.push(0);
      left.push(-1);
      right.push(-1);
      const { start, end, depth } = node;
      const impurity = gini(node.counts, 0, numClasses);
      if (depth >= maxDepth || end - start < 2 || impurity <= EPSILON) continue;
      const numConstants = this.#chooseSplit(node);
      const { best } = this.#search;
      if (best.feature < 0) continue;
      const middle = this.#partition(start, end);
      const leftCounts = this.#count(start, middle);
      const rightCounts = node.counts.map((count, i) => count - leftCounts[i]);
      if (this.#decrease(node.counts, impurity, leftCounts, rightCounts) + EPSILON < 0) continue;
      feature[index] = best.feature;
      threshold[index] = this.#threshold();
      const child = { depth: depth + 1, parent: index, numConstants };
      pending.push({ ...child, start: middle, end, isLeft: false, counts: rightCounts });
      pending.push({ ...child, start, end: middle, isLeft: true, counts: leftCounts });
    }
    const allCounts = new Float64Array(counts.length * numClasses);
    counts.forEach((row, i) => allCounts.set(row, i * numClasses));
    return {
      feature: Int32Array.from(feature),
      threshold: Float64Array.from(threshold),
      left: Int32Array.from(left),
      right: Int32Array.from(right),
      counts: allCounts,
    };
  }

  /** The bootstrap: as many draws with replacement as there are samples; returns the distinct. */
  #drawSamples(seed: number): number {
    const { classIndices } = this.#set;
    const weights = this.#weights.fill(0);
    const numSamples = weights.length;
    const twister = this.#twister;
    twister.seed(seed);
    let largest = 0;
    for (let i = 0; i < numSamples; i++) {
      const weight = ++weights[twister.below(numSamples)];
      if (weight > largest) largest = weight;
    }
    const weightBits = 32 - Math.clz32(largest);
    const { rows, weighted } = this.#search;
    let size = 0;
    for (let row = 0; row < numSamples; row++) {
      if (weights[row] === 0) continue;
      rows[size] = row;
      weighted[size++] = (classIndices[row] << weightBits) | weights[row];
    }
    this.#search.weightBits = weightBits;
    return size;
  }

  #count(start: number, end: number): Float64Array {
    const counts = new Float64Array(this.#set.numClasses);
    const { weighted, weightBits } = this.#search;
    const mask = (1 << weightBits) - 1;
    for (let i = start; i < end; i++) counts[weighted[i] >>> weightBits] += weighted[i] & mask;
    return counts;
  }

  /**
   * Draws features without replacement, constant ones for free, and keeps the best split.
   *
   * `#order` holds, from the front: constants known from the ancestors, constants found here,
   * features not yet drawn, features drawn. Its order outlives the node except for the front.
   */
  #chooseSplit({ start, end, counts, numConstants }: PendingNode): number {
    const order = this.#order;
    const numFeatures = order.length;
    const enough = Math.max(1, Math.floor(Math.sqrt(numFeatures)));
    let undrawn = numFeatures;
    let numVisited = 0;
    let numFound = 0;
    let numDrawn = 0;
    this.#search.begin(counts);
    while (
      undrawn > numConstants + numFound &&
      (numVisited < enough || numVisited <= numFound + numDrawn)
    ) {
      numVisited++;
      let at = this.#randomBetween(numDrawn, undrawn - numFound);
      if (at < numConstants) {
        swap(order, numDrawn++, at);
        continue;
      }
      at += numFound;
      if (this.#search.try(order[at], start, end)) swap(order, --undrawn, at);
      else swap(order, numConstants + numFound++, at);
    }
    for (let i = 0; i < numConstants; i++) order[i] = this.#constants[i];
    for (let i = numConstants; i < numConstants + numFound; i++) this.#constants[i] = order[i];
    return numConstants + numFound;
  }

  /** Moves the samples of the left child in front, keeping the order for the sake of the cache. */
  #partition(start: number, end: number): number {
    const { rows, weighted, best } = this.#search;
    const { ranks } = this.#set.features[best.feature];
    let left = start;
    let right = 0;
    for (let i = start; i < end; i++) {
      const row = rows[i];
      if (ranks[row] <= best.rankLeft) {
        rows[left] = row;
        weighted[left++] = weighted[i];
      } else {
        this.#rightRows[right] = row;
        this.#rightWeighted[right++] = weighted[i];
      }
    }
    rows.set(this.#rightRows.subarray(0, right), left);
    weighted.set(this.#rightWeighted.subarray(0, right), left);
    return left;
  }

  /** Half way between the neighbours of the cut; the lower one where that cannot be told apart. */
  #threshold(): number {
    const { feature, rankLeft, rankRight } = this.#search.best;
    const { values } = this.#set.features[feature];
    const low = values[rankLeft];
    const high = values[rankRight];
    const middle = low / 2 + high / 2;
    return middle === high || !Number.isFinite(middle) ? low : middle;
  }

  /** The weighted decrease in impurity, which rounding can make negative. */
  #decrease(
    counts: Float64Array,
    impurity: number,
    leftCounts: Float64Array,
    rightCounts: Float64Array,
  ): number {
    const { numClasses, classIndices } = this.#set;
    const weight = weightOf(counts, 0, numClasses);
    const left = weightOf(leftCounts, 0, numClasses);
    const right = weightOf(rightCounts, 0, numClasses);
    return (weight / classIndices.length) *
      (impurity - (right / weight) * gini(rightCounts, 0, numClasses) -
        (left / weight) * gini(leftCounts, 0, numClasses));
  }

  /** scikit-learn's `rand_r`: a xorshift generator cut to 31 bits. */
  #randomBetween(low: number, high: number): number {
    let word = this.#random === 0 ? 1 : this.#random;
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    this.#random = word;
    return low + (word & 0x7fffffff) % (high - low);
  }
}

function swap(array: Int32Array, i: number, j: number): void {
  const value = array[i];
  array[i] = array[j];
  array[j] = value;
}
