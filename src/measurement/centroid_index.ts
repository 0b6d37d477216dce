import Flatbush from "npm:flatbush@4.7.0";
import type { PerAxis } from "./region_sums.ts";

/**
 * Centroids by place: an R-tree over the two axes along which they spread most. What it finds there
 * is measured in space, so volumes need no other index.
 */
export class CentroidIndex {
  readonly #points: PerAxis;
  readonly #index: Flatbush;
  readonly #u: Float64Array;
  readonly #v: Float64Array;

  constructor(points: PerAxis) {
    this.#points = points;
    const bySpread = [...points].sort((a, b) => spread(b) - spread(a));
    [this.#u, this.#v] = bySpread;
    this.#index = new Flatbush(Math.max(1, this.length));
    if (this.length === 0) this.#index.add(0, 0);
    for (let i = 0; i < this.length; i++) this.#index.add(this.#u[i], this.#v[i]);
    this.#index.finish();
  }

  get length(): number {
    return this.#points[0].length;
  }

  distance(a: number, b: number): number {
    const [x, y, z] = this.#points;
    return Math.hypot(x[a] - x[b], y[a] - y[b], z[a] - z[b]);
  }

  /** The distances to the `n` nearest others, ascending; fewer where there are fewer. */
  nearest(object: number, n: number): number[] {
    const wanted = Math.min(n, this.length - 1);
    const isOther = (i: number) => i !== object;
    const [u, v] = [this.#u[object], this.#v[object]];
    // What lies near in the plane may lie far in space: look on until the plane itself is farther.
    for (let asked = wanted; wanted > 0; asked *= 2) {
      const found = this.#index.neighbors(u, v, asked, Infinity, isOther);
      const distances = found.map((i) => this.distance(object, i)).sort((a, b) => a - b);
      const last = found[found.length - 1];
      const inPlane = Math.hypot(this.#u[last] - u, this.#v[last] - v);
      if (found.length === this.length - 1 || distances[wanted - 1] <= inPlane) {
        return distances.slice(0, wanted);
      }
    }
    return [];
  }
}

function spread(values: Float64Array): number {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return high - low;
}
