import type { PerAxis } from "./region_sums.ts";

/** Boxes of up to so many points are not halved. */
const LEAF = 16;

/**
 * Points in space in boxes that are halved again and again across their longest side (a k-d tree,
 * Bentley 1975), for questions whose answer a box can give without its points being looked at.
 */
export class PointTree {
  readonly #points: PerAxis;
  /** The points, so that those of a box lie side by side. */
  readonly #order: Uint32Array;
  /** Least x, y and z, then largest x, y and z of every box; box k is halved into 2k + 1, 2k + 2. */
  readonly #boxes: Float64Array;

  constructor(points: PerAxis) {
    const length = points[0].length;
    this.#points = points;
    this.#order = Uint32Array.from({ length }, (_, i) => i);
    const levels = Math.max(0, Math.ceil(Math.log2(length / LEAF)));
    this.#boxes = new Float64Array(6 * (2 ** (levels + 1) - 1));
    this.#build(0, 0, length);
  }

  /** How many other points are at most as far from a point as `distance`. */
  countWithin(point: number, distance: number): number {
    return this.#count(point, distance * distance, 0, 0, this.#order.length) - 1;
  }

  /** The distance to the farthest other point; NaN where there is none. */
  farthest(point: number): number {
    if (this.#order.length < 2) return NaN;
    return Math.sqrt(this.#farthest(point, 0, 0, 0, this.#order.length));
  }

  #build(box: number, from: number, to: number): void {
    const at = 6 * box;
    let widest = 0;
    let extent = -1;
    this.#points.forEach((values, axis) => {
      let low = Infinity;
      let high = -Infinity;
      for (let i = from; i < to; i++) {
        const value = values[this.#order[i]];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      this.#boxes[at + axis] = low;
      this.#boxes[at + 3 + axis] = high;
      if (high - low > extent) [widest, extent] = [axis, high - low];
    });
    if (to - from <= LEAF) return;
    const middle = (from + to) >> 1;
    this.#select(this.#points[widest], from, to, middle);
    this.#build(2 * box + 1, from, middle);
    this.#build(2 * box + 2, middle, to);
  }

  /** Brings the points before `middle` whose values are no larger than those behind (Hoare 1961). */
  #select(values: Float64Array, from: number, to: number, middle: number): void {
    const order = this.#order;
    while (to - from > 1) {
      const pivot = values[order[(from + to) >> 1]];
      let [i, j] = [from, to - 1];
      while (i <= j) {
        while (values[order[i]] < pivot) i++;
        while (values[order[j]] > pivot) j--;
        if (i > j) break;
        [order[i], order[j]] = [order[j], order[i]];
        i++;
        j--;
      }
      if (middle <= j) to = j + 1;
      else if (middle >= i) from = i;
      else return;
    }
  }

  #count(point: number, limit: number, box: number, from: number, to: number): number {
    if (this.#nearestInBox(point, box) > limit) return 0;
    if (this.#farthestInBox(point, box) <= limit) return to - from;
    if (to - from <= LEAF) {
      let count = 0;
      for (let i = from; i < to; i++) {
        if (this.#squareTo(point, this.#order[i]) <= limit) count++;
      }
      return count;
    }
    const middle = (from + to) >> 1;
    return this.#count(point, limit, 2 * box + 1, from, middle) +
      this.#count(point, limit, 2 * box + 2, middle, to);
  }

  #farthest(point: number, found: number, box: number, from: number, to: number): number {
    if (this.#farthestInBox(point, box) <= found) return found;
    if (to - from <= LEAF) {
      for (let i = from; i < to; i++) {
        found = Math.max(found, this.#squareTo(point, this.#order[i]));
      }
      return found;
    }
    const middle = (from + to) >> 1;
    const [near, far] = [2 * box + 1, 2 * box + 2];
    const isFar = this.#farthestInBox(point, far) > this.#farthestInBox(point, near);
    if (isFar) found = this.#farthest(point, found, far, middle, to);
    found = this.#farthest(point, found, near, from, middle);
    return isFar ? found : this.#farthest(point, found, far, middle, to);
  }

  #squareTo(a: number, b: number): number {
    const [x, y, z] = this.#points;
    return (x[a] - x[b]) ** 2 + (y[a] - y[b]) ** 2 + (z[a] - z[b]) ** 2;
  }

  #nearestInBox(point: number, box: number): number {
    let square = 0;
    for (let axis = 0; axis < 3; axis++) {
      const value = this.#points[axis][point];
      const below = this.#boxes[6 * box + axis] - value;
      const above = value - this.#boxes[6 * box + 3 + axis];
      square += Math.max(0, below, above) ** 2;
    }
    return square;
  }

  #farthestInBox(point: number, box: number): number {
    let square = 0;
    for (let axis = 0; axis < 3; axis++) {
      const value = this.#points[axis][point];
      const below = value - this.#boxes[6 * box + axis];
      const above = this.#boxes[6 * box + 3 + axis] - value;
      square += Math.max(below, above) ** 2;
    }
    return square;
  }
}
