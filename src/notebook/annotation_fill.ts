import type { ChangeSet } from "./annotation_changes.ts";
import { TILE_SIDE, type TileGrid } from "./annotation_tiles.ts";

/** Where a fill starts and which slices it may reach. */
export interface FillRequest {
  readonly x: number;
  readonly y: number;
  readonly slice: number;
  /** The class to paint. */
  readonly value: number;
  /** The slices that are one volume with this one, from `first` up to and without `end`. */
  readonly first: number;
  readonly end: number;
}

/** A tile that the fill has reached but not gone through. */
interface Reached {
  readonly tx: number;
  readonly ty: number;
  readonly slice: number;
  /** Pixels through which the fill enters. */
  readonly seeds: number[];
  /** Whether it enters through every pixel. */
  everywhere: boolean;
}

/**
 * Fills the pixels that have the class of the start and are connected to it through edges (faces,
 * in a volume). Works tile by tile; a tile of one class is filled at once, so that filling a large
 * empty image costs little.
 */
export function fillConnected(grid: TileGrid, request: FillRequest, changes: ChangeSet): void {
  const { value, first, end } = request;
  const from = grid.at(request.x, request.y, request.slice);
  if (from === value) return;
  const queue: Queue = new Map();
  const tx = Math.floor(request.x / TILE_SIDE);
  const ty = Math.floor(request.y / TILE_SIDE);
  const start = new Entrance(grid, queue, from, tx, ty, request.slice);
  start.enter(request.y % TILE_SIDE * start.width + request.x % TILE_SIDE);
  const scratch = new Uint8Array(TILE_SIDE * TILE_SIDE);
  for (const [key, reached] of queue) {
    queue.delete(key);
    fillTile(grid, reached, from, value, scratch, changes, (tx, ty, slice) => {
      const outside = slice < first || slice >= end;
      return new Entrance(grid, queue, from, outside ? -1 : tx, ty, slice);
    });
  }
}

type Queue = Map<number, Reached>;

/** The way into a tile, which may not exist or have nothing to fill. */
class Entrance {
  readonly width: number;
  readonly #tile: ReturnType<TileGrid["tile"]>;

  constructor(
    grid: TileGrid,
    readonly queue: Queue,
    readonly from: number,
    readonly tx: number,
    readonly ty: number,
    readonly slice: number,
  ) {
    const tile = grid.tile(tx, ty, slice);
    this.#tile = tile && (tile.plain < 0 || tile.plain === from) ? tile : undefined;
    this.width = tile?.width ?? 0;
  }

  /** Enters through one pixel, if it is to be filled. */
  enter(pixel: number): void {
    const tile = this.#tile;
    if (tile && (tile.plain >= 0 || tile.pixels![pixel] === this.from)) {
      this.#reach(tile.key).seeds.push(pixel);
    }
  }

  /** Enters through every pixel. */
  enterEverywhere(): void {
    if (this.#tile) this.#reach(this.#tile.key).everywhere = true;
  }

  #reach(key: number): Reached {
    const { tx, ty, slice } = this;
    let reached = this.queue.get(key);
    if (reached === undefined) {
      this.queue.set(key, reached = { tx, ty, slice, seeds: [], everywhere: false });
    }
    return reached;
  }
}

/** What the scratch pixels of a tile say. */
const OPEN = 1;
const FILLED = 2;

function fillTile(
  grid: TileGrid,
  { tx, ty, slice, seeds, everywhere }: Reached,
  from: number,
  value: number,
  scratch: Uint8Array,
  changes: ChangeSet,
  entrance: (tx: number, ty: number, slice: number) => Entrance,
): void {
  const { key, width, height, pixels, plain } = grid.tile(tx, ty, slice)!;
  const size = width * height;
  if (plain === from) {
    scratch.fill(FILLED, 0, size);
  } else {
    for (let i = 0; i < size; i++) {
      scratch[i] = pixels![i] !== from ? 0 : everywhere ? FILLED : OPEN;
    }
    floodTile(scratch, width, size, seeds);
  }

  let filled = 0;
  for (let i = 0; i < size;) {
    if (scratch[i] !== FILLED) {
      i++;
      continue;
    }
    let j = i + 1;
    while (j < size && scratch[j] === FILLED) j++;
    grid.paintRun(key, i, j - i, value, from, changes);
    filled += j - i;
    i = j;
  }
  if (filled === 0) return;

  const left = entrance(tx - 1, ty, slice);
  const right = entrance(tx + 1, ty, slice);
  for (let y = 0; y < height; y++) {
    if (scratch[y * width] === FILLED) left.enter(y * left.width + left.width - 1);
    if (scratch[(y + 1) * width - 1] === FILLED) right.enter(y * right.width);
  }
  const above = entrance(tx, ty - 1, slice);
  const below = entrance(tx, ty + 1, slice);
  for (let x = 0; x < width; x++) {
    if (scratch[x] === FILLED) above.enter((TILE_SIDE - 1) * width + x);
    if (scratch[size - width + x] === FILLED) below.enter(x);
  }
  for (const next of [entrance(tx, ty, slice - 1), entrance(tx, ty, slice + 1)]) {
    if (filled === size) next.enterEverywhere();
    else for (let i = 0; i < size; i++) if (scratch[i] === FILLED) next.enter(i);
  }
}

/** Marks what is connected to the seeds as filled, a row at a time. */
function floodTile(scratch: Uint8Array, width: number, size: number, seeds: number[]): void {
  const stack = seeds;
  for (let seed = stack.pop(); seed !== undefined; seed = stack.pop()) {
    if (scratch[seed] !== OPEN) continue;
    const row = seed - seed % width;
    let a = seed;
    let b = seed + 1;
    while (a > row && scratch[a - 1] === OPEN) a--;
    while (b < row + width && scratch[b] === OPEN) b++;
    scratch.fill(FILLED, a, b);
    for (const shift of [-width, width]) {
      if (a + shift < 0 || a + shift >= size) continue;
      for (let i = a + shift; i < b + shift; i++) {
        if (scratch[i] === OPEN && (i === a + shift || scratch[i - 1] !== OPEN)) stack.push(i);
      }
    }
  }
}
