import { normalizeUnit } from "../voxel_size.ts";
import { type Axis, roleOf } from "./axes.ts";
import type { Description } from "./description.ts";
import type { Page } from "./page.ts";

/**
 * Reads the description that Python's tifffile writes: JSON with the `shape` of the array, from
 * the slowest axis to the fastest, and perhaps the letters of its `axes`. Without letters, one
 * axis beside y and x is depth, two are channels and depth, three have time before them.
 *
 * Returns undefined for any other description.
 */
export function readShaped(description: string, page: Page): Description | undefined {
  if (!description.startsWith("{")) return undefined;
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(description);
  } catch {
    return undefined;
  }
  const { shape, axes: letters, unit, spacing } = json;
  if (!Array.isArray(shape) || !shape.every((n) => Number.isInteger(n) && n > 0)) return undefined;
  const named = typeof letters === "string" && letters.length === shape.length;
  const leading = leadingAxes(shape, page);
  if (!leading) return undefined;
  const axes = leading.map((index, i): Axis => {
    const role = named ? roleOf(letters[index]) : DEFAULT_ROLES[leading.length - 1 - i] ?? "frame";
    return { role, size: shape[index] };
  });
  // Older versions of tifffile store an axis of length 3 or 4 beside y as planar samples.
  const sampleLetter = named && page.samples > 1 ? letters[samplesIndex(shape, page)] : "S";
  return {
    axes,
    sampleRole: roleOf(sampleLetter),
    contiguous: true,
    first: true,
    ...(typeof unit === "string" && { unit: normalizeUnit(unit) }),
    ...(typeof spacing === "number" && { z: spacing }),
  };
}

/** The roles of unnamed axes, from the one beside y back. */
const DEFAULT_ROLES = ["depth", "channel", "frame"] as const;

function samplesIndex(shape: readonly number[], { planar }: Page): number {
  return planar ? shape.length - 3 : shape.length - 1;
}

/** The positions of the axes that are neither y, x nor the samples of a pixel. */
function leadingAxes(shape: readonly number[], page: Page): number[] | undefined {
  const { width, height, samples, planar } = page;
  const tail = samples === 1
    ? [height, width]
    : planar
    ? [samples, height, width]
    : [height, width, samples];
  const start = shape.length - tail.length;
  if (start >= 0 && tail.every((size, i) => shape[start + i] === size)) {
    return Array.from({ length: start }, (_, i) => i);
  }
  // Writers may leave out, or add, axes of length 1.
  const long = shape.map((size, index) => ({ size, index })).filter(({ size }) => size > 1);
  const longTail = tail.filter((size) => size > 1);
  const longStart = long.length - longTail.length;
  if (longStart < 0 || longTail.some((size, i) => long[longStart + i].size !== size)) {
    return undefined;
  }
  return long.slice(0, longStart).map(({ index }) => index);
}
