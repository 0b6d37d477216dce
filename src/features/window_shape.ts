import type { Vec3 } from "./plan_types.ts";

/** A row of a window along x: where it lies and how far it reaches to either side. */
export interface WindowRow {
  readonly y: number;
  readonly z: number;
  readonly halfWidth: number;
}

/** The rows of a box or an ellipsoid, y fastest, then z; those without any pixel are left out. */
export function windowRows(shape: "box" | "sphere", radius: Vec3): WindowRow[] {
  const [rx, ry, rz] = radius;
  const rows: WindowRow[] = [];
  for (let z = -rz; z <= rz; z++) {
    for (let y = -ry; y <= ry; y++) {
      let halfWidth = rx;
      if (shape === "sphere") {
        while (halfWidth >= 0 && !inEllipsoid([halfWidth, y, z], radius)) halfWidth--;
      }
      if (halfWidth >= 0) rows.push({ y, z, halfWidth });
    }
  }
  return rows;
}

/** How many pixels a window has. */
export function windowSize(rows: readonly WindowRow[]): number {
  return rows.reduce((sum, { halfWidth }) => sum + 2 * halfWidth + 1, 0);
}

/** In 32-bit arithmetic, as clEsperanto decides; a radius of 0 admits its centre only. */
function inEllipsoid(offset: Vec3, radius: Vec3): boolean {
  const [x, y, z] = offset.map((d, axis) => {
    if (radius[axis] === 0) return d === 0 ? 0 : Infinity;
    return Math.fround(d * d / (radius[axis] * radius[axis]));
  });
  return Math.fround(Math.fround(x + y) + z) <= 1;
}
