import type { Image, Size } from "../image/image.ts";
import { findLabelRuns, forEachRow, type LabelRuns } from "../measurement/label_runs.ts";
import { readLabels } from "../measurement/read_labels.ts";
import { type Ring, traceRings } from "./trace_ring.ts";
import { numberSets, singletons, union } from "./union_find.ts";

/** The shape of an object in a plane, along the edges of its pixels. */
export interface ObjectPolygons {
  /** The object's label. */
  readonly label: number;
  /** The plane; 0 in 2D. */
  readonly z: number;
  /**
   * The object's pieces, each an outer ring followed by its holes. Rings are closed, so their first
   * point is repeated at the end; outer ones have a positive area by the shoelace formula, holes a
   * negative one (RFC 7946).
   */
  readonly polygons: readonly (readonly Ring[])[];
}

/**
 * Traces objects along the edges of their pixels: the pixel (x, y) is the square from (x, y) to
 * (x + 1, y + 1), so areas are exact and neighbours share their borders.
 *
 * Pixels that touch by a corner only are separate pieces, and no ring touches itself. Volumes are
 * traced plane by plane.
 *
 * @param labels 2D or 3D; whole numbers of any type.
 * @returns Ascending by plane and label.
 * @throws {DaubError} `image` when labels are no whole numbers.
 *
 * @example A single pixel
 * ```ts
 * import { tracePolygons } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const labels = { data: Uint8Array.of(0, 7), width: 2, height: 1, depth: 1 };
 * const [{ label, polygons }] = tracePolygons(labels);
 * assert.equal(label, 7);
 * assert.deepEqual(polygons, [[[[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]]]);
 * ```
 */
export function tracePolygons(labels: Image): ObjectPolygons[] {
  const pixels = readLabels(labels);
  const objects: ObjectPolygons[] = [];
  const { width, height } = labels;
  for (let z = 0; z < labels.depth; z++) {
    const plane = { width, height, depth: 1 };
    const part = pixels.subarray(z * width * height, (z + 1) * width * height);
    for (const [label, polygons] of tracePlane(part, plane)) objects.push({ label, z, polygons });
  }
  return objects;
}

function tracePlane(pixels: Uint32Array, size: Size): [number, Ring[][]][] {
  const runs = findLabelRuns(pixels, size);
  const pieces = findPieces(runs, size);
  const rings: { label: number; outer?: Ring; holes: Ring[] }[] = [];
  const isTraced = new Uint8Array(pixels.length);
  forEachRow(runs, size, (first, last, y) => {
    for (let run = first; run < last; run++) {
      const piece = rings[pieces[run]] ??= { label: runs.label[run], holes: [] };
      for (let x = runs.start[run]; x < runs.end[run]; x++) {
        const i = y * size.width + x;
        const isEdge = y === 0 || pixels[i - size.width] !== piece.label;
        if (!isEdge || isTraced[i]) continue;
        for (const ring of traceRings(pixels, size, x, y, isTraced)) {
          if (area(ring) > 0) piece.outer = ring;
          else piece.holes.push(ring);
        }
      }
    }
  });
  const objects = new Map<number, Ring[][]>();
  for (const { label, outer, holes } of rings.slice(1)) {
    const polygons = objects.get(label) ?? [];
    polygons.push([outer!, ...holes]);
    objects.set(label, polygons);
  }
  return [...objects].sort(([a], [b]) => a - b);
}

/** The piece that each run belongs to, from 1: runs of a label that share a face with each other. */
function findPieces(runs: LabelRuns, size: Size): Uint32Array {
  const pieces = singletons(runs.length);
  const { firstOfRow, start, end, label } = runs;
  forEachRow(runs, size, (first, last, y) => {
    let a = y > 0 ? firstOfRow[y - 1] : first;
    let b = first;
    while (a < first && b < last) {
      const overlaps = start[a] < end[b] && start[b] < end[a];
      if (overlaps && label[a] === label[b]) union(pieces, a, b);
      if (end[a] < end[b]) a++;
      else b++;
    }
  });
  numberSets(pieces);
  return pieces;
}

/** The shoelace formula. */
function area(ring: Ring): number {
  let sum = 0;
  for (let i = 1; i < ring.length; i++) {
    sum += ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
  }
  return sum / 2;
}
