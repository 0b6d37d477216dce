/// <reference lib="dom" />
import type { Size } from "../../image/image.ts";
import { planePicture } from "../plane_picture.ts";
import { colormap } from "./painter/colormap.ts";
import { element } from "./painter/element.ts";

/** How {@linkcode planeFigure} draws. */
export interface PlaneFigureOptions {
  readonly title: string;
  /** What else stands below it. */
  readonly note?: string;
  /** The slice of a volume. Default the middle one. */
  readonly z?: number;
  /** The values shown darkest and brightest. Default the plane's own, for the eye. */
  readonly range?: readonly [number, number];
  /** A colour map of the painter's, where there is a range. Default gray. */
  readonly colormap?: string;
}

/** A plane of numbers as a picture with its name below. */
export function planeFigure(
  plane: Float32Array,
  size: Size,
  options: PlaneFigureOptions,
): HTMLElement {
  const { title, note, z = size.depth >> 1 } = options;
  const { width, height, pixels } = options.range
    ? colored(plane, size, z, options.range, options.colormap ?? "gray")
    : planePicture(plane, size, { z });
  const canvas = element("canvas", { role: "img", "aria-label": title });
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")!.putImageData(new ImageData(pixels, width, height), 0, 0);
  return element(
    "figure",
    { class: "plane-figure" },
    canvas,
    element(
      "figcaption",
      {},
      element("span", {}, ...breakable(title)),
      note && element("span", {}, note),
    ),
  );
}

/** A name that, where it must, goes on in the next line after one of its words. */
function breakable(name: string): (string | HTMLElement)[] {
  return name.split(/(?<=_)/).flatMap((word, i) => i === 0 ? [word] : [element("wbr"), word]);
}

function colored(
  plane: Float32Array,
  { width, height }: Size,
  z: number,
  [low, high]: readonly [number, number],
  name: string,
) {
  const colors = colormap(name);
  const out = new Uint32Array(width * height);
  const from = z * out.length;
  for (let i = 0; i < out.length; i++) {
    const level = Math.floor((plane[from + i] - low) / (high - low) * 255.999);
    out[i] = colors[Math.min(255, Math.max(0, level))];
  }
  return { width, height, pixels: new Uint8ClampedArray(out.buffer) };
}

/** Figures side by side, as many in a row as fit. */
export function figureGrid(figures: readonly HTMLElement[]): HTMLElement {
  return element("div", { class: "figure-grid" }, ...figures);
}
