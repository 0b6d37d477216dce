import type { Size } from "../image/image.ts";

/** The runs of one class: stretches of a row, in raster order. */
export interface Runs {
  /** The x of a run's first pixel. */
  readonly start: Uint32Array;
  /** The x behind a run's last pixel. */
  readonly end: Uint32Array;
  readonly count: number;
  /** The first run of every row (z × height + y), and behind the last row the number of runs. */
  readonly firstOfRow: Uint32Array;
}

/** Finds the runs of pixels whose class is `positiveClass`, four pixels at a time. */
export function findRuns(classes: Uint8Array, size: Size, positiveClass: number): Runs {
  const { width } = size;
  const rows = size.height * size.depth;
  const most = Math.ceil(width / 2);
  // A view of whole words needs pixels that begin on one.
  const pixels = classes.byteOffset % 4 === 0 ? classes : classes.slice();
  const numWords = Math.floor(pixels.length / 4);
  const words = new Int32Array(pixels.buffer, pixels.byteOffset, numWords);
  const pattern = Math.imul(positiveClass, 0x01010101);
  const firstOfRow = new Uint32Array(rows + 1);
  let start = new Uint32Array(Math.max(most, 1024));
  let end = new Uint32Array(start.length);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    if (count + most > start.length) {
      const length = Math.max(start.length * 2, count + most);
      start = grow(start, length);
      end = grow(end, length);
    }
    count = findRunsOfRow(
      pixels,
      words,
      row * width,
      width,
      positiveClass,
      pattern,
      start,
      end,
      count,
    );
    firstOfRow[row + 1] = count;
  }
  return { start, end, count, firstOfRow };
}

function findRunsOfRow(
  pixels: Uint8Array,
  words: Int32Array,
  from: number,
  width: number,
  positiveClass: number,
  pattern: number,
  start: Uint32Array,
  end: Uint32Array,
  count: number,
): number {
  const to = from + width;
  const lastWord = Math.floor(to / 4);
  let i = from;
  while (true) {
    while (i < to && pixels[i] !== positiveClass) {
      i++;
      if ((i & 3) !== 0) continue;
      let word = i / 4;
      while (word < lastWord && !hasZeroByte(words[word] ^ pattern)) word++;
      i = word * 4;
    }
    if (i >= to) return count;
    start[count] = i - from;
    while (i < to && pixels[i] === positiveClass) {
      i++;
      if ((i & 3) !== 0) continue;
      let word = i / 4;
      while (word < lastWord && words[word] === pattern) word++;
      i = word * 4;
    }
    end[count++] = i - from;
  }
}

function hasZeroByte(word: number): boolean {
  return ((word - 0x01010101) & ~word & 0x80808080) !== 0;
}

function grow(array: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(length);
  grown.set(array);
  return grown;
}
