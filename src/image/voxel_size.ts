import type { VoxelSize } from "./image.ts";

/** Units of length that files name, in picometres: whole numbers convert without rounding. */
const PICOMETRES: Readonly<Record<string, number>> = {
  pm: 1,
  Å: 1e2,
  nm: 1e3,
  micron: 1e6,
  mm: 1e9,
  cm: 1e10,
  inch: 2.54e10,
  m: 1e12,
  km: 1e15,
};

const MICRON = /^([uµμ]m|micron|microns|micromet(er|re)s?)$/i;

/** One name for units that go by several: `"µm"` and `"um"` are `"micron"`. */
export function normalizeUnit(unit: string | undefined): string | undefined {
  const name = unit?.trim();
  if (!name) return undefined;
  if (MICRON.test(name)) return "micron";
  if (/^(in|inch|inches|")$/i.test(name)) return "inch";
  if (/^(pixels?|px)$/i.test(name)) return "pixel";
  return name;
}

/** A length in another unit, or undefined when the two cannot be compared. */
export function convertLength(value: number, from: string, to: string): number | undefined {
  if (from === to) return value;
  const converted = value * PICOMETRES[from] / PICOMETRES[to];
  return Number.isNaN(converted) ? undefined : converted;
}

/** The voxel size, if all that is known of it makes sense; z defaults to 1. */
export function voxelSizeOf(
  x: number | undefined,
  y: number | undefined,
  z: number | undefined,
  unit: string | undefined,
): VoxelSize | undefined {
  const fine = (value: number | undefined): value is number =>
    value !== undefined && Number.isFinite(value) && value > 0;
  if (!fine(x) && !fine(y) && !fine(z)) return undefined;
  const size = {
    x: fine(x) ? x : fine(y) ? y : 1,
    y: fine(y) ? y : fine(x) ? x : 1,
    z: fine(z) ? z : 1,
    unit: normalizeUnit(unit) ?? "pixel",
  };
  // One pixel per pixel says nothing.
  const trivial = size.x === 1 && size.y === 1 && size.z === 1 && size.unit === "pixel";
  return trivial ? undefined : size;
}
