import type { Region } from "../backend.ts";
import { pixelCount } from "../image/image.ts";
import type { Extent } from "./layout_cpu.ts";

/** Pixels of a strip, so that the planes of its passes stay in the processor's cache. */
const STRIP_PIXELS = 1 << 16;
/** How often a strip is at least as long as what is computed twice around it. */
const HALOS = 8;

/**
 * Divides a region into strips: along y, or in volumes along z where that is the cheaper cut. What
 * passes compute beyond their strip is computed again for the next, so strips are longer the
 * farther passes reach.
 *
 * @param extents Those of the whole region.
 * @param numThreads Their number is a multiple of this where there are as many rows or slices.
 */
export function planStrips(
  core: Region,
  extents: readonly (Extent | undefined)[],
  numThreads: number,
): Region[] {
  const halo = (start: "y" | "z", length: "height" | "depth") =>
    Math.max(
      0,
      ...extents.map((e) => e ? core[start] - e.padded[start] : 0),
      ...extents.map((e) => {
        if (!e) return 0;
        return e.padded[start] + e.padded[length] - core[start] - core[length];
      }),
    );
  const [haloY, haloZ] = [halo("y", "height"), halo("z", "depth")];
  const alongZ = core.depth * (haloY + 1) > core.height * (haloZ + 1);
  const length = alongZ ? core.depth : core.height;
  const layer = pixelCount(core) / length;
  const most = Math.max(HALOS * (alongZ ? haloZ : haloY), Math.ceil(STRIP_PIXELS / layer));
  const count = Math.min(length, Math.ceil(length / most / numThreads) * numThreads);
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor(length * i / count);
    const size = Math.floor(length * (i + 1) / count) - start;
    return alongZ
      ? { ...core, z: core.z + start, depth: size }
      : { ...core, y: core.y + start, height: size };
  });
}
