import type { Size } from "../image/image.ts";

/** A plane as grey levels, ready for a canvas. */
export interface PlanePicture {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha in turn. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** The value shown black. */
  readonly low: number;
  /** The value shown white. */
  readonly high: number;
}

/** How {@linkcode planePicture} draws. */
export interface PlanePictureOptions {
  /** The plane of a volume. Default the middle one. */
  readonly z?: number;
  /** The longest side of the picture; a larger plane is averaged down to it. Default 256. */
  readonly side?: number;
}

/** This share of the pixels at either end is shown black or white, so that a few do not set it. */
const SATURATED = 0.002;

/** Draws a feature plane, or one of a volume's, as a small grey picture with its own contrast. */
export function planePicture(
  plane: Float32Array,
  size: Size,
  { z = size.depth >> 1, side = 256 }: PlanePictureOptions = {},
): PlanePicture {
  const scale = Math.max(1, Math.ceil(Math.max(size.width, size.height) / side));
  const width = Math.ceil(size.width / scale);
  const height = Math.ceil(size.height / scale);
  const values = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) values[y * width + x] = average(plane, size, x, y, z, scale);
  }
  const sorted = values.slice().sort();
  const cut = Math.floor(SATURATED * sorted.length);
  const [low, high] = [sorted[cut], sorted[sorted.length - 1 - cut]];
  const gain = high > low ? 255 / (high - low) : 0;
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    pixels.fill((values[i] - low) * gain, 4 * i, 4 * i + 3);
    pixels[4 * i + 3] = 255;
  }
  return { width, height, pixels, low, high };
}

function average(
  plane: Float32Array,
  size: Size,
  x: number,
  y: number,
  z: number,
  scale: number,
): number {
  const right = Math.min(size.width, (x + 1) * scale);
  const bottom = Math.min(size.height, (y + 1) * scale);
  let [sum, count] = [0, 0];
  for (let j = y * scale; j < bottom; j++) {
    const row = (z * size.height + j) * size.width;
    for (let i = x * scale; i < right; i++) {
      sum += plane[row + i];
      count++;
    }
  }
  return sum / count;
}
