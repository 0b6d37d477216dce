/// <reference lib="dom" />
import { Annotation } from "../../annotation.ts";

/** The side of what is painted for practice: some tiles. */
const SIDE = 700;
/** Strokes, a few milliseconds each, after which browsers have compiled what a stroke runs. */
const STROKES = 8;

let isWarm = false;

/**
 * Paints where nobody sees it while the page has nothing else to do, once a page: the first touch of
 * a large brush would otherwise take three times as long as all others.
 */
export function warmUpStrokes(): void {
  if (isWarm || !globalThis.requestIdleCallback) return;
  isWarm = true;
  const practice = new Annotation({ width: SIDE, height: SIDE, depth: 1 });
  practice.listen(() => {});
  let strokes = 0;
  const paint = () => {
    const x = SIDE - 60 * strokes;
    const value = 1 + strokes % 2;
    practice.apply({ kind: "stroke", points: [x, SIDE, x + 20, SIDE + 10], size: 300, value });
    if (++strokes < STROKES) requestIdleCallback(paint);
  };
  requestIdleCallback(paint);
}
