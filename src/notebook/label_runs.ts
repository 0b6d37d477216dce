import { protocolError } from "./protocol_fields.ts";

/** The most bytes of one run: its length and its value, seven bits a byte. */
const RUN_BYTES = 16;
/** Runs that are shorter are filled by hand, which is faster. */
const SHORT = 32;

/**
 * A label or class image as runs of one value in raster order: the length of each run, and its
 * value, both as whole numbers of seven bits a byte, lowest first. Background is 0; other values
 * are differences to the last one that was not background, which are small because neighbours in a
 * row have neighbouring numbers.
 */
export function encodeRuns(labels: Uint8Array | Uint32Array): Uint8Array<ArrayBuffer> {
  const { length } = labels;
  let bytes = new Uint8Array(65_536);
  let to = 0;
  let last = 0;
  for (let i = 0; i < length;) {
    const value = labels[i];
    let end = i + 1;
    while (end < length && labels[end] === value) end++;
    if (to + RUN_BYTES > bytes.length) {
      const grown = new Uint8Array(2 * bytes.length);
      grown.set(bytes);
      bytes = grown;
    }
    let number = end - i;
    while (number >= 128) {
      bytes[to++] = number % 128 + 128;
      number = Math.floor(number / 128);
    }
    bytes[to++] = number;
    if (value === 0) {
      bytes[to++] = 0;
    } else {
      const step = value - last;
      number = (step < 0 ? -2 * step - 1 : 2 * step) + 1;
      while (number >= 128) {
        bytes[to++] = number % 128 + 128;
        number = Math.floor(number / 128);
      }
      bytes[to++] = number;
      last = value;
    }
    i = end;
  }
  return bytes.slice(0, to);
}

/** Runs that are read at a time, and about how many pixels are written. */
const PIECE = 16_384;
const PIECE_PIXELS = 2 ** 18;

/**
 * Reads what {@linkcode encodeRuns} wrote into `labels`, which are zeros and which it must fill.
 *
 * @throws {DaubError} `server` when the runs are damaged, cut off or do not fit.
 */
export function decodeRuns(bytes: Uint8Array, labels: Uint8Array | Uint32Array): void {
  const decoder = new RunDecoder(bytes, labels);
  while (!decoder.step());
}

/** Reads runs piece by piece, so that a thread with a page to show can do other things between. */
export class RunDecoder {
  readonly #bytes: Uint8Array;
  readonly #labels: Uint8Array | Uint32Array;
  #from = 0;
  #last = 0;
  #at = 0;
  /** What is left of a run that is longer than a piece. */
  #left = 0;
  #value = 0;

  /** @param labels What is filled: zeros, so that background need not be written. */
  constructor(bytes: Uint8Array, labels: Uint8Array | Uint32Array) {
    this.#bytes = bytes;
    this.#labels = labels;
  }

  /**
   * Reads a few more runs.
   *
   * @returns Whether that were the last ones.
   * @throws {DaubError} `server` when the runs are damaged, cut off or do not fit.
   */
  step(): boolean {
    const [bytes, labels] = [this.#bytes, this.#labels];
    const largest = labels instanceof Uint8Array ? 2 ** 8 - 1 : 2 ** 32 - 1;
    const { length } = labels;
    let from = this.#from;
    let last = this.#last;
    let at = this.#at;
    const number = (): number => {
      let value = 0;
      for (let scale = 1; scale < 2 ** 50; scale *= 128) {
        if (from >= bytes.length) throw protocolError("whole runs", `${bytes.length} bytes`);
        const byte = bytes[from++];
        if (byte < 128) return value + byte * scale;
        value += (byte - 128) * scale;
      }
      throw protocolError("runs of labels", "larger numbers");
    };
    if (this.#left > 0) {
      const end = at + Math.min(this.#left, PIECE_PIXELS);
      labels.fill(this.#value, at, end);
      this.#left -= end - at;
      at = this.#at = end;
      if (this.#left > 0) return false;
    }
    const most = at + PIECE_PIXELS;
    for (let runs = 0; runs < PIECE && at < most && from < bytes.length; runs++) {
      const run = number();
      const code = number();
      const end = at + run;
      if (run < 1 || end > length) throw protocolError(`runs of ${length} pixels`, end);
      let value = 0;
      if (code > 0) {
        const zigzag = code - 1;
        value = last += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
        if (value < 1 || value > largest) throw protocolError(`labels from 1 to ${largest}`, value);
      }
      if (value === 0) at = end;
      else if (run < SHORT) { for (; at < end; at++) labels[at] = value; }
      else {
        const stop = Math.min(end, at + PIECE_PIXELS);
        labels.fill(value, at, stop);
        at = stop;
        [this.#left, this.#value] = [end - stop, value];
      }
    }
    [this.#from, this.#last, this.#at] = [from, last, at];
    if (from < bytes.length || this.#left > 0) return false;
    if (at !== length) throw protocolError(`runs of ${length} pixels`, at);
    return true;
  }
}
