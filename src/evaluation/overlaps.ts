import { DaubError } from "../errors.ts";

/** The objects of one of two label images. */
export interface ObjectSizes {
  /** The label of each object, ascending. */
  readonly numbers: Uint32Array;
  /** The pixels of each object. */
  readonly sizes: Float64Array;
}

/** Which objects of two label images share pixels. */
export interface Overlaps {
  readonly found: ObjectSizes;
  readonly truth: ObjectSizes;
  /** The pairs that share pixels, by ascending truth, then found: indices and shared pixels. */
  readonly pairs: readonly Overlap[];
}

/** Two objects that share pixels. */
export interface Overlap {
  /** The index of the found object. */
  readonly found: number;
  /** The index of the true object. */
  readonly truth: number;
  /** Pixels that both have. */
  readonly pixels: number;
  /** Those divided by the pixels that either has: Jaccard's index. */
  readonly iou: number;
}

/** More objects than this would not fit two into the exact integers of a number. */
const MAX_OBJECTS = 2 ** 26;

/**
 * Counts shared pixels. Memory grows with the objects and the pairs that touch, never with the
 * product of the numbers of objects.
 *
 * @param found Labels in raster order, 0 is background.
 * @param truth As many labels of the other image.
 */
export function findOverlaps(found: Uint32Array, truth: Uint32Array): Overlaps {
  const ours = new ObjectCounter();
  const theirs = new ObjectCounter();
  const shared = new Map<number, number>();
  const length = found.length;
  for (let start = 0; start < length;) {
    const a = found[start];
    const b = truth[start];
    let end = start + 1;
    while (end < length && found[end] === a && truth[end] === b) end++;
    const pixels = end - start;
    start = end;
    const ourIndex = a === 0 ? -1 : ours.add(a, pixels);
    const theirIndex = b === 0 ? -1 : theirs.add(b, pixels);
    if (a === 0 || b === 0) continue;
    const key = theirIndex * MAX_OBJECTS + ourIndex;
    shared.set(key, (shared.get(key) ?? 0) + pixels);
  }
  const foundObjects = ours.sorted();
  const trueObjects = theirs.sorted();
  const pairs = Array.from(shared, ([key, pixels]): Overlap => {
    const own = foundObjects.places[key % MAX_OBJECTS];
    const other = trueObjects.places[Math.floor(key / MAX_OBJECTS)];
    const either = foundObjects.sizes[own] + trueObjects.sizes[other] - pixels;
    return { found: own, truth: other, pixels, iou: pixels / either };
  });
  pairs.sort((a, b) => a.truth - b.truth || a.found - b.found);
  return { found: foundObjects, truth: trueObjects, pairs };
}

/** Labels up to this are looked up in an array, larger ones in a map. */
const MAX_LOOKUP = 2 ** 22;

/** Counts pixels by label, whatever the numbers. */
class ObjectCounter {
  #indices = new Int32Array(1024);
  readonly #largeIndices = new Map<number, number>();
  readonly #numbers: number[] = [];
  readonly #sizes: number[] = [];

  /** Adds pixels to a label and gives its index, in the order of first occurrence. */
  add(label: number, pixels: number): number {
    const index = this.#index(label);
    this.#sizes[index] += pixels;
    return index;
  }

  /** The objects by ascending label, and where each index went. */
  sorted(): ObjectSizes & { readonly places: Uint32Array } {
    const order = Uint32Array.from(this.#numbers, (_, i) => i)
      .sort((a, b) => this.#numbers[a] - this.#numbers[b]);
    const places = new Uint32Array(order.length);
    order.forEach((index, place) => places[index] = place);
    return {
      numbers: order.map((index) => this.#numbers[index]),
      sizes: Float64Array.from(order, (index) => this.#sizes[index]),
      places,
    };
  }

  #index(label: number): number {
    if (label >= MAX_LOOKUP) {
      let index = this.#largeIndices.get(label);
      if (index === undefined) this.#largeIndices.set(label, index = this.#open(label));
      return index;
    }
    if (label >= this.#indices.length) {
      const longer = new Int32Array(Math.max(label + 1, 2 * this.#indices.length));
      longer.set(this.#indices);
      this.#indices = longer;
    }
    // 0 stands for labels that have not occurred.
    if (this.#indices[label] === 0) this.#indices[label] = this.#open(label) + 1;
    return this.#indices[label] - 1;
  }

  #open(label: number): number {
    if (this.#numbers.length === MAX_OBJECTS) {
      throw new DaubError(
        "image",
        `Expected at most ${MAX_OBJECTS} objects in a label image but found more. Compare pieces ` +
          `of the image.`,
        { expected: MAX_OBJECTS },
      );
    }
    this.#sizes.push(0);
    return this.#numbers.push(label) - 1;
  }
}
