import type { Region } from "../backend.ts";
import { DaubError } from "../errors.ts";
import type { Vec3 } from "../features/plan_types.ts";
import { describeSize, type PackedPixels, pixelCount, type Size } from "../image/image.ts";
import { sampleTypeOfPixels } from "../image/sample_type.ts";

/** So much more may be computed for rows to stay whole: parts of rows are copied one by one. */
const WHOLE_ROWS = 1.1;

/** A part of an image that is computed at once. */
export interface TilePlacement {
  /** The pixels whose results are kept, in image coordinates; cores cover the image once. */
  readonly core: Region;
  /** The core and its halo, cut at the image's edge, in image coordinates. */
  readonly tile: Region;
  /** The core in tile coordinates. */
  readonly coreInTile: Region;
}

/**
 * Divides an image into tiles of at most `maxPixels` pixels, halo included, with as little halo
 * computed twice as a greedy division finds. Where it costs little more, rows stay whole, because
 * they are contiguous: results are then computed where they belong.
 *
 * @throws {DaubError} `features` when even a single pixel with its halo is too large.
 */
export function planTiles(size: Size, halo: Vec3, maxPixels: number): TilePlacement[] {
  const lengths = [size.width, size.height, size.depth];
  const parts = [1, 1, 1];
  const spans = () => lengths.map((length, a) => tileLength(length, parts[a], halo[a]));
  while (spans().reduce((a, b) => a * b) > maxPixels) {
    const axis = cheapestSplit(lengths, parts, halo);
    if (axis === undefined) {
      throw new DaubError(
        "features",
        `Expected a tile of at most ${maxPixels} pixels but the features reach ` +
          `${halo.join(", ")} pixels along x, y, z, so the smallest tile of this image of ` +
          `${describeSize(size)} is larger. Use smaller sigmas or radii, or the cpu backend.`,
        { expected: maxPixels, found: halo },
      );
    }
    parts[axis] = Math.min(lengths[axis], Math.max(parts[axis] + 1, Math.ceil(parts[axis] * 1.1)));
  }
  const cuts = lengths.map((length, axis) => cutLength(length, parts[axis], halo[axis]));
  return cuts[2].flatMap((z) =>
    cuts[1].flatMap((y) =>
      cuts[0].map((x) => ({
        core: { x: x.core, y: y.core, z: z.core, ...extent(x.length, y.length, z.length) },
        tile: { x: x.from, y: y.from, z: z.from, ...extent(x.span, y.span, z.span) },
        coreInTile: {
          x: x.core - x.from,
          y: y.core - y.from,
          z: z.core - z.from,
          ...extent(x.length, y.length, z.length),
        },
      }))
    )
  );
}

/** The same tile for a smaller core, with no more halo than that needs. */
export function shrinkTile({ tile }: TilePlacement, core: Region, halo: Vec3): TilePlacement {
  const fit = (from: number, length: number, reach: number, low: number, span: number) => {
    const start = Math.max(low, from - reach);
    return { start, length: Math.min(low + span, from + length + reach) - start };
  };
  const x = fit(core.x, core.width, halo[0], tile.x, tile.width);
  const y = fit(core.y, core.height, halo[1], tile.y, tile.height);
  const z = fit(core.z, core.depth, halo[2], tile.z, tile.depth);
  return {
    core,
    tile: { x: x.start, y: y.start, z: z.start, ...extent(x.length, y.length, z.length) },
    coreInTile: {
      x: core.x - x.start,
      y: core.y - y.start,
      z: core.z - z.start,
      ...extent(core.width, core.height, core.depth),
    },
  };
}

/** A region's pixels of one plane; the plane itself, not a copy, when the region is all of it. */
export function cutRegion<T extends Float32Array | PackedPixels>(
  plane: T,
  size: Size,
  region: Region,
): T {
  const { x, y, z, width, height, depth } = region;
  if (pixelCount(region) === pixelCount(size)) return plane;
  const cut = new (sampleTypeOfPixels(plane).array)(pixelCount(region)) as T;
  let to = 0;
  for (let k = z; k < z + depth; k++) {
    for (let j = y; j < y + height; j++) {
      const from = (k * size.height + j) * size.width + x;
      cut.set(plane.subarray(from, from + width), to);
      to += width;
    }
  }
  return cut;
}

/** Writes a region's pixels into a plane of the whole image. */
export function pasteRegion<T extends Float32Array | Uint8Array>(
  part: T,
  plane: T,
  size: Size,
  region: Region,
): void {
  const { x, y, z, width, height, depth } = region;
  let from = 0;
  for (let k = z; k < z + depth; k++) {
    for (let j = y; j < y + height; j++) {
      plane.set(part.subarray(from, from + width), (k * size.height + j) * size.width + x);
      from += width;
    }
  }
}

function extent(width: number, height: number, depth: number): Size {
  return { width, height, depth };
}

/** The largest tile along an axis cut into so many parts. */
function tileLength(length: number, parts: number, halo: number): number {
  return Math.min(length, Math.ceil(length / parts) + (parts > 1 ? 2 * halo : 0));
}

/** The axis whose further division adds the least work, or none when nothing can be divided. */
function cheapestSplit(lengths: number[], parts: number[], halo: Vec3): number | undefined {
  let best: number | undefined;
  let least = Infinity;
  // Last axis first, so that among equals the slowest-varying one is cut.
  for (const axis of [2, 1, 0]) {
    if (parts[axis] >= lengths[axis]) continue;
    const next = parts[axis] + 1;
    const computed = tileLength(lengths[axis], next, halo[axis]) * next / lengths[axis];
    const work = axis === 0 ? computed * WHOLE_ROWS : computed;
    if (work < least) {
      least = work;
      best = axis;
    }
  }
  return best;
}

function cutLength(length: number, parts: number, halo: number) {
  const step = Math.ceil(length / parts);
  const cuts = [];
  for (let core = 0; core < length; core += step) {
    const end = Math.min(length, core + step);
    const from = Math.max(0, core - halo);
    cuts.push({ core, length: end - core, from, span: Math.min(length, end + halo) - from });
  }
  return cuts;
}
