import type { Size } from "../image/image.ts";

/** A closed line of points [x, y] at corners of pixels. */
export type Ring = readonly (readonly [x: number, y: number])[];

/** Right, down, left, up. */
const DX = [1, 0, -1, 0];
const DY = [0, 1, 0, -1];

/**
 * Follows the border of a piece from the upper edge of a pixel, with the piece to the right, until
 * it is there again, and cuts it where it passes a corner twice, so that no ring touches itself.
 * Pixels that touch by a corner are not followed across it.
 *
 * @param isTraced Set for every pixel whose upper edge the border passes.
 */
export function traceRings(
  pixels: Uint32Array,
  { width, height }: Size,
  startX: number,
  startY: number,
  isTraced: Uint8Array,
): Ring[] {
  const label = pixels[startY * width + startX];
  const isInside = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < width && y < height && pixels[y * width + x] === label;
  const ring: [number, number][] = [[startX, startY]];
  let [x, y, direction] = [startX, startY, 0];
  let isSimple = true;
  do {
    const [dx, dy] = [DX[direction], DY[direction]];
    if (direction === 0) isTraced[y * width + x] = 1;
    x += dx;
    y += dy;
    // The pixels ahead, on either side of the line; a corner is the upper left of its pixel.
    const aheadX = x + (dx - 1) / 2;
    const aheadY = y + (dy - 1) / 2;
    const hasRight = isInside(aheadX - dy / 2, aheadY + dx / 2);
    const hasLeft = isInside(aheadX + dy / 2, aheadY - dx / 2);
    if (hasRight && !hasLeft) continue;
    // Right where the piece ends, left where it goes on to the left.
    ring.push([x, y]);
    direction = direction + (hasRight ? 3 : 1) & 3;
    if (hasLeft && !hasRight) isSimple = false;
  } while (x !== startX || y !== startY || direction !== 0);
  // The start is a corner unless the border came straight through it.
  const last = ring[ring.length - 1];
  if (last[0] !== startX || last[1] !== startY) ring.push([startX, startY]);
  return isSimple ? [ring] : simpleRings(ring, width + 1);
}

/** Cuts a ring where it passes a corner twice. */
function simpleRings(ring: Ring, stride: number): Ring[] {
  const rings: Ring[] = [];
  const path: (readonly [number, number])[] = [];
  const places = new Map<number, number>();
  for (const point of ring) {
    const key = point[1] * stride + point[0];
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, path.length);
      path.push(point);
      continue;
    }
    const loop = path.splice(place);
    for (const [x, y] of loop) places.delete(y * stride + x);
    rings.push([...loop, point]);
    places.set(key, path.length);
    path.push(point);
  }
  return rings;
}
