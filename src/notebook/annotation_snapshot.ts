import type { Image } from "../image/image.ts";
import type { Annotation } from "./annotation.ts";
import type { AnnotationSize } from "./annotation_command.ts";
import type { TileGrid } from "./annotation_tiles.ts";
import type { PaintedFrame } from "./painted_pixels.ts";

/**
 * An annotation as it was at one revision. It does not change when painting goes on, and costs
 * nothing until its pixels are asked for.
 */
export class AnnotationSnapshot {
  readonly #grid: () => TileGrid;
  readonly #source: Annotation;

  /** Made by {@linkcode Annotation.snapshot}. */
  constructor(
    /** Width, height, depth and time points. */
    readonly size: Required<AnnotationSize>,
    /** Grows by one with every change. */
    readonly revision: number,
    /** The number of labelled pixels of every class, by class number; entry 0 is 0. */
    readonly counts: readonly number[],
    source: Annotation,
    grid: () => TileGrid,
  ) {
    this.#source = source;
    this.#grid = grid;
  }

  /** Whether it was taken of an annotation that has not changed since. */
  isOf(annotation: Annotation): boolean {
    return this.#source === annotation && this.revision === annotation.revision;
  }

  /** The class numbers that occur, in ascending order. */
  get classes(): number[] {
    return this.counts.flatMap((count, value) => count > 0 ? [value] : []);
  }

  /** The number of labelled pixels of all classes. */
  get labelled(): number {
    return this.counts.reduce((sum, count) => sum + count, 0);
  }

  /** The class numbers in raster order, all time points one after the other. */
  toUint8Array(): Uint8Array {
    const { width, height, depth, frames } = this.size;
    return this.#slices(0, depth * frames, new Uint8Array(width * height * depth * frames));
  }

  /** Where each time point is painted, those that are; costs what is painted, not what is not. */
  painted(): PaintedFrame[] {
    const { depth, frames } = this.size;
    if (this.labelled === 0) return [];
    const grid = this.#grid();
    return Array.from({ length: frames }, (_, frame) => ({
      frame,
      ...grid.paintedPixels(frame * depth, (frame + 1) * depth),
    })).filter(({ pixels }) => pixels.length > 0);
  }

  /** The annotation of one time point as an image of class numbers. */
  toImage(t = 0): Image<Uint8Array> {
    const { width, height, depth } = this.size;
    const data = this.#slices(t * depth, (t + 1) * depth, new Uint8Array(width * height * depth));
    return { width, height, depth, data };
  }

  #slices(first: number, end: number, out: Uint8Array): Uint8Array {
    const grid = this.#grid();
    const area = this.size.width * this.size.height;
    for (let slice = first; slice < end; slice++) {
      grid.copySlice(slice, out, (slice - first) * area);
    }
    return out;
  }
}
