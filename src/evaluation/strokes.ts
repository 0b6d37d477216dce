import { asChannels, type Image, type Size } from "../image/image.ts";
import { readAnnotation } from "../image/annotation.ts";
import { numberSets, singletons, union } from "../labeling/union_find.ts";

/**
 * Numbers the strokes of annotations: connected pieces of one class, corners included.
 *
 * Pixels of one stroke are alike, so a fair test of a classifier keeps them together; see
 * `crossValidate`.
 *
 * @param annotations The strokes on one image, or on several images in the order of their training.
 * @returns The number of the stroke, from 1, of each painted pixel: in raster order, image after
 * image, which is the order of training samples.
 * @throws {DaubError} `annotation` when values are no class numbers or nothing is painted.
 *
 * @example Two strokes of one class, one of another that touches
 * ```ts
 * import { numberStrokes } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const annotation = { data: Uint8Array.of(1, 1, 2, 0, 1), width: 5, height: 1, depth: 1 };
 * assert.deepEqual([...numberStrokes(annotation)], [1, 1, 2, 3]);
 * ```
 */
export function numberStrokes(annotations: Image | readonly Image[]): Uint32Array {
  const parts: Uint32Array[] = [];
  let numStrokes = 0;
  for (const annotation of Array.isArray(annotations) ? annotations : [annotations]) {
    const [image] = asChannels(annotation);
    const numbers = connectedPieces(readAnnotation(image), image);
    let largest = 0;
    for (let i = 0; i < numbers.length; i++) {
      largest = Math.max(largest, numbers[i]);
      numbers[i] += numStrokes;
    }
    numStrokes += largest;
    parts.push(numbers);
  }
  const all = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

/** The piece of every painted pixel, in raster order, numbered from 1. */
export function connectedPieces(classes: Uint8Array, size: Size): Uint32Array {
  const { width, height } = size;
  let numPainted = 0;
  for (let i = 0; i < classes.length; i++) if (classes[i] !== 0) numPainted++;
  const painted = new Float64Array(numPainted);
  for (let i = 0, n = 0; i < classes.length; i++) if (classes[i] !== 0) painted[n++] = i;
  const sets = singletons(numPainted);
  const steps = earlierNeighbours(size);
  // Positions ascend, and so do those of a fixed neighbour: one walk through the list for each.
  const cursors = new Uint32Array(steps.length);
  for (let n = 0; n < numPainted; n++) {
    const pixel = painted[n];
    const x = pixel % width;
    const y = Math.floor(pixel / width) % height;
    steps.forEach(({ dx, dy, distance }, s) => {
      if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) return;
      const neighbour = pixel - distance;
      while (painted[cursors[s]] < neighbour) cursors[s]++;
      if (painted[cursors[s]] !== neighbour || classes[neighbour] !== classes[pixel]) return;
      union(sets, cursors[s], n);
    });
  }
  numberSets(sets);
  return sets;
}

interface NeighbourStep {
  readonly dx: number;
  readonly dy: number;
  /** How far before a pixel the neighbour lies in raster order. */
  readonly distance: number;
}

/** The neighbours that come before a pixel in raster order: 4 in 2D, 13 in 3D. */
function earlierNeighbours({ width, height, depth }: Size): NeighbourStep[] {
  const around = [-1, 0, 1];
  return (depth > 1 ? [-1, 0] : [0]).flatMap((dz) =>
    around.flatMap((dy) =>
      around.flatMap((dx) => {
        const isEarlier = dz < 0 || dy < 0 || (dy === 0 && dx < 0);
        const earlier = dz < 0 || (dz === 0 && isEarlier);
        return earlier ? [{ dx, dy, distance: -((dz * height + dy) * width + dx) }] : [];
      })
    )
  );
}
