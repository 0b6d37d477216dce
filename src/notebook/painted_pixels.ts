/** Where an annotation is painted, and with what. */
export interface PaintedPixels {
  /** Positions in raster order, ascending. */
  readonly pixels: Uint32Array;
  /** The class number of each. */
  readonly classes: Uint8Array;
}

/**
 * Finds the painted pixels. Most of an annotation is empty, so it is searched four pixels at a
 * time.
 */
export function findPaintedPixels(annotation: Uint8Array): PaintedPixels {
  let capacity = 1024;
  let pixels = new Uint32Array(capacity);
  let classes = new Uint8Array(capacity);
  let count = 0;
  const visit = (from: number, end: number) => {
    for (let i = from; i < end; i++) {
      if (annotation[i] === 0) continue;
      if (count === capacity) {
        capacity *= 2;
        pixels = grown(pixels, new Uint32Array(capacity));
        classes = grown(classes, new Uint8Array(capacity));
      }
      pixels[count] = i;
      classes[count++] = annotation[i];
    }
  };
  const head = Math.min(annotation.length, -annotation.byteOffset & 3);
  const words = new Int32Array(
    annotation.buffer,
    annotation.byteOffset + head,
    (annotation.length - head) >> 2,
  );
  visit(0, head);
  for (let word = 0; word < words.length; word++) {
    if (words[word] !== 0) visit(head + 4 * word, head + 4 * word + 4);
  }
  visit(head + 4 * words.length, annotation.length);
  return { pixels: pixels.slice(0, count), classes: classes.slice(0, count) };
}

/** Whether the same pixels are painted with the same classes. */
export function samePainting(a: PaintedPixels, b: PaintedPixels): boolean {
  if (a.pixels.length !== b.pixels.length) return false;
  for (let i = 0; i < a.pixels.length; i++) {
    if (a.pixels[i] !== b.pixels[i] || a.classes[i] !== b.classes[i]) return false;
  }
  return true;
}

function grown<T extends Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
