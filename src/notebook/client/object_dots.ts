/// <reference lib="dom" />
import { element } from "./painter/element.ts";

/** A point of a plot, which stands for an object. */
export interface PlottedPoint {
  /** The object's label. */
  readonly label: number;
  /** Where it lies in the figure, in CSS pixels. */
  readonly x: number;
  readonly y: number;
  /** A colour of CSS; undefined for the plain one, as long as nothing is known of the object. */
  readonly color: string | undefined;
  /** Whether somebody has painted over the object. */
  readonly isPainted: boolean;
  /** Whether others are selected and this one is not. */
  readonly isFaint: boolean;
}

const RADIUS = 3.5;
const PAINTED_RADIUS = 5.5;
/** The width of the ring around a painted point. */
const RING = 1.2;

/** Red, green, blue and alpha, from 0 to 255. */
type Color = ArrayLike<number>;

/**
 * Thousands of points on one surface. Each as an element of its own would cost the page ten
 * milliseconds a frame while somebody paints, and many of them lie over one another, which paths of
 * the canvas take a hundred milliseconds for.
 */
export class ObjectDots {
  readonly canvas = element("canvas", { class: "daub-dots", "aria-hidden": "true" });
  #points: readonly PlottedPoint[] = [];
  #size = { width: 0, height: 0 };
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    // The plain colours are those of the theme.
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const follow = () => {
      if (this.canvas.isConnected) this.#schedule();
      else dark.removeEventListener("change", follow);
    };
    dark.addEventListener("change", follow);
  }

  /** Draws points soon, painted ones above the others, in a size in CSS pixels. */
  show(points: readonly PlottedPoint[], size: { width: number; height: number }): void {
    this.#points = points.toSorted((a, b) => Number(a.isPainted) - Number(b.isPainted));
    this.#size = size;
    this.#schedule();
  }

  /** Before the next frame, but not in the work of the stroke or the result that caused it. */
  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    });
  }

  #draw(): void {
    const ratio = globalThis.devicePixelRatio || 1;
    const { canvas } = this;
    const { width, height } = this.#size;
    const [across, down] = [width, height].map((side) => Math.ceil(side * ratio));
    if (canvas.width !== across || canvas.height !== down) {
      [canvas.width, canvas.height] = [across, down];
      [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
    }
    if (across === 0 || down === 0) return;
    const colorOf = colorReader();
    const style = getComputedStyle(canvas);
    const [plain, ink] = [colorOf(style.color), colorOf(style.outlineColor)];
    const image = new ImageData(across, down);
    const surface: Surface = {
      pixels: new Int32Array(image.data.buffer),
      width: across,
      height: down,
    };
    /** For every colour the stamps of plain and faint points, and of painted ones of both kinds. */
    const stamps = new Map<string | undefined, Stamp[]>();
    const makeStamps = (color: string | undefined) => {
      const fill = color === undefined ? plain : colorOf(color);
      return [
        makeStamp(RADIUS * ratio, 0, fill, ink, 0.9),
        makeStamp(RADIUS * ratio, 0, fill, ink, 0.15),
        makeStamp(PAINTED_RADIUS * ratio, RING * ratio, fill, ink, 1),
        makeStamp(PAINTED_RADIUS * ratio, RING * ratio, fill, ink, 0.3),
      ];
    };
    for (const { x, y, color, isPainted, isFaint } of this.#points) {
      let ofColor = stamps.get(color);
      if (!ofColor) stamps.set(color, ofColor = makeStamps(color));
      const stamp = ofColor[2 * Number(isPainted) + Number(isFaint)];
      press(surface, Math.floor(x * ratio), Math.floor(y * ratio), stamp, isPainted ? 128 : 256);
    }
    canvas.getContext("2d")!.putImageData(image, 0, 0);
  }
}

/** A canvas as pixels. */
interface Surface {
  readonly pixels: Int32Array;
  readonly width: number;
  readonly height: number;
}

/** A square of pixels with a point in its middle. */
interface Stamp {
  readonly side: number;
  readonly pixels: Int32Array;
}

function makeStamp(radius: number, ring: number, fill: Color, ink: Color, opacity: number): Stamp {
  const reach = Math.ceil(radius);
  const side = 2 * reach + 1;
  const pixels = Int32Array.from({ length: side * side }, (_, i) => {
    const distance = Math.hypot(i % side - reach, Math.floor(i / side) - reach);
    const covered = (within: number) => Math.min(1, Math.max(0, within + 0.5 - distance));
    const inside = ring === 0 ? 1 : covered(radius - ring);
    const [red, green, blue, alpha] = [0, 1, 2, 3].map((c) =>
      fill[c] * inside + ink[c] * (1 - inside)
    );
    return Math.round(alpha * opacity * covered(radius)) << 24 | blue << 16 | green << 8 | red;
  });
  return { side, pixels };
}

/**
 * Lays a point over others, which is quicker than to blend them: of two pixels the more opaque one
 * stays, and in any case one that is more opaque than `above`.
 */
function press(
  { pixels, width, height }: Surface,
  x: number,
  y: number,
  stamp: Stamp,
  above: number,
): void {
  const { side, pixels: stamped } = stamp;
  const left = x - (side >> 1);
  const top = y - (side >> 1);
  const right = Math.min(side, width - left);
  const bottom = Math.min(side, height - top);
  for (let j = Math.max(0, -top); j < bottom; j++) {
    const row = (top + j) * width + left;
    for (let i = Math.max(0, -left); i < right; i++) {
      const pixel = stamped[j * side + i];
      const alpha = pixel >>> 24;
      if (alpha > above || alpha > pixels[row + i] >>> 24) pixels[row + i] = pixel;
    }
  }
}

/** Reads colours of CSS. */
function colorReader(): (color: string) => Color {
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  const known = new Map<string, Color>();
  return (color) => {
    let found = known.get(color);
    if (!found) {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      known.set(color, found = context.getImageData(0, 0, 1, 1).data);
    }
    return found;
  };
}
