import { DaubError } from "../errors.ts";
import {
  asChannels,
  describeSize,
  type Image,
  type PixelArray,
  sameSize,
  type Size,
} from "../image/image.ts";
import type { Picture } from "../image/png.ts";
import { colorLabels } from "./coloring.ts";
import { contrastRange } from "../image/contrast.ts";
import { channelColors, isColorPicture, OUTLINE_COLORS } from "./palette.ts";

/** How {@linkcode drawOverlay} draws. */
export interface OverlayOptions {
  /** Which plane of a volume to draw. Default the middle one, `Math.floor(depth / 2)`. */
  readonly plane?: number;
  /**
   * The size of a pixel in the picture: a whole number, or 1 over a whole number. Default: small
   * images are enlarged two or three times, so that outlines are fine, and images of more than 4096
   * pixels along a side are reduced.
   */
  readonly scale?: number;
  /**
   * How many pixels of the picture an outline is wide. Default 1, and 2 where the image is enlarged.
   */
  readonly outline?: number;
}

/** Images are enlarged up to this side length, at most three times. */
const SMALL = 768;

/** Pictures are never larger than this by default. */
const LARGE = 4096;

/** How bright the image may be: a little less than white, so that outlines stand out from it. */
const BRIGHTEST = 0.88;

/**
 * Draws an image with the outlines of its objects: the pixels of an object that have another label
 * (or background) above, below, left or right of them.
 *
 * The contrast is stretched to the 0.35 and 99.65 percentiles of each channel, of a colour picture
 * (three channels without other names) to those of all. Two channels are shown in green and
 * magenta, three with names in cyan, magenta and yellow, more as their average. Outline colours are told apart with any colour vision, and
 * objects side by side differ.
 *
 * @param labels A label image of the same size, 0 being background. Of a volume, one plane of image
 * and labels is drawn.
 * @throws {DaubError} `image` when the sizes differ; `options` for a plane or scale that cannot be.
 */
export function drawOverlay(
  image: Image | readonly Image[],
  labels: Image<Uint32Array>,
  options: OverlayOptions = {},
): Picture {
  const channels = asChannels(image);
  const [{ width, height, depth }] = channels;
  if (!sameSize(channels[0], labels)) {
    throw new DaubError(
      "image",
      `Expected labels of ${describeSize(channels[0])} pixels, like the image, but found ` +
        `${describeSize(labels)}. Choose the labels that belong to this image.`,
      { expected: describeSize(channels[0]), found: describeSize(labels) },
    );
  }
  const plane = choosePlane(depth, options.plane);
  const grid = chooseGrid({ width, height, depth }, options.scale);
  const from = plane * width * height;
  const to = from + width * height;
  const sampled = sampleNearest(labels.data.subarray(from, to), width, grid);
  const data = new Uint8Array(grid.width * grid.height * 3);
  const names = channels.map(({ name }) => name);
  const colors = channelColors(names);
  const planes = channels.map(({ data }) => data.subarray(from, to));
  const sums = new Float32Array(data.length);
  displayRanges(planes, isColorPicture(names)).forEach(([black, white], c) => {
    const shown = new Float32Array(planes[c].length);
    const factor = white > black ? BRIGHTEST / (white - black) : 0;
    for (let i = 0; i < shown.length; i++) {
      const value = (Number(planes[c][i]) - black) * factor;
      shown[i] = Math.min(BRIGHTEST, Math.max(0, value));
    }
    addChannel(sums, shown, width, height, grid, colors[c]);
  });
  for (let i = 0; i < data.length; i++) data[i] = Math.min(255, sums[i] + 0.5);
  drawOutlines(data, sampled, grid, chooseOutline(grid, options.outline));
  return { data, width: grid.width, height: grid.height };
}

/** The size of the picture that {@linkcode drawOverlay} draws by default. */
export function overlaySize(size: Size): { readonly width: number; readonly height: number } {
  return chooseGrid(size);
}

/** What is shown as black and as white; one range for all keeps the hues of a colour picture. */
function displayRanges(planes: readonly PixelArray[], together: boolean): [number, number][] {
  const ranges = planes.map(contrastRange);
  if (!together) return ranges;
  const black = Math.min(...ranges.map(([black]) => black));
  const white = Math.max(...ranges.map(([, white]) => white));
  return planes.map(() => [black, white]);
}

/** The pixels of the picture and how large they are in pixels of the image. */
interface Grid {
  readonly width: number;
  readonly height: number;
  readonly step: number;
}

