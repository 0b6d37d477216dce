import { findTouches, type Touches } from "../measurement/touches.ts";
import { objectNumbers, type ObjectPixels } from "./object_pixels.ts";

/** The pairs of objects that touch, and what is found along their common faces of pixels. */
export interface TouchingPairs extends Touches {
  /** The sum, over the faces, of the mean intensity on both sides: pairs × channels, row by row. */
  readonly intensity: Float64Array;
  readonly numChannels: number;
  /**
   * The class painted across faces of each pair; 0 where none is. Where faces of one pair have
   * several, their binary digits are joined: 1 and 2 are 3.
   */
  readonly painted: Uint8Array;
  /** For each object its faces with others and with background, inside the image. */
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
 * Finds the pairs of objects that touch face to face, and what lies along their borders.
 *
 * Needs memory for the pairs that occur only, not for all that are possible.
 */
export function findTouchingPairs(
  objects: ObjectPixels,
  { channels = [], integerIntensities = false, annotation }: FaceSources = {},
): TouchingPairs {
  const { image, labels, runs } = objects;
  const touches = findTouches(runs, labels.length, image);
  const pairOf = pairFinder(touches, labels.length);
  const numChannels = channels.length;
  const intensity = new Float64Array(touches.first.length * numChannels);
  const painted = new Uint8Array(touches.first.length);
  const border = new Uint32Array(labels.length + 1);
  const cut = integerIntensities ? Math.trunc : (value: number) => value;
  forEachFace(objects, (here, there, a, b) => {
    border[a]++;
    border[b]++;
    const isPainted = annotation !== undefined && annotation[here] === annotation[there];
    if (a === 0 || b === 0 || !(isPainted || numChannels > 0)) return;
    const pair = a < b ? pairOf(a - 1, b - 1) : pairOf(b - 1, a - 1);
    if (isPainted) painted[pair] |= annotation[here];
    for (let c = 0, at = pair * numChannels; c < numChannels; c++, at++) {
      intensity[at] += cut((cut(channels[c][here]) + cut(channels[c][there])) / 2);
    }
  });
  return { ...touches, intensity, numChannels, painted, border: border.subarray(1) };
}

/** Looks up pairs, which ascend; along a border the same two meet again and again. */
function pairFinder(
  { first, second }: Touches,
  count: number,
): (smaller: number, larger: number) => number {
  const begin = new Uint32Array(count + 1);
  for (const object of first) begin[object + 1]++;
  for (let object = 0; object < count; object++) begin[object + 1] += begin[object];
  let last = 0;
  return (smaller, larger) => {
    if (first[last] === smaller && second[last] === larger) return last;
    let low = begin[smaller];
    let high = begin[smaller + 1] - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (second[middle] < larger) low = middle + 1;
      else high = middle;
    }
    return last = low;
  };
}

/**
 * Calls back where two neighbouring pixels, right and left, below and above, or behind and before,
 * belong to different objects, or one of them to the background: with both indices and numbers,
 * which count from 1.
 */
function forEachFace(
  objects: ObjectPixels,
  callback: (here: number, there: number, a: number, b: number) => void,
): void {
  const { width, height, depth } = objects.image;
  const numbers = objectNumbers(objects);
  const plane = width * height;
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const own = numbers[i];
        if (x > 0 && numbers[i - 1] !== own) callback(i, i - 1, own, numbers[i - 1]);
        if (y > 0 && numbers[i - width] !== own) callback(i, i - width, own, numbers[i - width]);
        if (z > 0 && numbers[i - plane] !== own) callback(i, i - plane, own, numbers[i - plane]);
      }
    }
  }
}
