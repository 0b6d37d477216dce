import type { Image } from "../image/image.ts";
import { findLabelRuns } from "../measurement/label_runs.ts";
import type { LabelImage } from "./labels.ts";
import { numberObjects } from "../measurement/number_objects.ts";
import { readLabels } from "../measurement/read_labels.ts";

/** A label image without gaps in its numbers that knows what they were. */
export interface RelabelledImage extends LabelImage {
  /** The former label of every object: object i had `originals[i]`, background 0. */
  readonly originals: Uint32Array;
}

/**
 * Numbers the objects 1, 2, … without gaps, in the order of their labels.
 *
 * @param labels 2D or 3D; whole numbers of any type, 0 for background.
 * @throws {DaubError} `image` when labels are no whole numbers.
 *
 * @example Close a gap
 * ```ts
 * import { relabel } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = { data: Uint8Array.of(9, 0, 4, 4), width: 4, height: 1, depth: 1 };
 * const { data, count, originals } = relabel(image);
 * assert.deepEqual([...data], [2, 0, 1, 1]);
 * assert.equal(count, 2);
 * assert.deepEqual([...originals], [0, 4, 9]);
 * ```
 */
export function relabel(labels: Image): RelabelledImage {
  return keepObjects(labels, () => true);
}

/** Keeps the objects for which `keep` says so, by their number from 1, and numbers them anew. */
export function keepObjects(
  labels: Image,
  keep: (object: number, objects: ReturnType<typeof numberObjects>) => boolean,
): RelabelledImage {
  const objects = numberObjects(findLabelRuns(readLabels(labels), labels));
  const numbers = new Uint32Array(objects.labels.length + 1);
  const originals = [0];
  for (let object = 1; object < numbers.length; object++) {
    if (!keep(object, objects)) continue;
    numbers[object] = originals.length;
    originals.push(objects.labels[object - 1]);
  }
  const { width, height, depth } = labels;
  const data = new Uint32Array(labels.data.length);
  const { firstOfRow, start, end, label } = objects.runs;
  for (let row = 0; row < height * depth; row++) {
    for (let run = firstOfRow[row]; run < firstOfRow[row + 1]; run++) {
      data.fill(numbers[label[run]], row * width + start[run], row * width + end[run]);
    }
  }
  return {
    data,
    width,
    height,
    depth,
    count: originals.length - 1,
    originals: Uint32Array.from(originals),
    ...(labels.voxelSize && { voxelSize: labels.voxelSize }),
  };
}
