import type { Region } from "../backend.ts";
import type { Size } from "../image/image.ts";
import type { Vec3 } from "./plan_types.ts";

/** The whole of a size as a region. */
export function wholeRegion({ width, height, depth }: Size): Region {
  return { x: 0, y: 0, z: 0, width, height, depth };
}

/** A region with a margin around it. */
export function dilateRegion(region: Region, [x, y, z]: Vec3): Region {
  return {
    x: region.x - x,
    y: region.y - y,
    z: region.z - z,
    width: region.width + 2 * x,
    height: region.height + 2 * y,
    depth: region.depth + 2 * z,
  };
}

/** What two regions share; they have to overlap. */
export function intersectRegions(a: Region, b: Region): Region {
  const [x, width] = intersectSpans(a.x, a.width, b.x, b.width);
  const [y, height] = intersectSpans(a.y, a.height, b.y, b.height);
  const [z, depth] = intersectSpans(a.z, a.depth, b.z, b.depth);
  return { x, y, z, width, height, depth };
}

function intersectSpans(a: number, lengthA: number, b: number, lengthB: number): [number, number] {
  const start = Math.max(a, b);
  return [start, Math.min(a + lengthA, b + lengthB) - start];
}

/** The smallest region that holds both. */
export function uniteRegions(a: Region, b: Region): Region {
  const [x, width] = uniteSpans(a.x, a.width, b.x, b.width);
  const [y, height] = uniteSpans(a.y, a.height, b.y, b.height);
  const [z, depth] = uniteSpans(a.z, a.depth, b.z, b.depth);
  return { x, y, z, width, height, depth };
}

function uniteSpans(a: number, lengthA: number, b: number, lengthB: number): [number, number] {
  const start = Math.min(a, b);
  return [start, Math.max(a + lengthA, b + lengthB) - start];
}

/** Whether two regions are the same. */
export function sameRegion(a: Region, b: Region): boolean {
  return a.x === b.x && a.y === b.y && a.z === b.z && a.width === b.width &&
    a.height === b.height && a.depth === b.depth;
}
