import type { Image } from "../../mod.ts";
import { Random } from "../samples/random.ts";
import { distanceToOtherClass } from "./distance.ts";

/** What {@linkcode simulateStrokes} paints. */
export interface SimulateStrokesOptions {
  /** The share of the pixels with a known class that is painted, above 0 and at most 1. */
  readonly coverage: number;
  /** Equal seeds paint equal strokes. */
  readonly seed: number;
}

/** Which way a stroke takes from pixel to pixel; the lowest cost is chosen, none is infinite. */
type Way = (from: number, to: number, start: number) => number;

/** How often in a row nothing may be painted before a class counts as full. */
const PATIENCE = 200;

/**
 * Paints one pixel wide strokes on the true classes of an image as a careful person would, without
 * error: a third of the pixels along the middle of regions, a third along a line between the middle
 * and the rim, a third across from the middle to the rim.
 *
 * The protocol is that of convpaint's benchmark (Cell Reports Methods 2026,
 * doi:10.1016/j.crmeth.2026.101335): three kinds of scribbles, as long as an image of that size and
 * coverage makes sensible, and pixels divided among classes half way between evenly and as the
 * classes divide the image. The strokes themselves are drawn differently, by walks on the distance
 * to the rim instead of skeletons. In volumes every stroke lies in a plane.
 *
 * @param truth The class number of every pixel, 1 to 255; 0 where it is not known.
 * @returns Class numbers where strokes are, 0 elsewhere.
 */
export function simulateStrokes(
  truth: Image<Uint8Array>,
  { coverage, seed }: SimulateStrokesOptions,
): Image<Uint8Array> {
  const { width, height, depth, data } = truth;
  const pixelsOf = new Map<number, number[]>();
  data.forEach((number, i) => {
    if (number === 0) return;
    const own = pixelsOf.get(number);
    if (own) own.push(i);
    else pixelsOf.set(number, [i]);
  });
  const numKnown = [...pixelsOf.values()].reduce((sum, { length }) => sum + length, 0);
  const painting = new Painting(truth, new Random(seed));
  // As long as on a plane of the image: 1/28 of its side at a quarter of a per cent.
  const length = Math.sqrt(width * height) * (100 * coverage) ** 0.25 / 20;
  for (const [, pixels] of [...pixelsOf].sort(([a], [b]) => a - b)) {
    const even = numKnown / pixelsOf.size;
    const budget = Math.min(pixels.length, Math.round(coverage * (pixels.length + even) / 2));
    painting.paint(pixels, Math.max(1, budget), length);
  }
  return { width, height, depth, data: painting.strokes };
}

class Painting {
  readonly strokes: Uint8Array<ArrayBuffer>;
  readonly #truth: Image<Uint8Array>;
  readonly #distances: Uint16Array;
  readonly #random: Random;

  constructor(truth: Image<Uint8Array>, random: Random) {
    this.#truth = truth;
    this.#random = random;
    this.#distances = distanceToOtherClass(truth);
    this.strokes = new Uint8Array(truth.data.length);
  }

  /** Paints strokes of one class until its budget is used up. */
  paint(pixels: readonly number[], budget: number, length: number): void {
    const ways = [this.#along, this.#between, this.#across];
    let left = budget;
    let idle = 0;
    for (const [kind, way] of ways.entries()) {
      const rest = Math.round(budget * (ways.length - 1 - kind) / ways.length);
      while (left > rest && idle < PATIENCE) {
        const start = this.#start(pixels, kind);
        const most = Math.ceil(length * this.#random.uniform(0.5, 2));
        const painted = this.#walk(start, way, Math.min(most, left - rest));
        left -= painted;
        idle = painted === 0 ? idle + 1 : 0;
      }
    }
  }

  /** A random pixel, carried up to the middle of its region, or half the way. */
  #start(pixels: readonly number[], kind: number): number {
    const first = pixels[this.#random.below(pixels.length)];
    const climb = [first];
    for (let at = first;;) {
      const up = this.#neighbours(at).find((n) => this.#distances[n] > this.#distances[at]);
      if (up === undefined) break;
      climb.push(at = up);
    }
    const middle = climb.at(-1)!;
    if (kind !== 1) return middle;
    const half = this.#distances[middle] / 2;
    return climb.find((pixel) => this.#distances[pixel] >= half)!;
  }

  /** Paints from a pixel on, up to `most` pixels; gives how many were newly painted. */
  #walk(start: number, way: Way, most: number): number {
    let painted = 0;
    for (let at = start; painted < most;) {
      if (this.strokes[at] === 0) {
        this.strokes[at] = this.#truth.data[at];
        painted++;
      }
      let [next, least] = [-1, Infinity];
      for (const to of this.#neighbours(at)) {
        if (this.strokes[to] !== 0) continue;
        // A little chance lets strokes wander where the way does not care.
        const cost = way(at, to, start) + this.#random.uniform(0, 0.5);
        if (cost < least) [next, least] = [to, cost];
      }
      if (next < 0) break;
      at = next;
    }
    return painted;
  }

  readonly #along: Way = (_from, to) => -this.#distances[to];

  readonly #between: Way = (_from, to, start) =>
    Math.abs(this.#distances[to] - this.#distances[start]);

  readonly #across: Way = (from, to) =>
    this.#distances[to] < this.#distances[from] ? this.#distances[to] : Infinity;

  /** The neighbours in the plane that are of the same class. */
  #neighbours(pixel: number): number[] {
    const { width, height, data } = this.#truth;
    const x = pixel % width;
    const y = Math.floor(pixel / width) % height;
    const found: number[] = [];
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const isInside = x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height;
        const other = pixel + dy * width + dx;
        if (isInside && other !== pixel && data[other] === data[pixel]) found.push(other);
      }
    }
    return found;
  }
}
