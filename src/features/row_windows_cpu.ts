import type { Region } from "../backend.ts";
import type { Vec3 } from "./plan_types.ts";
import type { WindowRow } from "./window_shape.ts";

/** The rows of a window by their half-width: a row of the image is summed up once for each. */
export function groupByWidth(rows: readonly WindowRow[]): Map<number, WindowRow[]> {
  const groups = new Map<number, WindowRow[]>();
  for (const row of rows) {
    const group = groups.get(row.halfWidth);
    if (group) group.push(row);
    else groups.set(row.halfWidth, [row]);
  }
  return groups;
}

/** How many rows a region has with its margin. */
export function paddedRows({ height, depth }: Region, [, ry, rz]: Vec3): number {
  return (height + 2 * ry) * (depth + 2 * rz);
}

/**
 * For every row of a region, visits the rows of its windows: `from` is the start of one in an array
 * of the padded rows without their side margins, `to` that of the row in the region, `i` counts the
 * window's rows.
 */
export function visitRows(
  { width, height, depth }: Region,
  rows: readonly WindowRow[],
  [, ry, rz]: Vec3,
  visit: (from: number, to: number, i: number) => void,
): void {
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      const to = (z * height + y) * width;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i];
        visit(((z + rz + row.z) * (height + 2 * ry) + y + ry + row.y) * width, to, i);
      }
    }
  }
}
