/// <reference lib="dom" />
import type { LabelImage } from "../../labeling/labels.ts";
import { type Box, type ColorRequest, TileLayer } from "./painter/tile_layer.ts";

/** A label image, every object in its colour; filled, or as outlines. */
export class LabelLayer {
  readonly tiles: TileLayer;
  #labels: LabelImage | undefined;
  #colors = new Uint32Array(1);
  #contour = 0;

  constructor(width: number, height: number) {
    this.tiles = new TileLayer(width, height, (request) => this.#color(request));
  }

  /**
   * Shows other labels, or the same ones in another way.
   *
   * @param colors A canvas pixel for every label; 0 hides it.
   * @param contour The width of outlines in pixels; 0 fills.
   */
  show(labels: LabelImage | undefined, colors: Uint32Array<ArrayBuffer>, contour: number): void {
    this.#labels = labels;
    this.#colors = colors;
    this.#contour = contour;
    this.tiles.changeAll();
  }

  /** Changes the colour of one object, which lies in `box`. */
  recolor(label: number, color: number, slice: number, box: Box): void {
    this.#colors[label] = color;
    this.tiles.change(slice, box);
  }

  #color({ step, x, y, width, height, slice, out }: ColorRequest): void {
    out.fill(0);
    const labels = this.#labels;
    if (labels === undefined) return;
    const { data } = labels;
    const colors = this.#colors;
    const contour = this.#contour === 0 ? 0 : Math.max(this.#contour, step);
    const plane = (slice % labels.depth) * labels.width * labels.height;
    for (let j = 0; j < height; j++) {
      const py = (y + j) * step;
      const row = plane + py * labels.width;
      for (let i = 0; i < width; i++) {
        const px = (x + i) * step;
        const label = data[row + px];
        if (label === 0 || (contour > 0 && !isEdge(labels, plane, px, py, label, contour))) {
          continue;
        }
        out[j * width + i] = colors[label];
      }
    }
  }
}

function isEdge(
  { data, width, height }: LabelImage,
  plane: number,
  x: number,
  y: number,
  label: number,
  contour: number,
): boolean {
  if (x < contour || y < contour || x >= width - contour || y >= height - contour) return true;
  const at = plane + y * width + x;
  for (let d = 1; d <= contour; d++) {
    if (
      data[at - d] !== label || data[at + d] !== label || data[at - d * width] !== label ||
      data[at + d * width] !== label
    ) return true;
  }
  return false;
}
