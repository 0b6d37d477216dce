import type { Clip, SpanVisitor } from "./spans.ts";

/**
 * Visits the pixels whose centres lie inside a closed polygon, by the even-odd rule. A centre on a
 * left or top edge is inside, one on a right or bottom edge is not, so that polygons side by side
 * share no pixel and leave none out.
 *
 * @param points x and y in turn, integers in half pixels (see `visitCapsule`).
 */
export function visitPolygon(points: ArrayLike<number>, clip: Clip, visit: SpanVisitor): void {
  const count = points.length >> 1;
  let top = Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < count; i++) {
    top = Math.min(top, points[2 * i + 1]);
    bottom = Math.max(bottom, points[2 * i + 1]);
  }
  const first = Math.max(0, Math.ceil((top - 1) / 2));
  const last = Math.min(clip.height - 1, Math.floor((bottom - 1) / 2));
  const crossings: number[] = [];
  for (let j = first; j <= last; j++) {
    const y = 2 * j + 1;
    crossings.length = 0;
    for (let i = 0, k = count - 1; i < count; k = i++) {
      const ay = points[2 * k + 1];
      const by = points[2 * i + 1];
      if ((ay <= y) === (by <= y)) continue;
      const ax = points[2 * k];
      const bx = points[2 * i];
      // The first pixel whose centre 2x + 1 is at or right of the crossing.
      const crossing = ax + (y - ay) * (bx - ax) / (by - ay);
      crossings.push(Math.ceil((Math.ceil(crossing) - 1) / 2));
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const x0 = Math.max(0, crossings[i]);
      const x1 = Math.min(clip.width, crossings[i + 1]);
      if (x0 < x1) visit(j, x0, x1);
    }
  }
}
