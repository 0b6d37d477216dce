import type { Image } from "../image/image.ts";
import type { LabelImage } from "./labels.ts";
import { readLabels } from "../measurement/read_labels.ts";

/**
 * The outlines of objects: the pixels of an object that share a face with another object or the
 * background keep its label, all others become 0. The edge of the image is no outline.
 *
 * @param labels 2D or 3D; whole numbers of any type.
 * @throws {DaubError} `image` when labels are no whole numbers.
 *
 * @example The middle of a 3 × 3 square
 * ```ts
 * import { outlineObjects } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const data = new Uint32Array(25);
 * for (const i of [6, 7, 8, 11, 12, 13, 16, 17, 18]) data[i] = 4;
 * const outlines = outlineObjects({ data, width: 5, height: 5, depth: 1 });
 * assert.equal(outlines.data[12], 0);
 * assert.equal(outlines.data.filter((label) => label === 4).length, 8);
 * ```
 */
export function outlineObjects(labels: Image): LabelImage {
  const { width, height, depth, voxelSize } = labels;
  const source = readLabels(labels);
  const data = new Uint32Array(source.length);
  const plane = width * height;
  let count = 0;
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const label = source[i];
        if (label === 0) continue;
        if (label > count) count = label;
        const isInner = (x === 0 || source[i - 1] === label) &&
          (x === width - 1 || source[i + 1] === label) &&
          (y === 0 || source[i - width] === label) &&
          (y === height - 1 || source[i + width] === label) &&
          (z === 0 || source[i - plane] === label) &&
          (z === depth - 1 || source[i + plane] === label);
        if (!isInner) data[i] = label;
      }
    }
  }
  return { data, count, width, height, depth, ...(voxelSize && { voxelSize }) };
}
