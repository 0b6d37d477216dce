import { DaubError } from "../../errors.ts";
import type { Tree } from "../forest.ts";

/** The most numbers (nodes × classes) that the leaves of a file may need: 800 MB. */
const LARGEST_FOREST = 1e8;

/** Grows the flat arrays of one tree after another, parents before children. */
export class TreeBuilder {
  readonly #numClasses: number;
  readonly #where: string;
  #feature: number[] = [];
  #threshold: number[] = [];
  #left: number[] = [];
  #right: number[] = [];
  #counts: number[] = [];
  #size = 0;

  constructor(numClasses: number, where: string) {
    this.#numClasses = numClasses;
    this.#where = where;
  }

  /** Adds a decision, or a leaf where `feature` is -1, and returns its node number. */
  add(feature: number, threshold: number): number {
    this.#size += this.#numClasses;
    if (this.#size > LARGEST_FOREST) {
      throw new DaubError(
        "classifier",
        `Expected at most ${LARGEST_FOREST} votes in ${this.#where} but found more. ` +
          `Train with fewer or shallower trees.`,
        { expected: LARGEST_FOREST, found: this.#size, where: this.#where },
      );
    }
    for (let k = 0; k < this.#numClasses; k++) this.#counts.push(0);
    this.#threshold.push(threshold);
    this.#left.push(-1);
    this.#right.push(-1);
    return this.#feature.push(feature) - 1;
  }

  setLeft(parent: number, child: number): void {
    this.#left[parent] = child;
  }

  setRight(parent: number, child: number): void {
    this.#right[parent] = child;
  }

  /** Adds votes for the class of this index to a leaf. */
  vote(leaf: number, classIndex: number, votes: number): void {
    this.#counts[leaf * this.#numClasses + classIndex] += votes;
  }

  /** The tree as it is now; the next `add` begins another. */
  finish(): Tree {
    const numClasses = this.#numClasses;
    const counts = Float64Array.from(this.#counts);
    const left = Int32Array.from(this.#left);
    const right = Int32Array.from(this.#right);
    for (let node = left.length - 1; node >= 0; node--) {
      if (left[node] < 0) continue;
      for (let k = 0; k < numClasses; k++) {
        counts[node * numClasses + k] = counts[left[node] * numClasses + k] +
          counts[right[node] * numClasses + k];
      }
    }
    const feature = Int32Array.from(this.#feature);
    const threshold = Float64Array.from(this.#threshold);
    for (const array of [this.#feature, this.#threshold, this.#left, this.#right, this.#counts]) {
      array.length = 0;
    }
    return { feature, threshold, left, right, counts };
  }
}
