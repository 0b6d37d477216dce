import type { Clip, SpanVisitor } from "./spans.ts";

/**
 * The longest side a piece of a stroke may have, in half pixels. Up to this, and with brushes of up
 * to 1000 pixels, every product below stays under 2^53 and is therefore exact.
 */
const MAX_REACH = 65_536;

/**
 * Visits the pixels whose centres lie within `size / 2` of the straight line from a to b: a disc
 * when a equals b, else a capsule, so that a fast stroke has no gaps.
 *
 * Coordinates are integers in half pixels: the centre of pixel (i, j) is (2i + 1, 2j + 1), and even
 * numbers are pixel corners. In these units the radius is `size` itself and the whole test is in
 * integers, so that page and server paint the same pixels.
 *
 * @param size The brush's diameter in pixels, 1 to 1000.
 */
export function visitCapsule(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  size: number,
  clip: Clip,
  visit: SpanVisitor,
): void {
  if (Math.max(Math.abs(bx - ax), Math.abs(by - ay)) > MAX_REACH) {
    const mx = Math.floor((ax + bx) / 2);
    const my = Math.floor((ay + by) / 2);
    visitCapsule(ax, ay, mx, my, size, clip, visit);
    visitCapsule(mx, my, bx, by, size, clip, visit);
    return;
  }
  const dx = bx - ax;
  const dy = by - ay;
  const length2 = dx * dx + dy * dy;
  // A point is within the radius of the line when |cross product| <= radius × length.
  const reach = integerRoot(size * size * length2);
  const first = Math.max(0, Math.ceil((Math.min(ay, by) - size - 1) / 2));
  const last = Math.min(clip.height - 1, Math.floor((Math.max(ay, by) + size - 1) / 2));
  for (let j = first; j <= last; j++) {
    const y = 2 * j + 1;
    let left = Infinity;
    let right = -Infinity;
    // The discs at both ends.
    for (let end = 0; end < 2; end++) {
      const cx = end === 0 ? ax : bx;
      const off = y - (end === 0 ? ay : by);
      const rest = size * size - off * off;
      if (rest < 0) continue;
      const half = integerRoot(rest);
      const from = Math.ceil((cx - half - 1) / 2);
      const to = Math.floor((cx + half - 1) / 2);
      if (from > to) continue;
      if (from < left) left = from;
      if (to > right) right = to;
    }
    // The bar between them: 0 <= projection <= length² and |cross product| <= reach.
    if (length2 > 0) {
      const oy = y - ay;
      let low = -Infinity;
      let high = Infinity;
      if (dx !== 0) {
        const p = -dy * oy / dx;
        const q = (length2 - dy * oy) / dx;
        low = Math.min(p, q);
        high = Math.max(p, q);
      } else if (dy * oy < 0 || dy * oy > length2) {
        high = -Infinity;
      }
      if (dy !== 0) {
        const p = (dx * oy - reach) / dy;
        const q = (dx * oy + reach) / dy;
        low = Math.max(low, Math.min(p, q));
        high = Math.min(high, Math.max(p, q));
      } else if (Math.abs(dx * oy) > reach) {
        high = -Infinity;
      }
      const from = Math.ceil((Math.ceil(low) + ax - 1) / 2);
      const to = Math.floor((Math.floor(high) + ax - 1) / 2);
      if (from <= to) {
        if (from < left) left = from;
        if (to > right) right = to;
      }
    }
    if (left < 0) left = 0;
    if (right > clip.width - 1) right = clip.width - 1;
    if (left <= right) visit(j, left, right + 1);
  }
}

/** The largest integer whose square is at most `value`. */
function integerRoot(value: number): number {
  let root = Math.floor(Math.sqrt(value));
  while (root * root > value) root--;
  while ((root + 1) * (root + 1) <= value) root++;
  return root;
}
