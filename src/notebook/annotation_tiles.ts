import type { ChangedRegion, ChangeSet, TileRuns } from "./annotation_changes.ts";
import { PaintedPixelList, type PaintedPixels } from "./painted_pixels.ts";

/** The side of a tile in pixels. */
export const TILE_SIDE = 256;
const SHIFT = 8;

/** The pixels of one tile in raster order; tiles at the right and bottom edge are smaller. */
interface Tile {
  pixels: Uint8Array;
  /** Whether others read these pixels too, so that they must be copied before a change. */
  shared: boolean;
  /** How many pixels are not 0. */
  labelled: number;
}

/**
 * Class numbers of an image of any size: only tiles in which something was painted exist, and
 * tiles that hold one class throughout share their pixels.
 */
export class TileGrid {
  /** The number of pixels of every class. */
  readonly counts = new Float64Array(256);
  readonly #tiles = new Map<number, Tile>();
  readonly #across: number;
  readonly #down: number;
  readonly #plain = new Map<number, Uint8Array>();

  constructor(readonly width: number, readonly height: number, readonly slices: number) {
    this.#across = Math.ceil(width / TILE_SIDE);
    this.#down = Math.ceil(height / TILE_SIDE);
    this.counts[0] = width * height * slices;
  }

  /** The number of tiles that exist. */
  get tileCount(): number {
    return this.#tiles.size;
  }

