import type { Region } from "../backend.ts";
import type { Size } from "../image/image.ts";
import type { Pass, Program } from "./passes_gpu.ts";
import type { Vec3 } from "./plan_types.ts";

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
 * Planes of the tile occupy slots of their own from the start, because uploads come before every
 * dispatch; later passes use these slots as any others.
 *
 * @param direct Whether a pass needs no slot.
 */
export function assignSlots(
  { passes }: Program,
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
    if (kind === "input") slots[pass] = numSlots++;
  });
  passes.forEach(({ kind }, pass) => {
    if (kind === "kernel" && !direct(pass)) slots[pass] = free.pop() ?? numSlots++;
    for (const ended of ending[pass]) if (slots[ended] >= 0) free.push(slots[ended]);
  });
  return { slots, numSlots };
}

/**
 * The part of the tile on which every pass must be computed so that the `wanted` passes are right
 * on `core`. A plane that is cut off inside the tile is never read beyond the cut, so clamping to
 * the plane is the same as clamping to the tile.
 */
export function planRegions(
  passes: readonly Pass[],
  wanted: ReadonlySet<number>,
  core: Region,
  tile: Size,
): Region[] {
  const { width, height, depth } = tile;
  const whole = { x: 0, y: 0, z: 0, width, height, depth };
  const regions: (Region | undefined)[] = passes.map((_, pass) =>
    wanted.has(pass) ? core : undefined
  );
  for (let pass = passes.length - 1; pass >= 0; pass--) {
    const step = passes[pass];
    if (step.kind === "input") {
      regions[pass] = whole;
      continue;
    }
    const read = dilate(regions[pass] ?? core, step.reach, tile);
    for (const input of step.inputs) regions[input] = unite(regions[input] ?? read, read);
  }
  return regions as Region[];
}

function dilate(region: Region, reach: Vec3, tile: Size): Region {
  const [x, width] = dilateSpan(region.x, region.width, reach[0], tile.width);
  const [y, height] = dilateSpan(region.y, region.height, reach[1], tile.height);
  const [z, depth] = dilateSpan(region.z, region.depth, reach[2], tile.depth);
  return { x, y, z, width, height, depth };
}

function dilateSpan(from: number, length: number, by: number, limit: number): [number, number] {
  const start = Math.max(0, from - by);
  return [start, Math.min(limit, from + length + by) - start];
}

function unite(a: Region, b: Region): Region {
  const [x, width] = uniteSpans(a.x, a.width, b.x, b.width);
  const [y, height] = uniteSpans(a.y, a.height, b.y, b.height);
  const [z, depth] = uniteSpans(a.z, a.depth, b.z, b.depth);
  return { x, y, z, width, height, depth };
}

function uniteSpans(a: number, lengthA: number, b: number, lengthB: number): [number, number] {
  const start = Math.min(a, b);
  return [start, Math.max(a + lengthA, b + lengthB) - start];
}
