/// <reference lib="dom" />
import type { Transform, Viewport } from "../viewport.ts";
import { element } from "./element.ts";
import type { Box, TileLayer } from "./tile_layer.ts";

/** One layer of a stage and how it is laid over those below. */
export interface Layer {
  readonly tiles: TileLayer;
  /** From 0, not drawn, to 1. */
  readonly opacity: () => number;
  /** What part of the surface it covers, in CSS pixels; all unless given. */
  readonly clip?: (width: number, height: number) => Box;
  /** Whether it need not be complete in the first frame; true for the image. */
  readonly patient?: boolean;
}

/** Time a frame may spend on colouring tiles of a patient layer, in milliseconds. */
const PATIENCE = 8;

/** The surface on which layers are drawn, at most once a frame and only where they changed. */
export class Stage {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** The size of the surface in CSS pixels. */
  width = 0;
  height = 0;
  readonly #context: CanvasRenderingContext2D;
  readonly #drawn: (() => void)[] = [];
  #ratio = 1;
  #frame = 0;
  #dirty: Box | undefined;

  constructor(
    readonly viewport: Viewport,
    readonly layers: readonly Layer[],
    label: string,
    signal: AbortSignal,
  ) {
    // An application has keys of its own, which screen readers then leave to it.
    this.canvas = element("canvas", {
      "aria-label": label,
      role: "application",
      tabindex: 0,
      class: "daub-surface",
    });
    this.#context = this.canvas.getContext("2d")!;
    this.element = element("div", { class: "daub-stage" }, this.canvas);
    const { width, height } = viewport.size;
    this.element.style.setProperty("--daub-aspect", String(width / height));
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(this.element);
    viewport.listen(() => this.draw(), signal);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      cancelAnimationFrame(this.#frame);
    }, { once: true });
  }

  /** Where the image lies on the surface. */
  get transform(): Transform {
    return this.viewport.transform(this.width, this.height);
  }

  /** The image position under a pointer, in pixels; the first pixel reaches from 0 to 1. */
  imagePoint(event: { clientX: number; clientY: number }): { x: number; y: number } {
    const bounds = this.canvas.getBoundingClientRect();
    const { scale, left, top } = this.transform;
    return {
      x: (event.clientX - bounds.left - left) / scale,
      y: (event.clientY - bounds.top - top) / scale,
    };
  }

  /** Calls `listener` after every frame in which everything was drawn anew. */
  onDraw(listener: () => void): void {
    this.#drawn.push(listener);
  }

  /** Draws everything in the next frame. */
  draw(): void {
    this.#schedule({ x: 0, y: 0, width: Infinity, height: Infinity });
  }

  /** Draws a box of the image in the next frame. */
  drawBox(box: Box): void {
    const { scale, left, top } = this.transform;
    this.#schedule({
      x: Math.floor(left + box.x * scale) - 2,
      y: Math.floor(top + box.y * scale) - 2,
      width: Math.ceil(box.width * scale) + 4,
      height: Math.ceil(box.height * scale) + 4,
    });
  }

  #schedule(box: Box): void {
    this.#dirty = this.#dirty ? union(this.#dirty, box) : box;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  #drawNow(): void {
    const dirty = this.#dirty;
    this.#dirty = undefined;
    if (!dirty || this.width === 0 || this.height === 0) return;
    const context = this.#context;
    const transform = this.transform;
    const box = intersect(dirty, { x: 0, y: 0, width: this.width, height: this.height });
    const started = performance.now();
    let complete = true;
    for (const [index, layer] of this.layers.entries()) {
      context.save();
      const clip = layer.clip ? intersect(box, layer.clip(this.width, this.height)) : box;
      if (index === 0) this.#clip(box, true);
      this.#clip(clip, false);
      context.globalAlpha = layer.opacity();
      if (context.globalAlpha > 0 && clip.width > 0 && clip.height > 0) {
        const deadline = layer.patient ? started + PATIENCE : Infinity;
        const { slice } = this.viewport;
        const done = layer.tiles.draw(context, transform, clip, slice, this.#ratio, deadline);
        complete &&= done;
      }
      context.restore();
    }
    if (!complete) this.draw();
    if (dirty.width === Infinity) { for (const listener of this.#drawn) listener(); }
  }

  #clip({ x, y, width, height }: Box, clear: boolean): void {
    const ratio = this.#ratio;
    const x0 = Math.floor(x * ratio);
    const y0 = Math.floor(y * ratio);
    const x1 = Math.ceil((x + width) * ratio);
    const y1 = Math.ceil((y + height) * ratio);
    if (clear) return this.#context.clearRect(x0, y0, x1 - x0, y1 - y0);
    this.#context.beginPath();
    this.#context.rect(x0, y0, x1 - x0, y1 - y0);
    this.#context.clip();
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.element;
    const ratio = globalThis.devicePixelRatio || 1;
    if (clientWidth === this.width && clientHeight === this.height && ratio === this.#ratio) return;
    [this.width, this.height, this.#ratio] = [clientWidth, clientHeight, ratio];
    this.canvas.width = Math.max(1, Math.round(clientWidth * ratio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    // At once, since setting the size has wiped the canvas.
    this.#dirty = { x: 0, y: 0, width: Infinity, height: Infinity };
    this.#drawNow();
  }
}

function union(a: Box, b: Box): Box {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

function intersect(a: Box, b: Box): Box {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(0, Math.min(a.x + a.width, b.x + b.width) - x),
    height: Math.max(0, Math.min(a.y + a.height, b.y + b.height) - y),
  };
}