  /** The number of tiles that hold pixels of their own. */
  get allocatedTiles(): number {
    let count = 0;
    for (const tile of this.#tiles.values()) if (!tile.shared) count++;
    return count;
  }

  /** The same classes, independent from now on; costs no more than a list of the tiles. */
  fork(): TileGrid {
    const copy = new TileGrid(this.width, this.height, this.slices);
    copy.counts.set(this.counts);
    for (const [key, tile] of this.#tiles) {
      tile.shared = true;
      copy.#tiles.set(key, { ...tile });
    }
    return copy;
  }

  /** The class of one pixel. */
  at(x: number, y: number, slice: number): number {
    const tx = x >> SHIFT;
    const tile = this.#tiles.get(this.#key(tx, y >> SHIFT, slice));
    return tile === undefined
      ? 0
      : tile.pixels[(y & (TILE_SIDE - 1)) * this.#widthOf(tx) + (x & (TILE_SIDE - 1))];
  }

  /**
   * Gives pixels x0 … x1 - 1 of a row the class `value` and notes what changed.
   *
   * @param over Paints only over this class; over any when it is -1.
   */
  paintRow(
    slice: number,
    y: number,
    x0: number,
    x1: number,
    value: number,
    over: number,
    changes: ChangeSet,
  ): void {
    const ty = y >> SHIFT;
    const last = (x1 - 1) >> SHIFT;
    for (let tx = x0 >> SHIFT; tx <= last; tx++) {
      const left = tx << SHIFT;
      const width = this.#widthOf(tx);
      const row = (y & (TILE_SIDE - 1)) * width;
      const from = Math.max(x0 - left, 0);
      const to = Math.min(x1 - left, width);
      this.paintRun(this.#key(tx, ty, slice), row + from, to - from, value, over, changes);
    }
  }

  /** Gives a run of pixels of one tile the class `value` and notes what changed. */
  paintRun(
    key: number,
    start: number,
    length: number,
    value: number,
    over: number,
    changes: ChangeSet,
  ): void {
    const tile = this.#tiles.get(key);
    if (tile === undefined) {
      if (value === 0 || over > 0) return;
      changes.tile(key).add(start, length, 0, value);
      this.#write(key, start, length, 0, value);
      return;
    }
    // A run is read before it is written, so it does not matter whether writing copies the tile.
    const pixels = tile.pixels;
    const end = start + length;
    let runs: TileRuns | undefined;
    for (let i = start; i < end;) {
      const before = pixels[i];
      let j = i + 1;
      while (j < end && pixels[j] === before) j++;
      if (before !== value && (over < 0 || before === over)) {
        runs ??= changes.tile(key);
        runs.add(i, j - i, before, value);
        this.#write(key, i, j - i, before, value);
      }
      i = j;
    }
  }

  /** Gives every pixel of class `from` in a slice the class `to`; of any class when it is -1. */
  replace(slice: number, from: number, to: number, changes: ChangeSet): void {
    for (let ty = 0; ty < this.#down; ty++) {
      for (let tx = 0; tx < this.#across; tx++) {
        const key = this.#key(tx, ty, slice);
        if (from === 0 || this.#tiles.has(key)) {
          this.paintRun(key, 0, this.#widthOf(tx) * this.#heightOf(ty), to, from, changes);
        }
      }
    }
  }

  /** Exchanges two classes in a slice. */
  exchange(slice: number, a: number, b: number, changes: ChangeSet): void {
    for (let ty = 0; ty < this.#down; ty++) {
      for (let tx = 0; tx < this.#across; tx++) {
        const key = this.#key(tx, ty, slice);
        const pixels = this.#tiles.get(key)?.pixels.slice();
        if (pixels === undefined && a !== 0 && b !== 0) continue;
        const size = this.#widthOf(tx) * this.#heightOf(ty);
        if (pixels === undefined) {
          this.paintRun(key, 0, size, a + b, 0, changes);
          continue;
        }
        for (let i = 0; i < size;) {
          const value = pixels[i];
          let j = i + 1;
          while (j < size && pixels[j] === value) j++;
          if (value === a) this.paintRun(key, i, j - i, b, a, changes);
          else if (value === b) this.paintRun(key, i, j - i, a, b, changes);
          i = j;
        }
      }
    }
  }

  /** Takes a change back. */
  revert(changes: ChangeSet): void {
    for (const [key, runs] of changes.tiles) {
      for (let i = runs.count - 1; i >= 0; i--) {
        this.#write(key, runs.start(i), runs.length(i), runs.after(i), runs.before(i));
      }
    }
  }

  /** Makes a change that was taken back once more. */
  repeat(changes: ChangeSet): void {
    for (const [key, runs] of changes.tiles) {
      for (let i = 0; i < runs.count; i++) {
        this.#write(key, runs.start(i), runs.length(i), runs.before(i), runs.after(i));
      }
    }
  }

  /** The rectangles in which a change lies, one a tile. */
  regions(changes: ChangeSet): ChangedRegion[] {
    return Array.from(changes.tiles, ([key, runs]) => {
      const { tx, ty, slice } = this.#place(key);
      const width = this.#widthOf(tx);
      let [left, top, right, bottom] = [width, TILE_SIDE, 0, 0];
      for (let i = 0; i < runs.count; i++) {
        const start = runs.start(i);
        const end = start + runs.length(i) - 1;
        const y0 = Math.floor(start / width);
        const y1 = Math.floor(end / width);
        left = y0 === y1 ? Math.min(left, start - y0 * width) : 0;
        right = y0 === y1 ? Math.max(right, end - y0 * width + 1) : width;
        top = Math.min(top, y0);
        bottom = Math.max(bottom, y1 + 1);
      }
      return {
        slice,
        x: (tx << SHIFT) + left,
        y: (ty << SHIFT) + top,
        width: right - left,
        height: bottom - top,
      };
    });
  }

  /** The tile at tile column `tx` and row `ty`: its key, size and pixels, if it exists. */
  tile(tx: number, ty: number, slice: number): {
    key: number;
    width: number;
    height: number;
    pixels: Uint8Array | undefined;
    /** The one class of all its pixels where that is known, else -1. */
    plain: number;
  } | undefined {
    const outside = tx < 0 || ty < 0 || slice < 0 || tx >= this.#across || ty >= this.#down ||
      slice >= this.slices;
    if (outside) return undefined;
    const key = this.#key(tx, ty, slice);
    const pixels = this.#tiles.get(key)?.pixels;
    const width = this.#widthOf(tx);
    const height = this.#heightOf(ty);
    const plain = pixels === undefined
      ? 0
      : pixels === this.#plain.get(pixels[0] << 16 | (pixels.length - 1))
      ? pixels[0]
      : -1;
    return { key, width, height, pixels, plain };
  }

  /** Writes the classes of one slice, in raster order, into `out` from `offset` on. */
  copySlice(slice: number, out: Uint8Array, offset: number): void {
    for (let ty = 0; ty < this.#down; ty++) {
      for (let tx = 0; tx < this.#across; tx++) {
        const pixels = this.#tiles.get(this.#key(tx, ty, slice))?.pixels;
        if (pixels === undefined) continue;
        const width = this.#widthOf(tx);
        const corner = offset + (ty << SHIFT) * this.width + (tx << SHIFT);
        for (let y = 0; y < this.#heightOf(ty); y++) {
          out.set(pixels.subarray(y * width, (y + 1) * width), corner + y * this.width);
        }
      }
    }
  }

  /** The painted pixels of some slices, in raster order from the first of them on. */
  paintedPixels(first: number, end: number): PaintedPixels {
    const found = new PaintedPixelList();
    for (let slice = first; slice < end; slice++) {
      for (let ty = 0; ty < this.#down; ty++) {
        const row = Array.from(
          { length: this.#across },
          (_, tx) => this.#tiles.get(this.#key(tx, ty, slice))?.pixels,
        );
        if (row.every((pixels) => pixels === undefined)) continue;
        for (let y = 0; y < this.#heightOf(ty); y++) {
          const line = ((slice - first) * this.height + (ty << SHIFT) + y) * this.width;
          row.forEach((pixels, tx) => {
            const width = this.#widthOf(tx);
            if (pixels) found.add(pixels, y * width, (y + 1) * width, line + (tx << SHIFT));
          });
        }
      }
    }
    return found.finish();
  }

  #write(key: number, start: number, length: number, before: number, after: number): void {
    this.counts[before] -= length;
    this.counts[after] += length;
    let tile = this.#tiles.get(key);
    const size = this.#sizeOf(key);
    const labelled = (tile?.labelled ?? 0) +
      (after === 0 ? 0 : length) - (before === 0 ? 0 : length);
    if (labelled === 0) {
      this.#tiles.delete(key);
      return;
    }
    if (length === size) {
      this.#tiles.set(key, { pixels: this.#plainPixels(after, size), shared: true, labelled });
      return;
    }
    if (tile === undefined) {
      this.#tiles.set(key, tile = { pixels: new Uint8Array(size), shared: false, labelled });
    } else if (tile.shared) {
      tile.pixels = tile.pixels.slice();
      tile.shared = false;
    }
    tile.labelled = labelled;
    tile.pixels.fill(after, start, start + length);
  }

  #plainPixels(value: number, size: number): Uint8Array {
    const name = value << 16 | (size - 1);
    let pixels = this.#plain.get(name);
    if (pixels === undefined) this.#plain.set(name, pixels = new Uint8Array(size).fill(value));
    return pixels;
  }

  #key(tx: number, ty: number, slice: number): number {
    return (slice * this.#down + ty) * this.#across + tx;
  }

  #place(key: number): { tx: number; ty: number; slice: number } {
    const row = Math.floor(key / this.#across);
    const slice = Math.floor(row / this.#down);
    return { tx: key - row * this.#across, ty: row - slice * this.#down, slice };
  }

  #widthOf(tx: number): number {
    return Math.min(TILE_SIDE, this.width - (tx << SHIFT));
  }

  #heightOf(ty: number): number {
    return Math.min(TILE_SIDE, this.height - (ty << SHIFT));
  }

  #sizeOf(key: number): number {
    const { tx, ty } = this.#place(key);
    return this.#widthOf(tx) * this.#heightOf(ty);
  }
}
