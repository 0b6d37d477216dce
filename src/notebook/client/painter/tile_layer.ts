/// <reference lib="dom" />
import type { Transform } from "../viewport.ts";

/** The side of a tile on the screen's side, in its own pixels. */
const SIDE = 256;
/** The most tiles kept: 64 MiB of pixels. */
const MOST_TILES = 256;

/** Which pixels a layer should colour. */
export interface ColorRequest {
  /** Image pixels per coloured pixel along x and y: a power of two. */
  readonly step: number;
  /** The box to colour, in units of `step` image pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly slice: number;
  /** Receives `width * height` canvas pixels. */
  readonly out: Uint32Array;
}

/** A box in image pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Tile {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  /** What must be coloured again, in the tile's own pixels; nothing when right <= left. */
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/**
 * An image of any size, coloured tile by tile as it comes into view, at the resolution at which it
 * is seen; what changes is coloured again where it changed only.
 */
export class TileLayer {
  #tiles = new Map<string, Tile>();
  #scratch = new Uint32Array(SIDE * SIDE);

  constructor(
    readonly width: number,
    readonly height: number,
    readonly color: (request: ColorRequest) => void,
  ) {}

  /** Marks a box as changed; pixels up to `margin` around it are coloured again too. */
  change(slice: number, box: Box, margin = 0): void {
    for (const [key, tile] of this.#tiles) {
      const [ofSlice, step, tx, ty] = key.split(" ").map(Number);
      if (ofSlice !== slice) continue;
      const left = Math.floor((box.x - margin) / step) - tx * SIDE;
      const top = Math.floor((box.y - margin) / step) - ty * SIDE;
      const right = Math.ceil((box.x + box.width + margin) / step) - tx * SIDE;
      const bottom = Math.ceil((box.y + box.height + margin) / step) - ty * SIDE;
      if (right <= 0 || bottom <= 0 || left >= tile.canvas.width || top >= tile.canvas.height) {
        continue;
      }
      const clean = tile.right <= tile.left;
      tile.left = Math.max(0, clean ? left : Math.min(tile.left, left));
      tile.top = Math.max(0, clean ? top : Math.min(tile.top, top));
      tile.right = Math.min(tile.canvas.width, clean ? right : Math.max(tile.right, right));
      tile.bottom = Math.min(tile.canvas.height, clean ? bottom : Math.max(tile.bottom, bottom));
    }
  }

  /** Marks everything as changed. */
  changeAll(): void {
    for (const tile of this.#tiles.values()) markAll(tile);
  }

  /**
   * Draws what lies inside `clip`, a box on the surface in CSS pixels.
   *
   * @param ratio Device pixels per CSS pixel.
   * @param deadline No tile is coloured after this time (as of `performance.now()`).
   * @returns Whether everything was drawn; otherwise draw again in the next frame.
   */
  draw(
    context: CanvasRenderingContext2D,
    transform: Transform,
    clip: Box,
    slice: number,
    ratio: number,
    deadline: number,
  ): boolean {
    const { scale, left, top } = transform;
    const step = Math.min(128, 2 ** Math.max(0, Math.floor(-Math.log2(scale * ratio) + 1e-6)));
    const side = SIDE * step;
    const firstX = Math.max(0, Math.floor((clip.x - left) / scale / side));
    const firstY = Math.max(0, Math.floor((clip.y - top) / scale / side));
    const lastX = Math.min(this.width - 1, (clip.x + clip.width - left) / scale) / side;
    const lastY = Math.min(this.height - 1, (clip.y + clip.height - top) / scale) / side;
    let complete = true;
    context.imageSmoothingEnabled = scale * ratio * step < 1;
    for (let ty = firstY; ty <= lastY; ty++) {
      for (let tx = firstX; tx <= lastX; tx++) {
        const tile = this.#tile(slice, step, tx, ty);
        if (tile.right > tile.left) {
          const whole = tile.right - tile.left === tile.canvas.width;
          if (whole && performance.now() > deadline) complete = false;
          else this.#paint(tile, slice, step, tx, ty);
        }
        // Edges on whole device pixels, so that tiles meet without a seam.
        const x0 = Math.round((left + tx * side * scale) * ratio);
        const y0 = Math.round((top + ty * side * scale) * ratio);
        const x1 = Math.round((left + (tx * SIDE + tile.canvas.width) * step * scale) * ratio);
        const y1 = Math.round((top + (ty * SIDE + tile.canvas.height) * step * scale) * ratio);
        context.drawImage(tile.canvas, x0, y0, x1 - x0, y1 - y0);
      }
    }
    return complete;
  }

  #tile(slice: number, step: number, tx: number, ty: number): Tile {
    const key = `${slice} ${step} ${tx} ${ty}`;
    let tile = this.#tiles.get(key);
    if (tile !== undefined) {
      // Back to the end of the map, which is in order of use.
      this.#tiles.delete(key);
    } else {
      const canvas = document.createElement("canvas");
      canvas.width = Math.min(SIDE, Math.ceil(this.width / step) - tx * SIDE);
      canvas.height = Math.min(SIDE, Math.ceil(this.height / step) - ty * SIDE);
      const context = canvas.getContext("2d", { willReadFrequently: true })!;
      tile = { canvas, context, left: 0, top: 0, right: 0, bottom: 0 };
      markAll(tile);
      if (this.#tiles.size >= MOST_TILES) this.#tiles.delete(this.#tiles.keys().next().value!);
    }
    this.#tiles.set(key, tile);
    return tile;
  }

  #paint(tile: Tile, slice: number, step: number, tx: number, ty: number): void {
    const { left, top } = tile;
    const width = tile.right - left;
    const height = tile.bottom - top;
    const out = this.#scratch.subarray(0, width * height);
    const x = tx * SIDE + left;
    const y = ty * SIDE + top;
    this.color({ step, x, y, width, height, slice, out });
    const bytes = new Uint8ClampedArray(out.buffer as ArrayBuffer, 0, 4 * out.length);
    tile.context.putImageData(new ImageData(bytes, width, height), left, top);
    tile.right = tile.left;
  }
}

function markAll(tile: Tile): void {
  [tile.left, tile.top] = [0, 0];
  [tile.right, tile.bottom] = [tile.canvas.width, tile.canvas.height];
}
