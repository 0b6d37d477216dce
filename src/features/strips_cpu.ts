import type { Region } from "../backend.ts";
import { pixelCount } from "../image/image.ts";
import type { Extent } from "./layout_cpu.ts";
import type { Pass } from "./passes_cpu.ts";

/** The axis that strips are cut along. */
export type StripAxis = 1 | 2;

/** Pixels of a strip, so that the planes of its passes stay in the processor's cache. */
const STRIP_PIXELS = 1 << 16;
/** Pixels of all planes that a strip keeps to its end. */
const KEPT_PIXELS = 1 << 18;
/** How often a strip is at least as long as what is computed twice around it. */
const HALOS = 8;

const STARTS = ["x", "y", "z"] as const;
const LENGTHS = ["width", "height", "depth"] as const;

/**
 * The axis to cut a region along: y, or in volumes z where less is computed twice.
 *
 * @param extents Those of the whole region.
 */
export function chooseAxis(core: Region, extents: readonly (Extent | undefined)[]): StripAxis {
  const [haloY, haloZ] = ([1, 2] as const).map((axis) => haloOf(core, extents, axis));
  return core.depth * (haloY + 1) > core.height * (haloZ + 1) ? 2 : 1;
}

/**
 * The passes that are computed for all strips before any of them, so that nothing of theirs is
 * computed twice: they look along other axes only, while what reads them looks along this one.
 *
 * @param extents Those of the whole region; what has none is not needed.
 */
export function findEarlyPasses(
  passes: readonly Pass[],
  extents: readonly (Extent | undefined)[],
  axis: StripAxis,
): Set<number> {
  const canBe = passes.map(() => false);
  const early = new Set<number>();
  passes.forEach(({ kind, inputs, reach }, i) => {
    if (!extents[i]) return;
    canBe[i] = reach[axis] === 0 && inputs.every((input) => canBe[input]) || kind === "input";
    if (reach[axis] === 0) return;
    for (const input of inputs) {
      if (canBe[input] && passes[input].kind !== "input") early.add(input);
    }
  });
  return early;
}

/** How strips are cut. */
export interface StripCut {
  readonly axis: StripAxis;
  /** Their number is a multiple of this where there are as many rows or slices. */
  readonly numThreads: number;
  /** How many planes are kept to the end of a strip. Default 1. */
  readonly numKept?: number;
}

/**
 * Divides a region into strips along an axis. What passes compute beyond their strip is computed
 * again for the next, so strips are longer the farther passes reach.
 *
 * @param extents Those of the whole region, of the passes that are computed strip by strip.
 */
export function planStrips(
  core: Region,
  passes: readonly Pass[],
  extents: readonly (Extent | undefined)[],
  { axis, numThreads, numKept = 1 }: StripCut,
): Region[] {
  const length = core[LENGTHS[axis]];
  const layer = pixelCount(core) / length;
  // Windows are begun anew in every strip, which costs as much as their reach.
  const reaches = passes.map(({ kind, reach }, i) =>
    extents[i] && !isLocal(kind) ? reach[axis] : 0
  );
  const halo = Math.max(haloOf(core, extents, axis), ...reaches);
  const pixels = Math.min(STRIP_PIXELS, KEPT_PIXELS / numKept);
  const most = Math.max(HALOS * halo, Math.ceil(pixels / layer));
  return cutRegion(core, axis, Math.ceil(length / most / numThreads) * numThreads);
}

/** Cuts a region along an axis into so many parts, or into its rows or slices if those are fewer. */
export function cutRegion(region: Region, axis: StripAxis, parts: number): Region[] {
  const start = STARTS[axis], side = LENGTHS[axis];
  const length = region[side];
  const count = Math.max(1, Math.min(length, parts));
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor(length * i / count);
    const size = Math.floor(length * (i + 1) / count) - from;
    return { ...region, [start]: region[start] + from, [side]: size };
  });
}

/** Whether a pass does nothing once for many pixels. */
function isLocal(kind: Pass["kind"]): boolean {
  return ["input", "convolve", "stencil", "combine", "raise", "row_sums"].includes(kind);
}

/** How far extents go beyond a region along an axis, on the side where that is farther. */
function haloOf(core: Region, extents: readonly (Extent | undefined)[], axis: StripAxis): number {
  const start = STARTS[axis], side = LENGTHS[axis];
  const end = core[start] + core[side];
  return Math.max(
    0,
    ...extents.map((e) => e ? core[start] - e.padded[start] : 0),
    ...extents.map((e) => e ? e.padded[start] + e.padded[side] - end : 0),
  );
}
