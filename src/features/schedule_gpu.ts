import type { Region } from "../backend.ts";
import type { Size } from "../image/image.ts";
import type { Pass } from "./passes_gpu.ts";
import { dilateRegion, intersectRegions, uniteRegions } from "./regions.ts";

/** Which buffer holds the plane of every pass. */
export interface Schedule {
  /** The slot of a pass; -1 where its plane is written straight into the result. */
  readonly slots: Int32Array;
  /** How many there are; each holds a plane of the tile's size. */
  readonly numSlots: number;
}

/**
 * Assigns planes to slots, a slot being free again after the last pass that reads its plane.
 *
 * Planes of the tile that need a slot have their own from the start, because uploads come before
 * every dispatch; later passes use these slots as any others.
 *
 * @param direct Whether a pass needs no slot.
 */
export function assignSlots(
  passes: readonly Pass[],
  direct: (pass: number) => boolean,
): Schedule {
  const lastUse = Int32Array.from(passes, (_, pass) => pass);
  passes.forEach(({ inputs }, pass) => inputs.forEach((input) => lastUse[input] = pass));
  const ending = passes.map((): number[] => []);
  lastUse.forEach((last, pass) => ending[last].push(pass));
  const slots = new Int32Array(passes.length).fill(-1);
  const free: number[] = [];
  let numSlots = 0;
  passes.forEach(({ kind }, pass) => {
    if (kind === "input" && !direct(pass)) slots[pass] = numSlots++;
  });
  passes.forEach(({ kind }, pass) => {
    if (kind === "kernel" && !direct(pass)) slots[pass] = free.pop() ?? numSlots++;
    for (const ended of ending[pass]) if (slots[ended] >= 0) free.push(slots[ended]);
  });
  return { slots, numSlots };
}

/**
 * The part of the tile on which every pass must be computed so that the `wanted` passes are right
 * on their regions; all others are read by some pass. A plane that is cut off inside the tile is
 * never read beyond the cut, so clamping to the plane is the same as clamping to the tile.
 */
export function planRegions(
  passes: readonly Pass[],
  wanted: ReadonlyMap<number, Region>,
  tile: Size,
): Region[] {
  const { width, height, depth } = tile;
  const whole = { x: 0, y: 0, z: 0, width, height, depth };
  const regions = passes.map((_, pass) => wanted.get(pass));
  for (let pass = passes.length - 1; pass >= 0; pass--) {
    const step = passes[pass];
    if (step.kind === "input") {
      regions[pass] = whole;
      continue;
    }
    const read = intersectRegions(dilateRegion(regions[pass]!, step.reach), whole);
    for (const input of step.inputs) regions[input] = uniteRegions(regions[input] ?? read, read);
  }
  return regions as Region[];
}
