/// <reference lib="dom" />
import type { LabelImage } from "../../labeling/labels.ts";
import type { ObjectLink } from "../object_link.ts";
import { ObjectBoxes } from "./label_view_boxes.ts";
import type { PaintUnderlay } from "./painter/paint.ts";
import type { Stage } from "./painter/stage.ts";
import { type ColorRequest, TileLayer } from "./painter/tile_layer.ts";

/** The outlines of objects that nothing is known of, and of the one under the pointer. */
const OUTLINE = 0xb0ffffff;
const HOVERED = 0x48ffffff;

/** The outlines of objects below the strokes of a painter, coloured by what is found of them. */
export class ObjectLayer implements PaintUnderlay {
  readonly tiles: TileLayer;
  #labels: LabelImage | undefined;
  #outlineOf: (label: number) => number = () => OUTLINE;
  #borderOf: ((label: number, other: number) => number) | undefined;
  #boxes: ObjectBoxes | undefined;
  #hovered = 0;
  #stage: Stage | undefined;

  constructor({ width, height }: { width: number; height: number }, readonly link?: ObjectLink) {
    this.tiles = new TileLayer(width, height, (request) => this.#color(request));
  }

  /** Shows the outlines of other objects. */
  show(labels: LabelImage): void {
    this.#labels = labels;
    this.#boxes = undefined;
    this.#redraw();
  }

  /** Colours outlines object by object, as canvas pixels; 0 leaves the plain outline. */
  colorOutlines(outlineOf: (label: number) => number): void {
    this.#outlineOf = (label) => outlineOf(label) || OUTLINE;
    this.#redraw();
  }

  /** Colours borders between two objects, as canvas pixels; 0 leaves the plain outline. */
  colorBorders(borderOf: (label: number, other: number) => number): void {
    this.#borderOf = borderOf;
    this.#redraw();
  }

  attach(stage: Stage, signal: AbortSignal): void {
    this.#stage = stage;
    const hover = (event?: PointerEvent) => {
      const point = event && stage.imagePoint(event);
      this.link?.hover(point ? this.#labelAt(Math.floor(point.x), Math.floor(point.y)) : 0);
    };
    stage.canvas.addEventListener("pointermove", (event) => hover(event), { signal });
    stage.canvas.addEventListener("pointerleave", () => hover(), { signal });
    this.link?.listen(() => {
      const before = this.#hovered;
      this.#hovered = this.link!.hovered;
      if (this.#hovered !== before) {
        for (const label of [before, this.#hovered]) this.#mark(label);
      }
    }, signal);
  }

  #labelAt(x: number, y: number): number {
    const labels = this.#labels;
    if (!labels || x < 0 || y < 0 || x >= labels.width || y >= labels.height) return 0;
    const slice = this.#stage!.viewport.slice % labels.depth;
    return labels.data[(slice * labels.height + y) * labels.width + x];
  }

  /** Draws one object anew. */
  #mark(label: number): void {
    const box = this.#labels && (this.#boxes ??= ObjectBoxes.of(this.#labels)).of(label);
    if (!box) return;
    this.tiles.change(this.#stage!.viewport.slice, box);
    this.#stage!.drawBox(box);
  }

  #redraw(): void {
    this.tiles.changeAll();
    this.#stage?.draw();
  }

  #color({ step, x, y, width, height, slice, out }: ColorRequest): void {
    out.fill(0);
    const labels = this.#labels;
    if (!labels) return;
    const { data } = labels;
    const plane = (slice % labels.depth) * labels.width * labels.height;
    for (let j = 0; j < height; j++) {
      const py = (y + j) * step;
      for (let i = 0; i < width; i++) {
        const px = (x + i) * step;
        const at = plane + py * labels.width + px;
        const label = data[at];
        if (label === 0) continue;
        const left = px >= step ? data[at - step] : label;
        const right = px + step < labels.width ? data[at + step] : label;
        const above = py >= step ? data[at - step * labels.width] : label;
        const below = py + step < labels.height ? data[at + step * labels.width] : label;
        const other = left !== label
          ? left
          : right !== label
          ? right
          : above !== label
          ? above
          : below;
        out[j * width + i] = other === label
          ? (label === this.#hovered ? HOVERED : 0)
          : (other > 0 && this.#borderOf?.(label, other)) || this.#outlineOf(label);
      }
    }
  }
}
