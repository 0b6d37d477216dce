import type { Image } from "../image/image.ts";

/** A square window of one plane of an image. */
export interface UncertainRegion {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly width: number;
  readonly height: number;
  /** The mean uncertainty in it, from 0 to 1. */
  readonly uncertainty: number;
}

/** How {@linkcode mostUncertainRegion} searches. */
export interface UncertainRegionOptions {
  /** The side of the window in pixels; cut where the image is smaller. Default 32. */
  readonly size?: number;
  /**
   * The strokes: a window with more than a twentieth of its pixels painted counts as seen to, since
   * more paint there teaches little.
   */
  readonly annotation?: Uint8Array;
  /** Windows that were looked at: those that overlap one of them are left out. */
  readonly except?: readonly UncertainRegion[];
}

/** The share of painted pixels above which a window counts as seen to. */
const SEEN_TO = 0.05;

/**
 * Where to paint next: the window with the largest mean uncertainty that was not painted yet.
 * Windows are half a side apart. Undefined when all were painted or left out, or nothing is
 * uncertain.
 *
 * Source: uncertainty sampling, Lewis and Gale, "A Sequential Algorithm for Training Text
 * Classifiers" (1994), averaged over windows so that a place is found and not a pixel.
 */
export function mostUncertainRegion(
  uncertainty: Image<Float32Array>,
  options: UncertainRegionOptions = {},
): UncertainRegion | undefined {
  const { size = 32, annotation, except = [] } = options;
  const width = Math.min(size, uncertainty.width);
  const height = Math.min(size, uncertainty.height);
  const columns = starts(uncertainty.width, width);
  const rows = starts(uncertainty.height, height);
  let best: UncertainRegion | undefined;
  for (let z = 0; z < uncertainty.depth; z++) {
    for (const y of rows) {
      for (const x of columns) {
        const window = { x, y, z, width, height };
        if (except.some((other) => overlap(window, other))) continue;
        const { mean, painted } = measure(uncertainty, annotation, window);
        if (painted > SEEN_TO || mean <= (best?.uncertainty ?? 0)) continue;
        best = { x, y, z, width, height, uncertainty: mean };
      }
    }
  }
  return best;
}

function overlap(a: Omit<UncertainRegion, "uncertainty">, b: UncertainRegion): boolean {
  return a.z === b.z && a.x < b.x + b.width && b.x < a.x + a.width &&
    a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Where windows begin: half a window apart, the last one at the edge. */
function starts(length: number, window: number): number[] {
  const step = Math.max(1, window >> 1);
  const found: number[] = [];
  for (let start = 0; start + window < length; start += step) found.push(start);
  return [...found, length - window];
}

function measure(
  { data, width: stride, height: rows }: Image<Float32Array>,
  annotation: Uint8Array | undefined,
  { x, y, z, width, height }: Omit<UncertainRegion, "uncertainty">,
): { mean: number; painted: number } {
  let [sum, painted] = [0, 0];
  for (let row = y; row < y + height; row++) {
    const from = (z * rows + row) * stride + x;
    for (let i = from; i < from + width; i++) {
      sum += data[i];
      if (annotation && annotation[i] > 0) painted++;
    }
  }
  return { mean: sum / (width * height), painted: painted / (width * height) };
}
