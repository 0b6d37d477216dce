/// <reference lib="dom" />
import type { Annotation } from "../../annotation.ts";
import { type ColorRequest, TileLayer } from "./tile_layer.ts";

/** The side of the annotation's own tiles; a power of two, as every `step` is. */
const SIDE = 256;

/** The annotation, coloured by class; filled, or as outlines of the painted areas. */
export class ClassLayer {
  readonly tiles: TileLayer;
  #colors: Uint32Array = new Uint32Array(256);
  #contour = 0;

  constructor(readonly annotation: Annotation, signal: AbortSignal) {
    const { width, height } = annotation.size;
    this.tiles = new TileLayer(width, height, (request) => this.#color(request));
    annotation.listen(({ regions }) => {
      for (const region of regions) this.tiles.change(region.slice, region, this.#contour);
    }, signal);
  }

  /**
   * Shows the classes in another way.
   *
   * @param colors A canvas pixel for every class; 0 hides it.
   * @param contour The width of the outlines in pixels; 0 fills.
   */
  setLook(colors: Uint32Array, contour: number): void {
    if (contour === this.#contour && colors.every((color, i) => color === this.#colors[i])) return;
    this.#colors = colors;
    this.#contour = contour;
    this.tiles.changeAll();
  }

  #color(request: ColorRequest): void {
    const { step, x, y, width, height, slice, out } = request;
    out.fill(0);
    const x0 = x * step;
    const y0 = y * step;
    const x1 = Math.min(this.annotation.size.width, (x + width) * step);
    const y1 = Math.min(this.annotation.size.height, (y + height) * step);
    for (let ty = Math.floor(y0 / SIDE); ty * SIDE < y1; ty++) {
      for (let tx = Math.floor(x0 / SIDE); tx * SIDE < x1; tx++) {
        const tile = this.annotation.tiles.tile(tx, ty, slice);
        if (tile?.pixels === undefined) continue;
        const box = {
          left: Math.max(x0, tx * SIDE),
          top: Math.max(y0, ty * SIDE),
          right: Math.min(x1, tx * SIDE + tile.width),
          bottom: Math.min(y1, ty * SIDE + tile.height),
        };
        this.#colorTile(request, tile.pixels, tile.width, tx * SIDE, ty * SIDE, box);
      }
    }
  }

  #colorTile(
    { step, x, y, width, slice, out }: ColorRequest,
    pixels: Uint8Array,
    stride: number,
    left: number,
    top: number,
    box: { left: number; top: number; right: number; bottom: number },
  ): void {
    const colors = this.#colors;
    const contour = this.#contour === 0 ? 0 : Math.max(this.#contour, step);
    // Seen from afar, a block has the first class found in it, so that thin strokes stay visible.
    const skip = Math.max(1, step >> 2);
    for (let py = box.top; py < box.bottom; py += step) {
      const row = (py / step - y) * width - x;
      const endY = Math.min(py + step, box.bottom);
      for (let px = box.left; px < box.right; px += step) {
        let value = 0;
        const endX = Math.min(px + step, box.right);
        for (let sy = py; sy < endY && value === 0; sy += skip) {
          const line = (sy - top) * stride - left;
          for (let sx = px; sx < endX && value === 0; sx += skip) value = pixels[line + sx];
        }
        if (value === 0) continue;
        if (contour > 0 && !this.#isEdge(px, py, slice, value, contour)) continue;
        out[row + px / step] = colors[value];
      }
    }
  }

  #isEdge(x: number, y: number, slice: number, value: number, contour: number): boolean {
    const { tiles, size } = this.annotation;
    const differs = (x: number, y: number) =>
      x < 0 || y < 0 || x >= size.width || y >= size.height || tiles.at(x, y, slice) !== value;
    for (let d = 1; d <= contour; d++) {
      if (differs(x - d, y) || differs(x + d, y) || differs(x, y - d) || differs(x, y + d)) {
        return true;
      }
    }
    return false;
  }
}
