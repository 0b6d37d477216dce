import { DaubError } from "../errors.ts";
import { type Image, pixelCount } from "../image/image.ts";
import type { LabelImage } from "./labels.ts";
import { readLabels } from "../measurement/read_labels.ts";

/** Farther than any pixel, when squared. */
const FAR = 2 ** 53;

/**
 * Grows objects by up to `distance` pixels into the background without merging them: a background
 * pixel takes the label of the nearest object, in a straight line between middles of pixels, as
 * scikit-image's `expand_labels`. Where two are equally near, either may get it.
 *
 * Exact distances, by lower envelopes of parabolas (Felzenszwalb and Huttenlocher 2012): the time
 * does not depend on `distance`.
 *
 * @param labels 2D or 3D; labels are kept.
 * @param distance In pixels, from 0; infinite fills all of the background.
 * @throws {DaubError} `image` when labels are no whole numbers, `options` for a negative distance.
 *
 * @example One pixel on either side
 * ```ts
 * import { expandLabels } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const labels = { data: Uint32Array.of(0, 0, 5, 0, 0, 0), width: 6, height: 1, depth: 1 };
 * assert.deepEqual([...expandLabels(labels, 1).data], [0, 5, 5, 5, 0, 0]);
 * ```
 */
export function expandLabels(labels: Image, distance: number): LabelImage {
  if (!(distance >= 0)) {
    throw new DaubError(
      "options",
      `Expected the distance to be a number from 0 but found ${distance}.`,
      { expected: "a number from 0", found: distance, where: "distance" },
    );
  }
  const { width, height, depth, voxelSize } = labels;
  const data = readLabels(labels).slice();
  let count = 0;
  for (let i = 0; i < data.length; i++) if (data[i] > count) count = data[i];
  const squares = new Float64Array(pixelCount(labels));
  for (let i = 0; i < squares.length; i++) if (data[i] === 0) squares[i] = FAR;
  const envelope = new Envelope(Math.max(width, height, depth));
  const plane = width * height;
  for (let from = 0; from < data.length; from += width) {
    envelope.spread(data, squares, from, 1, width);
  }
  if (height > 1) {
    for (let z = 0; z < depth; z++) {
      for (let x = 0; x < width; x++) {
        envelope.spread(data, squares, z * plane + x, width, height);
      }
    }
  }
  if (depth > 1) {
    for (let from = 0; from < plane; from++) envelope.spread(data, squares, from, plane, depth);
  }
  const limit = distance * distance;
  for (let i = 0; i < data.length; i++) if (squares[i] > limit) data[i] = 0;
  return { data, count, width, height, depth, ...(voxelSize && { voxelSize }) };
}

/** Spreads labels along lines of pixels, each to where its parabola is the lowest. */
class Envelope {
  readonly #vertices: Uint32Array;
  readonly #heights: Float64Array;
  readonly #labels: Uint32Array;
  /** Where a parabola becomes the lowest. */
  readonly #begins: Float64Array;

  constructor(length: number) {
    this.#vertices = new Uint32Array(length);
    this.#heights = new Float64Array(length);
    this.#labels = new Uint32Array(length);
    this.#begins = new Float64Array(length);
  }

  spread(
    labels: Uint32Array,
    squares: Float64Array,
    from: number,
    stride: number,
    length: number,
  ): void {
    let size = 0;
    for (let k = 0, i = from; k < length; k++, i += stride) {
      if (squares[i] === FAR) continue;
      let begin = -Infinity;
      while (size > 0) {
        const vertex = this.#vertices[size - 1];
        const rise = squares[i] + k * k - this.#heights[size - 1] - vertex * vertex;
        begin = rise / (2 * (k - vertex));
        if (begin > this.#begins[size - 1]) break;
        size--;
      }
      this.#vertices[size] = k;
      this.#heights[size] = squares[i];
      this.#labels[size] = labels[i];
      this.#begins[size++] = size === 1 ? -Infinity : begin;
    }
    if (size === 0) return;
    for (let k = 0, i = from, lowest = 0; k < length; k++, i += stride) {
      while (lowest + 1 < size && this.#begins[lowest + 1] < k) lowest++;
      squares[i] = (k - this.#vertices[lowest]) ** 2 + this.#heights[lowest];
      labels[i] = this.#labels[lowest];
    }
  }
}
