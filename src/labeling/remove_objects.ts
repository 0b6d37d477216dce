import { DaubError } from "../errors.ts";
import type { Image } from "../image/image.ts";
import { keepObjects, type RelabelledImage } from "./relabel.ts";
import type { NumberedRuns } from "../measurement/number_objects.ts";

/**
 * Removes the objects of fewer than `minimumArea` pixels (voxels in 3D); the others are numbered
 * anew, in the order of their labels.
 *
 * @throws {DaubError} `image` when labels are no whole numbers, `options` for a negative area.
 *
 * @example Keep what has at least 2 pixels
 * ```ts
 * import { removeSmallObjects } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const labels = { data: Uint32Array.of(1, 0, 2, 2), width: 4, height: 1, depth: 1 };
 * assert.deepEqual([...removeSmallObjects(labels, 2).data], [0, 0, 1, 1]);
 * ```
 */
export function removeSmallObjects(labels: Image, minimumArea: number): RelabelledImage {
  return keepAreas(labels, minimumArea, (area) => area >= minimumArea);
}

/**
 * Removes the objects of more than `maximumArea` pixels (voxels in 3D); the others are numbered
 * anew, in the order of their labels.
 *
 * @throws {DaubError} `image` when labels are no whole numbers, `options` for a negative area.
 */
export function removeLargeObjects(labels: Image, maximumArea: number): RelabelledImage {
  return keepAreas(labels, maximumArea, (area) => area <= maximumArea);
}

/**
 * Removes the objects that reach into the outermost `margin` pixels of the image, which may go on
 * beyond it; the others are numbered anew, in the order of their labels.
 *
 * A volume has six sides, a plane four.
 *
 * @param margin Default 1: objects that touch the edge.
 * @throws {DaubError} `image` when labels are no whole numbers, `options` when the margin is no
 * whole number from 0.
 */
export function removeEdgeObjects(labels: Image, margin = 1): RelabelledImage {
  checkNumber("margin", margin, Number.isInteger(margin), "a whole number from 0");
  let isAtEdge: Uint8Array | undefined;
  return keepObjects(labels, (object, objects) => {
    isAtEdge ??= findEdgeObjects(objects, labels, margin);
    return isAtEdge[object] === 0;
  });
}

function findEdgeObjects(
  { runs, labels }: NumberedRuns,
  { width, height, depth }: Image,
  margin: number,
): Uint8Array {
  const isAtEdge = new Uint8Array(labels.length + 1);
  for (let row = 0; row < height * depth; row++) {
    const y = row % height;
    const z = Math.floor(row / height);
    const isOuter = y < margin || y >= height - margin ||
      depth > 1 && (z < margin || z >= depth - margin);
    for (let run = runs.firstOfRow[row]; run < runs.firstOfRow[row + 1]; run++) {
      const reaches = runs.start[run] < margin || runs.end[run] > width - margin;
      if (isOuter || reaches) isAtEdge[runs.label[run]] = 1;
    }
  }
  return isAtEdge;
}

function keepAreas(
  labels: Image,
  limit: number,
  keep: (area: number) => boolean,
): RelabelledImage {
  checkNumber("area", limit, !Number.isNaN(limit), "a number from 0");
  let areas: Float64Array | undefined;
  return keepObjects(labels, (object, objects) => {
    areas ??= countPixels(objects);
    return keep(areas[object]);
  });
}

function countPixels({ runs, labels }: NumberedRuns): Float64Array {
  const areas = new Float64Array(labels.length + 1);
  for (let run = 0; run < runs.length; run++) {
    areas[runs.label[run]] += runs.end[run] - runs.start[run];
  }
  return areas;
}

function checkNumber(where: string, found: number, isRight: boolean, expected: string): void {
  if (isRight && found >= 0) return;
  throw new DaubError("options", `Expected the ${where} to be ${expected} but found ${found}.`, {
    expected,
    found,
    where,
  });
}
