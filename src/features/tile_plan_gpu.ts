import { MemorySpace } from "../gpu/memory_space.ts";
import type { KernelPass, Pass } from "./passes_gpu.ts";

/** How many pixels a workgroup covers. */
export interface TileShape {
  readonly width: number;
  readonly height: number;
}

/** Pixels along x and y. */
export type Reach = readonly [x: number, y: number];

/** A plane in the memory of a workgroup, in values. */
export interface TilePlane {
  readonly start: number;
  /** From row to row. */
  readonly stride: number;
  /** How far it reaches beyond the tile. */
  readonly halo: Reach;
}

/** What is done with a pass in a tile. */
export interface TileStep {
  readonly pass: number;
  /** Loaded from a plane of the image; otherwise computed. */
  readonly isLoaded: boolean;
  /** How far beyond the tile later steps read it. */
  readonly halo: Reach;
  /** Where it goes for later steps; missing where none reads it. */
  readonly plane?: TilePlane;
  /** Where it goes as a feature, unless that is its plane. */
  readonly feature?: number;
  /** Further features that are the same. */
  readonly copies: readonly number[];
}

/** Which passes the kernel of tiles does, and which come before it. */
export interface TilePlan {
  readonly shape: TileShape;
  /** Values of the workgroup's memory that the kernel has, of which it may use less. */
  readonly memory: number;
  readonly steps: readonly TileStep[];
  /** Whether a pass is computed by a kernel of its own, into the memory of the device. */
  readonly isSeparate: readonly boolean[];
}

/** Values of workgroup memory that every device offers, in its 16 KiB. */
export const LEAST_MEMORY = 4096;

/** Largest first: they compute less halo. */
const SHAPES: readonly TileShape[] = [
  { width: 16, height: 16 },
  { width: 16, height: 8 },
  { width: 8, height: 8 },
];

/**
 * What writing a plane to the memory of the device and reading it back costs, in additions and
 * multiplications of one pixel in the time that it takes on graphics hardware, roughly.
 */
const PLANE_COST = 64;

/** What loading a value into the memory of a workgroup costs, likewise. */
const LOAD_COST = 8;

/** More values of memory for every thread leave room for too few threads to hide waiting. */
const MEMORY_PER_THREAD = 32;

/**
 * Plans how tiles of the image are filtered in the memory of a workgroup: whatever fits, unless its
 * halo, which every tile computes anew, costs more than a pass of its own.
 *
 * @param passes Of planes, not volumes.
 * @param features The pass of every feature.
 * @param memories Values of workgroup memory that a kernel may be given, in ascending order.
 * @returns `undefined` where a pass after the other costs less, or not even the features fit.
 */
export function planTileFilters(
  passes: readonly Pass[],
  features: readonly number[],
  memories: readonly number[],
): TilePlan | undefined {
  let best: TilePlan | undefined;
  const isInput = (pass: number) => passes[pass].kind === "input";
  let least = passes.reduce((sum, pass) => sum + separateCost(pass), 0) +
    features.filter(isInput).length * PLANE_COST;
  for (const shape of SHAPES) {
    for (const memory of memories) {
      const plan = planShape(passes, features, shape, memory);
      const cost = plan ? planCost(passes, plan) : Infinity;
      if (cost > least || (best && cost === least)) continue;
      least = cost;
      best = plan;
    }
  }
  return best;
}

/** What a pass costs for each pixel of its result. */
function passCost(pass: Pass): number {
  return pass.kind === "input" ? 0 : 1 + 2 * Math.max(...pass.reach);
}

function separateCost(pass: Pass): number {
  return pass.kind === "input" ? 0 : passCost(pass) + PLANE_COST;
}

/** How many values are computed for one of the tile. */
function haloFactor({ width, height }: TileShape, [x, y]: Reach): number {
  return (width + 2 * x) * (height + 2 * y) / (width * height);
}

function planCost(passes: readonly Pass[], { shape, memory, steps, isSeparate }: TilePlan): number {
  const separate = passes.reduce(
    (sum, pass, i) => sum + (isSeparate[i] ? separateCost(pass) : 0),
    0,
  );
  const inTile = steps.reduce((sum, { pass, isLoaded, halo }) => {
    const each = isLoaded ? LOAD_COST : passCost(passes[pass]);
    return sum + haloFactor(shape, halo) * each;
  }, 0);
  const threads = shape.width * shape.height;
  return separate + inTile * Math.max(1, memory / MEMORY_PER_THREAD / threads);
}

function planShape(
  passes: readonly Pass[],
  features: readonly number[],
  shape: TileShape,
  memory: number,
): TilePlan | undefined {
  if (features.length * shape.width * shape.height > memory) return undefined;
  const refused = new Set<number>();
  while (true) {
    const division = dividePasses(passes, features, shape, refused);
    const steps = placeSteps(passes, features, shape, division, memory);
    if (steps) return { shape, memory, steps, isSeparate: division.isSeparate };
    const next = widestReader(passes, division);
    if (next === undefined) return undefined;
    refused.add(next);
  }
}

interface Division {
  readonly isSeparate: boolean[];
  /** Whether a pass is computed, or its plane loaded, in the tile. */
  readonly isInTile: boolean[];
  readonly halos: Reach[];
}

