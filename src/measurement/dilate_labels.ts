import type { Size } from "../image/image.ts";

/**
 * Grows labels into the background, a pixel at a time in `radius` steps, as clEsperanto's
 * `dilate_labels` does: by turns to all pixels around and to those that share a face, the largest
 * label first. What it gives is near to what `expandLabels` gives, but depends on the numbers.
 */
export function dilateLabels(labels: Uint32Array, size: Size, radius: number): Uint32Array {
  let grown = labels;
  for (let step = 0; step < radius; step++) {
    grown = step % 2 === 0 ? growToBox(grown, size) : growToDiamond(grown, size);
  }
  return grown;
}

/** Strides and extents along x, y and z. */
function axesOf({ width, height, depth }: Size): readonly (readonly [number, number])[] {
  return [[1, width], [width, height], [width * height, depth]];
}

function growToBox(labels: Uint32Array, size: Size): Uint32Array {
  let largest = labels;
  for (const [stride, extent] of axesOf(size)) {
    if (extent > 1) largest = largestAlong(largest, largest, stride, extent);
  }
  return labels.map((label, i) => label || largest[i]);
}

function growToDiamond(labels: Uint32Array, size: Size): Uint32Array {
  let largest = labels;
  for (const [stride, extent] of axesOf(size)) {
    if (extent > 1) largest = largestAlong(labels, largest, stride, extent);
  }
  return labels.map((label, i) => label || largest[i]);
}

/** The largest of a pixel's own value and those of its two neighbours along an axis. */
function largestAlong(
  labels: Uint32Array,
  own: Uint32Array,
  stride: number,
  extent: number,
): Uint32Array {
  const largest = own.slice();
  for (let i = 0; i < labels.length; i++) {
    const at = Math.floor(i / stride) % extent;
    if (at > 0 && labels[i - stride] > largest[i]) largest[i] = labels[i - stride];
    if (at < extent - 1 && labels[i + stride] > largest[i]) largest[i] = labels[i + stride];
  }
  return largest;
}
