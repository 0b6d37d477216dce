import { contrastRange } from "./contrast.ts";
import { describeSize, type Image } from "./image.ts";
import { encodePng } from "./png.ts";

/** What a notebook asks a value for, to show it. */
const DISPLAY = Symbol.for("Jupyter.display");

/** The longest side of a picture in a notebook, in pixels; larger images are thinned out. */
const LONGEST = 1024;

/** What notebooks show: a picture, and a line where there can be none. */
export interface JupyterBundle {
  /** In base64. */
  readonly "image/png": string;
  /** Size and kind, in words. */
  readonly "text/plain": string;
}

/**
 * Lets notebooks (`deno jupyter`) show an image: the middle plane, grey with a contrast that suits
 * it, or in colours where it is a label image, whose `count` says so.
 *
 * The method that they ask for is not enumerable, so that copies, comparisons and messages between
 * threads see the plain image.
 */
export function displayable<Shown extends Image>(image: Shown): Shown {
  return Object.defineProperty(image, DISPLAY, {
    value: () => displayImage(image),
    configurable: true,
    writable: true,
  });
}

async function displayImage(image: Image & { readonly count?: number }): Promise<JupyterBundle> {
  const { width, height, depth, data, count } = image;
  const step = Math.ceil(Math.max(width, height) / LONGEST);
  const columns = Math.ceil(width / step);
  const rows = Math.ceil(height / step);
  const first = Math.floor(depth / 2) * width * height;
  const paint = count === undefined ? greyPainter(image) : paintLabel;
  const pixels = new Uint8Array(3 * columns * rows);
  for (let y = 0, to = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++, to += 3) {
      paint(Number(data[first + y * step * width + x * step]), pixels, to);
    }
  }
  const png = await encodePng({ data: pixels, width: columns, height: rows });
  const kind = count === undefined
    ? data.constructor.name.replace("Array", "").toLowerCase()
    : `${count} object${count === 1 ? "" : "s"}`;
  return { "image/png": base64(png), "text/plain": `${describeSize(image)}, ${kind}` };
}

type Painter = (value: number, pixels: Uint8Array, at: number) => void;

function greyPainter({ data }: Image): Painter {
  const [black, white] = contrastRange(data);
  const scale = 255 / (white - black || 1);
  return (value, pixels, at) => {
    const grey = Math.round((value - black) * scale);
    pixels.fill(Math.min(255, Math.max(0, grey)), at, at + 3);
  };
}

/** Hues a golden angle apart, so that numbers close to each other differ most. */
function paintLabel(label: number, pixels: Uint8Array, at: number): void {
  if (label === 0) return;
  const hue = (label * 0.618033988749895) % 1;
  for (let c = 0; c < 3; c++) {
    const distance = Math.abs(((hue - c / 3 + 1.5) % 1) - 0.5) * 6;
    pixels[at + c] = 70 + 185 * Math.min(1, Math.max(0, 2 - distance));
  }
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 0x8000) {
    parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)));
  }
  return btoa(parts.join(""));
}
