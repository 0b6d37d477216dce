import type { Size } from "../../image/image.ts";

/** Where an image lies on a surface: `screen = image * scale + offset`, in CSS pixels. */
export interface Transform {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** A view that can be kept and restored. */
export interface View {
  /** Whether the whole image is shown, as large as the surface allows. */
  readonly fitted: boolean;
  /** The pixel in the middle of the surface. */
  readonly x: number;
  readonly y: number;
  /** CSS pixels per image pixel. */
  readonly scale: number;
  /** The slice and the time point shown. */
  readonly z: number;
  readonly t: number;
}

const MAX_SCALE = 64;
/** How near to the surface's edge what is revealed may lie, in CSS pixels. */
const MARGIN = 24;
/** How far out one can zoom: this many times smaller than the surface. */
const SMALLEST = 48;

/**
 * What part of an image is in view. Several surfaces may share one, so that they pan, zoom and
 * change slices together.
 */
export class Viewport {
  #view: View;
  readonly #listeners = new Set<() => void>();

  constructor(readonly size: Size & { readonly frames?: number }) {
    const { width, height, depth } = size;
    const z = depth >> 1;
    this.#view = { fitted: true, x: width / 2, y: height / 2, scale: 1, z, t: 0 };
  }

  /** What is in view now. */
  get view(): View {
    return this.#view;
  }

  /** Shows something else; what is not given stays. */
  set view(view: Partial<View>) {
    const { width, height, depth, frames = 1 } = this.size;
    const next = { ...this.#view, ...view };
    this.#view = {
      fitted: next.fitted,
      x: clamp(next.x, 0, width),
      y: clamp(next.y, 0, height),
      scale: clamp(next.scale, SMALLEST / Math.max(width, height, SMALLEST), MAX_SCALE),
      z: Math.round(clamp(next.z, 0, depth - 1)),
      t: Math.round(clamp(next.t, 0, frames - 1)),
    };
    for (const listener of [...this.#listeners]) listener();
  }

  /** The index of the slice in view: `t * depth + z`. */
  get slice(): number {
    return this.#view.t * this.size.depth + this.#view.z;
  }

  /** Where the image lies on a surface of the given size in CSS pixels. */
  transform(width: number, height: number): Transform {
    const { fitted, x, y } = this.#view;
    if (!fitted) {
      const { scale } = this.#view;
      return { scale, left: width / 2 - x * scale, top: height / 2 - y * scale };
    }
    const scale = Math.min(width / this.size.width, height / this.size.height, MAX_SCALE);
    return {
      scale,
      left: (width - this.size.width * scale) / 2,
      top: (height - this.size.height * scale) / 2,
    };
  }

  /** Zooms by a factor; the image pixel under (px, py) of the surface stays there. */
  zoomAt(px: number, py: number, factor: number, width: number, height: number): void {
    const { scale, left, top } = this.transform(width, height);
    const ix = (px - left) / scale;
    const iy = (py - top) / scale;
    const next = clamp(
      scale * factor,
      Math.min(scale, SMALLEST / Math.max(this.size.width, this.size.height)),
      MAX_SCALE,
    );
    this.view = {
      fitted: false,
      scale: next,
      x: ix + (width / 2 - px) / next,
      y: iy + (height / 2 - py) / next,
    };
  }

  /** Moves the image by CSS pixels on a surface of the given size. */
  panBy(dx: number, dy: number, width: number, height: number): void {
    const { scale, left, top } = this.transform(width, height);
    this.view = {
      fitted: false,
      scale,
      x: (width / 2 - left - dx) / scale,
      y: (height / 2 - top - dy) / scale,
    };
  }

  /** Moves the image no further than needed to have a pixel on a surface of the given size. */
  reveal(x: number, y: number, width: number, height: number): void {
    const { scale, left, top } = this.transform(width, height);
    const beyond = (at: number, room: number) => at - clamp(at, MARGIN, room - MARGIN);
    const dx = beyond(left + x * scale, width);
    const dy = beyond(top + y * scale, height);
    if (dx !== 0 || dy !== 0) this.panBy(-dx, -dy, width, height);
  }

  /** Shows the whole image again. */
  reset(): void {
    this.view = { fitted: true };
  }

  /** Moves an image pixel to the middle of the surface, for example to show where to look. */
  centerOn(x: number, y: number, scale?: number): void {
    this.view = { fitted: false, x, y, scale: scale ?? Math.max(this.#view.scale, 1) };
  }

  /** Calls `listener` after every change until the signal aborts. */
  listen(listener: () => void, signal?: AbortSignal): void {
    if (signal?.aborted) return;
    this.#listeners.add(listener);
    signal?.addEventListener("abort", () => this.#listeners.delete(listener), { once: true });
  }
}

function clamp(value: number, low: number, high: number): number {
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : low;
}
