import type { Region } from "../backend.ts";
import type { Pass } from "./passes_cpu.ts";
import type { Vec3 } from "./plan_types.ts";
import { dilateRegion, intersectRegions, sameRegion, uniteRegions } from "./regions.ts";

/** Where a plane lies in the kernels' memory, in bytes. */
export interface Place {
  /** Of the first pixel: an address, or a distance from a strip's own memory if odd, plus 1. */
  readonly pointer: number;
  /** From a row to the next. */
  readonly stride: number;
  /** From a slice to the next. */
  readonly slice: number;
  /** Which pixels it has, in tile coordinates. */
  readonly region: Region;
  /** These and a margin around them, in which the tile's edge is repeated. */
  readonly padded: Region;
}

/** Floats of a cache line: rows start at its beginning, and results are written so many at a time. */
const LINE = 16;

/** A plane from an address on with room for its margin, and how many bytes that takes. */
export function placePlane(
  address: number,
  region: Region,
  padded: Region,
): { place: Place; bytes: number } {
  const left = roundUp(region.x - padded.x);
  const right = padded.x + padded.width - region.x - region.width;
  let floats = left + roundUp(region.width) + Math.max(LINE, roundUp(right));
  // An odd number of cache lines spreads the rows over the cache.
  if (floats % (2 * LINE) === 0) floats += LINE;
  const stride = 4 * floats;
  const slice = stride * padded.height;
  const pointer = address + (region.z - padded.z) * slice + (region.y - padded.y) * stride +
    4 * left;
  const place = { pointer, stride, slice, region, padded };
  // Sixteen pixels before and behind are read but not used.
  return { place, bytes: slice * padded.depth + 4 * LINE };
}

/** The address of a pixel. */
export function pixelPointer(place: Place, x: number, y: number, z: number): number {
  const { pointer, slice, stride, region } = place;
  return pointer + (z - region.z) * slice + (y - region.y) * stride + 4 * (x - region.x);
}

/** The part of a plane that is one region. */
export function partOfPlace(place: Place, region: Region): Place {
  const pointer = pixelPointer(place, region.x, region.y, region.z);
  return { ...place, pointer, region, padded: region };
}

/** What a pass computes for a strip, and what later ones read around that. */
export interface Extent {
  readonly region: Region;
  readonly padded: Region;
}

/**
 * The part of the tile on which every pass must be computed so that the wanted ones are right on
 * the strip; none for those that nothing needs. A plane that is cut off inside the tile is never
 * read beyond the cut, so its margin is only that beyond the tile's edges.
 *
 * @param known Passes whose results are there already, so that nothing is computed for them.
 */
export function planExtents(
  passes: readonly Pass[],
  wanted: ReadonlySet<number>,
  strip: Region,
  whole: Region,
  known: ReadonlySet<number> = new Set(),
): (Extent | undefined)[] {
  const extents = passes.map((_, i): Extent | undefined =>
    wanted.has(i) ? { region: strip, padded: strip } : undefined
  );
  for (let i = passes.length - 1; i >= 0; i--) {
    const extent = extents[i];
    if (!extent || known.has(i)) continue;
    const read = dilateRegion(extent.region, passes[i].reach);
    const region = intersectRegions(read, whole);
    for (const input of passes[i].inputs) {
      extents[input] = uniteExtents(extents[input], { region, padded: read });
    }
  }
  return extents;
}

/** What serves both. */
export function uniteExtents(a: Extent | undefined, b: Extent): Extent {
  if (!a) return b;
  return { region: uniteRegions(a.region, b.region), padded: uniteRegions(a.padded, b.padded) };
}

/** How far a plane's margin goes beyond it: before and behind along every axis. */
export function marginsOf({ region, padded }: Extent): [before: Vec3, behind: Vec3] {
  return [
    [region.x - padded.x, region.y - padded.y, region.z - padded.z],
    [
      padded.x + padded.width - region.x - region.width,
      padded.y + padded.height - region.y - region.height,
      padded.z + padded.depth - region.z - region.depth,
    ],
  ];
}

/** Whether a plane has a margin. */
export function hasMargin({ region, padded }: Extent): boolean {
  return !sameRegion(region, padded);
}

/** Gives out pieces of a strip's memory, lowest first, and takes them back. */
export class Room {
  /** The most bytes that were in use. */
  size = 0;
  readonly #used: { start: number; end: number }[] = [];

  take(bytes: number): number {
    const length = Math.ceil(bytes / 64) * 64;
    let start = 0;
    let at = 0;
    for (; at < this.#used.length; at++) {
      if (this.#used[at].start - start >= length) break;
      start = this.#used[at].end;
    }
    this.#used.splice(at, 0, { start, end: start + length });
    this.size = Math.max(this.size, start + length);
    return start;
  }

  give(start: number): void {
    this.#used.splice(this.#used.findIndex((piece) => piece.start === start), 1);
  }
}

function roundUp(floats: number): number {
  return Math.ceil(floats / LINE) * LINE;
}