function choosePlane(depth: number, plane = Math.floor(depth / 2)): number {
  if (Number.isInteger(plane) && plane >= 0 && plane < depth) return plane;
  throw new DaubError(
    "options",
    `Expected the plane to be a whole number from 0 to ${depth - 1} but found ${plane}.`,
    { expected: [0, depth - 1], found: plane, where: "plane" },
  );
}

function chooseGrid({ width, height }: Size, scale?: number): Grid {
  const longest = Math.max(width, height);
  const enlarge = Math.min(3, Math.floor(SMALL / longest));
  const chosen = scale ?? (longest > LARGE ? 1 / Math.ceil(longest / LARGE) : Math.max(1, enlarge));
  const whole = chosen >= 1 ? chosen : Math.round(1 / chosen);
  if (
    !Number.isInteger(whole) || whole < 1 || (chosen < 1 && Math.abs(1 / whole - chosen) > 1e-9)
  ) {
    throw new DaubError(
      "options",
      `Expected the scale to be a whole number, or 1 over one, but found ${scale}.`,
      { expected: "a whole number or 1 over one", found: scale, where: "scale" },
    );
  }
  const side = (length: number) => chosen >= 1 ? length * whole : Math.ceil(length / whole);
  return { width: side(width), height: side(height), step: 1 / chosen };
}

function chooseOutline({ step }: Grid, outline = step < 1 ? 2 : 1): number {
  if (Number.isInteger(outline) && outline >= 1) return outline;
  throw new DaubError(
    "options",
    `Expected the width of outlines to be an integer greater than 0 but found ${outline}.`,
    { expected: "an integer greater than 0", found: outline, where: "outline" },
  );
}

/** The label in the middle of every pixel of the picture. */
function sampleNearest(labels: Uint32Array, width: number, grid: Grid): Uint32Array {
  if (grid.step === 1) return labels;
  const height = labels.length / width;
  const sampled = new Uint32Array(grid.width * grid.height);
  for (let y = 0, i = 0; y < grid.height; y++) {
    const row = Math.min(height - 1, Math.floor((y + 0.5) * grid.step)) * width;
    for (let x = 0; x < grid.width; x++, i++) {
      sampled[i] = labels[row + Math.min(width - 1, Math.floor((x + 0.5) * grid.step))];
    }
  }
  return sampled;
}

/** Adds a channel in its colour, interpolated between pixels where the picture is larger. */
function addChannel(
  sums: Float32Array,
  pixels: Float32Array,
  width: number,
  height: number,
  grid: Grid,
  [red, green, blue]: readonly [number, number, number],
): void {
  if (grid.step === 1) {
    for (let i = 0, k = 0; i < pixels.length; i++, k += 3) {
      sums[k] += pixels[i] * red;
      sums[k + 1] += pixels[i] * green;
      sums[k + 2] += pixels[i] * blue;
    }
    return;
  }
  for (let y = 0, i = 0; y < grid.height; y++) {
    const v = Math.min(height - 1, Math.max(0, (y + 0.5) * grid.step - 0.5));
    const top = Math.floor(v) * width;
    const bottom = Math.min(height - 1, Math.floor(v) + 1) * width;
    const down = v - Math.floor(v);
    for (let x = 0; x < grid.width; x++, i += 3) {
      const u = Math.min(width - 1, Math.max(0, (x + 0.5) * grid.step - 0.5));
      const left = Math.floor(u);
      const right = Math.min(width - 1, left + 1);
      const over = u - left;
      const above = pixels[top + left] * (1 - over) + pixels[top + right] * over;
      const below = pixels[bottom + left] * (1 - over) + pixels[bottom + right] * over;
      const value = above * (1 - down) + below * down;
      sums[i] += value * red;
      sums[i + 1] += value * green;
      sums[i + 2] += value * blue;
    }
  }
}

function drawOutlines(
  data: Uint8Array,
  labels: Uint32Array,
  { width, height }: Grid,
  outline: number,
): void {
  const colors = colorLabels(labels, width, height, OUTLINE_COLORS.length);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const label = labels[i];
      if (label === 0) continue;
      for (let k = 1; k <= outline; k++) {
        const inside = (x < k || labels[i - k] === label) &&
          (x + k >= width || labels[i + k] === label) &&
          (y < k || labels[i - k * width] === label) &&
          (y + k >= height || labels[i + k * width] === label);
        if (inside) continue;
        const [red, green, blue] = OUTLINE_COLORS[colors.get(label)!];
        data[i * 3] = red;
        data[i * 3 + 1] = green;
        data[i * 3 + 2] = blue;
        break;
      }
    }
  }
}
