/** Where an annotation is painted, and with what. */
export interface PaintedPixels {
  /** Positions in raster order, ascending. */
  readonly pixels: Uint32Array;
  /** The class number of each. */
  readonly classes: Uint8Array;
}

/** Where one time point is painted. */
export interface PaintedFrame extends PaintedPixels {
  /** The time point, from 0. */
  readonly frame: number;
}

/** Collects painted pixels in raster order. */
export class PaintedPixelList {
  #pixels = new Uint32Array(1024);
  #classes = new Uint8Array(1024);
  #count = 0;

  /** How many there are. */
  get length(): number {
    return this.#count;
  }

  /** Adds the painted ones of `classes[from]` … `classes[end - 1]`; the first lies at `pixel`. */
  add(classes: Uint8Array, from: number, end: number, pixel: number): void {
    for (let i = from; i < end; i++) {
      if (classes[i] === 0) continue;
      if (this.#count === this.#pixels.length) this.#grow();
      this.#pixels[this.#count] = pixel + i - from;
      this.#classes[this.#count++] = classes[i];
    }
  }

  /** What was collected. */
  finish(): PaintedPixels {
    return {
      pixels: this.#pixels.slice(0, this.#count),
      classes: this.#classes.slice(0, this.#count),
    };
  }

  #grow(): void {
    const pixels = new Uint32Array(2 * this.#count);
    const classes = new Uint8Array(2 * this.#count);
    pixels.set(this.#pixels);
    classes.set(this.#classes);
    [this.#pixels, this.#classes] = [pixels, classes];
  }
}

/**
 * Finds the painted pixels. Most of an annotation is empty, so it is searched four pixels at a
 * time.
 */
export function findPaintedPixels(annotation: Uint8Array): PaintedPixels {
  const found = new PaintedPixelList();
  const head = Math.min(annotation.length, -annotation.byteOffset & 3);
  const words = new Int32Array(
    annotation.buffer,
    annotation.byteOffset + head,
    (annotation.length - head) >> 2,
  );
  found.add(annotation, 0, head, 0);
  for (let word = 0; word < words.length; word++) {
    const at = head + 4 * word;
    if (words[word] !== 0) found.add(annotation, at, at + 4, at);
  }
  const tail = head + 4 * words.length;
  found.add(annotation, tail, annotation.length, tail);
  return found.finish();
}

/** Class numbers in raster order of what is painted; 0 elsewhere. */
export function densePixels({ pixels, classes }: PaintedPixels, length: number): Uint8Array {
  const annotation = new Uint8Array(length);
  for (let i = 0; i < pixels.length; i++) annotation[pixels[i]] = classes[i];
  return annotation;
}

/** Whether the same pixels are painted with the same classes. */
export function samePainting(a: PaintedPixels, b: PaintedPixels): boolean {
  if (a.pixels.length !== b.pixels.length) return false;
  for (let i = 0; i < a.pixels.length; i++) {
    if (a.pixels[i] !== b.pixels[i] || a.classes[i] !== b.classes[i]) return false;
  }
  return true;
}
