import { filterLines, type LineKernel } from "./lines_cpu.ts";
import { cropPlane, type Plane, type PlanePool } from "./plane_cpu.ts";
import type { Vec3 } from "./plan_types.ts";
import { dilateRegion, intersectRegions } from "./regions.ts";

/** Filters along x, then y, then z, as far as the kernel reaches there. */
export function filterAxes(
  source: Plane,
  reach: Vec3,
  kernelOf: (reach: number, axis: 0 | 1 | 2) => LineKernel,
  pool: PlanePool,
  out: Plane,
): void {
  const axes = ([0, 1, 2] as const).filter((axis) => reach[axis] > 0);
  if (axes.length === 0) return cropPlane(source, out.region, out.data);
  let from = source;
  axes.forEach((axis, i) => {
    const isLast = i === axes.length - 1;
    const to = isLast ? out : pool.take(readLater(from, out, reach, axis));
    filterLines(from, axis, reach[axis], kernelOf(reach[axis], axis), to);
    if (from !== source) pool.give(from);
    from = to;
  });
}

/** What the axes after this one will read. */
function readLater({ region: from }: Plane, { region }: Plane, reach: Vec3, axis: 0 | 1 | 2) {
  const [, y, z] = reach;
  const read = dilateRegion(region, [0, axis < 1 ? y : 0, z]);
  return intersectRegions(read, from);
}