/** From the last pass to the first, because what reads a pass decides how much of it is needed. */
function dividePasses(
  passes: readonly Pass[],
  features: readonly number[],
  shape: TileShape,
  refused: ReadonlySet<number>,
): Division {
  const isSeparate = passes.map(() => false);
  const isInTile = passes.map((_, pass) => features.includes(pass));
  const halos = passes.map((): Reach => [0, 0]);
  for (let i = passes.length - 1; i >= 0; i--) {
    const pass = passes[i];
    if (pass.kind === "input") continue;
    if (!isSeparate[i] && !isInTile[i]) continue;
    const [x, y] = halos[i];
    const again = (haloFactor(shape, halos[i]) - 1) * passCost(pass);
    isSeparate[i] ||= !pass.inTile || refused.has(i) || again > PLANE_COST;
    for (const input of pass.inputs) {
      if (isSeparate[i]) {
        if (passes[input].kind === "kernel") isSeparate[input] = true;
        continue;
      }
      isInTile[input] = true;
      const [inputX, inputY] = halos[input];
      halos[input] = [
        Math.max(inputX, x + pass.reach[0]),
        Math.max(inputY, y + pass.reach[1]),
      ];
    }
  }
  return { isSeparate, isInTile, halos };
}

/** The pass of the tile that reads farthest. */
function widestReader(
  passes: readonly Pass[],
  { isSeparate, isInTile }: Division,
): number | undefined {
  let widest: number | undefined;
  let most = -1;
  passes.forEach((pass, i) => {
    if (pass.kind === "input" || isSeparate[i] || !isInTile[i]) return;
    const reach = pass.reach[0] + pass.reach[1];
    if (reach <= most) return;
    most = reach;
    widest = i;
  });
  return widest;
}

/** Gives every plane a place for as long as it is read; `undefined` where memory is too small. */
function placeSteps(
  passes: readonly Pass[],
  features: readonly number[],
  { width, height }: TileShape,
  { isSeparate, isInTile, halos }: Division,
  memory: number,
): TileStep[] | undefined {
  const area = width * height;
  const reads = (reader: number): readonly number[] =>
    isInTile[reader] && !isSeparate[reader] ? passes[reader].inputs : [];
  const isLoaded = (pass: number) => passes[pass].kind === "input" || isSeparate[pass];
  const order = scheduleSteps(passes, isInTile, reads, isLoaded);
  const lastRead = new Map<number, number>();
  order.forEach((pass, at) => reads(pass).forEach((input) => lastRead.set(input, at)));
  const space = new MemorySpace(features.length * area, memory);
  const steps: TileStep[] = [];
  const planes: (TilePlane | undefined)[] = [];
  for (const [at, pass] of order.entries()) {
    const halo = halos[pass];
    const places = features.flatMap((other, place) => other === pass ? [place * area] : []);
    let plane: TilePlane | undefined;
    let feature: number | undefined = places[0];
    if (lastRead.has(pass)) {
      if (halo[0] + halo[1] === 0 && places.length > 0) {
        plane = { start: places[0], stride: width, halo };
        feature = undefined;
      } else {
        // Rows of odd length: the values of a column lie in different banks.
        const stride = (width + 2 * halo[0]) | 1;
        const start = space.take(stride * (height + 2 * halo[1]));
        if (start === undefined) return undefined;
        plane = { start, stride, halo };
      }
    }
    planes[pass] = plane;
    const copies = places.slice(1);
    steps.push({ pass, isLoaded: isLoaded(pass), halo, plane, feature, copies });
    for (const input of new Set(reads(pass))) {
      if (lastRead.get(input) === at) space.free(planes[input]!.start);
    }
  }
  return steps;
}

/** The passes of the tile in their order, planes that are loaded just before they are read. */
function scheduleSteps(
  passes: readonly Pass[],
  isInTile: readonly boolean[],
  reads: (pass: number) => readonly number[],
  isLoaded: (pass: number) => boolean,
): number[] {
  const order: number[] = [];
  const done = new Set<number>();
  const add = (pass: number) => {
    if (done.has(pass)) return;
    done.add(pass);
    order.push(pass);
  };
  passes.forEach((_, pass) => {
    if (!isInTile[pass] || isLoaded(pass)) return;
    for (const input of reads(pass)) if (isLoaded(input)) add(input);
    add(pass);
  });
  passes.forEach((_, pass) => isInTile[pass] && add(pass));
  return order;
}

/** How many planes the kernel of tiles loads that other kernels compute. */
export function countLoadedPlanes({ steps, isSeparate }: TilePlan): number {
  return steps.filter(({ pass }) => isSeparate[pass]).length;
}

/** Rounds of the loops that an invocation of the kernel of tiles needs for a plan. */
export function countRounds(passes: readonly Pass[], { shape, steps }: TilePlan): number {
  const area = shape.width * shape.height;
  return steps.reduce((sum, { pass, isLoaded, halo, copies }) => {
    const items = (shape.width + 2 * halo[0]) * (shape.height + 2 * halo[1]);
    const { reach } = passes[pass] as KernelPass;
    const each = isLoaded ? 1 : 2 + 2 * (reach[0] + reach[1]) + 8;
    return sum + 1 + Math.ceil(items / area) * each + 2 * copies.length;
  }, 0);
}
