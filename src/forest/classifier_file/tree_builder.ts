import type { Tree } from "../forest.ts";

/** Grows the flat arrays of one tree after another, parents before children. */
export class TreeBuilder {
  readonly #numClasses: number;
  readonly #feature: number[] = [];
  readonly #threshold: number[] = [];
  readonly #left: number[] = [];
  readonly #right: number[] = [];
  /** Votes: the place in the tree's counts, and how many. */
  readonly #place: number[] = [];
  readonly #votes: number[] = [];

  constructor(numClasses: number) {
    this.#numClasses = numClasses;
  }

  /** Adds a decision, or a leaf where `feature` is -1, and returns its node number. */
  add(feature: number, threshold: number): number {
    this.#threshold.push(threshold);
    this.#left.push(-1);
    this.#right.push(-1);
    return this.#feature.push(feature) - 1;
  }

  /** Makes `child` the child of `parent` for small values. */
  setLeft(parent: number, child: number): void {
    this.#left[parent] = child;
  }

  /** Makes `child` the child of `parent` for large values. */
  setRight(parent: number, child: number): void {
    this.#right[parent] = child;
  }

  /** Adds votes for the class of this index to a leaf. */
  vote(leaf: number, classIndex: number, votes: number): void {
    this.#place.push(leaf * this.#numClasses + classIndex);
    this.#votes.push(votes);
  }

  /** The tree as it is now; the next `add` begins another. */
  finish(): Tree {
    const numClasses = this.#numClasses;
    const left = new Int32Array(this.#left);
    const right = new Int32Array(this.#right);
    const counts = new Float64Array(left.length * numClasses);
    for (let i = 0; i < this.#place.length; i++) counts[this.#place[i]] += this.#votes[i];
    for (let node = left.length - 1; node >= 0; node--) {
      if (left[node] < 0) continue;
      for (let k = 0; k < numClasses; k++) {
        counts[node * numClasses + k] = counts[left[node] * numClasses + k] +
          counts[right[node] * numClasses + k];
      }
    }
    const feature = new Int32Array(this.#feature);
    const threshold = new Float64Array(this.#threshold);
    this.#feature.length = this.#threshold.length = 0;
    this.#left.length = this.#right.length = 0;
    this.#place.length = this.#votes.length = 0;
    return { feature, threshold, left, right, counts };
  }
}
