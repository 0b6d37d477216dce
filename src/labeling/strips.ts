import type { Size } from "../image/image.ts";

/** Rows of an image that follow one another in raster order and are labelled at once. */
export interface Strip extends Size {
  /** The first row, z × height + y. */
  readonly firstRow: number;
  /** The number of rows. */
  readonly rows: number;
}

/**
 * Divides an image into strips of whole planes, or of rows of one plane where a plane is too
 * large, so that all labels of a strip come before those of the next in raster order.
 *
 * @param maxRows The most rows that a strip may have; at least 1.
 */
export function planStrips({ width, height, depth }: Size, maxRows: number): Strip[] {
  const strips: Strip[] = [];
  const planes = Math.floor(maxRows / height);
  if (planes >= 1) {
    const parts = Math.ceil(depth / planes);
    const step = Math.ceil(depth / parts);
    for (let z = 0; z < depth; z += step) {
      const rest = Math.min(step, depth - z);
      strips.push({ width, height, depth: rest, firstRow: z * height, rows: rest * height });
    }
    return strips;
  }
  const step = Math.ceil(height / Math.ceil(height / maxRows));
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y += step) {
      const rows = Math.min(step, height - y);
      strips.push({ width, height: rows, depth: 1, firstRow: z * height + y, rows });
    }
  }
  return strips;
}
