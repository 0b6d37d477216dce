import type { Size } from "../image/image.ts";

/**
 * The pairs of objects that share faces of pixels, and what can be counted along those faces.
 * Objects are numbered 1 … n, the background 0.
 */
export interface TouchingPairs {
  /** The pairs without the background, each once. */
  readonly count: number;
  /** The smaller number of each pair. */
  readonly first: Uint32Array;
  /** The larger number of each pair. */
  readonly second: Uint32Array;
  /** The faces that the two share. */
  readonly faces: Uint32Array;
  /** The sum, over the faces, of the mean intensity on both sides: pairs × channels, row by row. */
  readonly intensity: Float64Array;
  /** The class painted across a face of each pair, the largest of several; 0 where none is. */
  readonly painted: Uint8Array;
  /** For each object, and for the background at 0, its faces with others inside the image. */
  readonly border: Uint32Array;
}

/** What is looked up along the faces between objects. */
export interface FaceSources {
  /** The intensities of each channel, in raster order. */
  readonly channels?: readonly ArrayLike<number>[];
  /** Intensities are cut to whole numbers, and so is the mean of two, as in APOC. */
  readonly integerIntensities?: boolean;
  /** Class numbers; a face counts where both of its pixels have the same. */
  readonly annotation?: ArrayLike<number>;
}

/**
 * Finds all pairs of objects that touch face to face: 4-connected in 2D, 6-connected in 3D.
 *
 * Needs memory for the pairs that occur only, not for all that are possible.
 *
 * @param numbers The object of every pixel, in raster order.
 * @param numObjects The largest number.
 */
export function findTouchingPairs(
  numbers: Uint32Array,
  { width, height, depth }: Size,
  numObjects: number,
  { channels = [], integerIntensities = false, annotation }: FaceSources = {},
): TouchingPairs {
  const pairs = new PairTable(channels.length);
  const border = new Uint32Array(numObjects + 1);
  const cut = integerIntensities ? Math.trunc : (value: number) => value;
  const meet = (here: number, there: number) => {
    const a = numbers[here];
    const b = numbers[there];
    border[a]++;
    border[b]++;
    if (a === 0 || b === 0) return;
    const pair = a < b ? pairs.at(a, b) : pairs.at(b, a);
    pairs.faces[pair]++;
    for (let c = 0, at = pair * channels.length; c < channels.length; c++, at++) {
      pairs.intensity[at] += cut((cut(channels[c][here]) + cut(channels[c][there])) / 2);
    }
    if (annotation && annotation[here] === annotation[there]) {
      pairs.painted[pair] = Math.max(pairs.painted[pair], annotation[here]);
    }
  };
  const plane = width * height;
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const own = numbers[i];
        if (x > 0 && numbers[i - 1] !== own) meet(i, i - 1);
        if (y > 0 && numbers[i - width] !== own) meet(i, i - width);
        if (z > 0 && numbers[i - plane] !== own) meet(i, i - plane);
      }
    }
  }
  return { ...pairs.columns(), border };
}

/** Pairs of numbers and what is counted for each, found by hashing. */
class PairTable {
  faces = new Uint32Array(64);
  intensity: Float64Array;
  painted = new Uint8Array(64);
  #first = new Uint32Array(64);
  #second = new Uint32Array(64);
  #count = 0;
  /** Which pair lies at a hash, from 1; 0 where none does. Twice as many as there is room for. */
  #slots = new Uint32Array(128);
  #last = 0;
  readonly #numChannels: number;

  constructor(numChannels: number) {
    this.#numChannels = numChannels;
    this.intensity = new Float64Array(64 * numChannels);
  }

  /** The index of a pair, which is new or known. */
  at(first: number, second: number): number {
    // Along a border the same two meet again and again.
    if (this.#first[this.#last] === first && this.#second[this.#last] === second) {
      return this.#last;
    }
    let slot = this.#slotOf(first, second);
    if (this.#slots[slot] === 0) {
      if (this.#count === this.#first.length) {
        this.#grow();
        slot = this.#slotOf(first, second);
      }
      this.#first[this.#count] = first;
      this.#second[this.#count] = second;
      this.#slots[slot] = ++this.#count;
    }
    return this.#last = this.#slots[slot] - 1;
  }

  columns(): Omit<TouchingPairs, "border"> {
    const count = this.#count;
    return {
      count,
      first: this.#first.slice(0, count),
      second: this.#second.slice(0, count),
      faces: this.faces.slice(0, count),
      intensity: this.intensity.slice(0, count * this.#numChannels),
      painted: this.painted.slice(0, count),
    };
  }

  /** Where the pair is, or where it belongs. */
  #slotOf(first: number, second: number): number {
    const mask = this.#slots.length - 1;
    let slot = (Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b)) >>> 0;
    slot = (slot ^ (slot >>> 15)) & mask;
    for (;; slot = (slot + 1) & mask) {
      const pair = this.#slots[slot] - 1;
      if (pair < 0 || (this.#first[pair] === first && this.#second[pair] === second)) return slot;
    }
  }

  #grow(): void {
    const length = 2 * this.#first.length;
    this.#first = grown(this.#first, new Uint32Array(length));
    this.#second = grown(this.#second, new Uint32Array(length));
    this.faces = grown(this.faces, new Uint32Array(length));
    this.intensity = grown(this.intensity, new Float64Array(length * this.#numChannels));
    this.painted = grown(this.painted, new Uint8Array(length));
    this.#slots = new Uint32Array(2 * length);
    for (let pair = 0; pair < this.#count; pair++) {
      this.#slots[this.#slotOf(this.#first[pair], this.#second[pair])] = pair + 1;
    }
  }
}

function grown<Values extends { set(from: Values): void }>(from: Values, to: Values): Values {
  to.set(from);
  return to;
}
