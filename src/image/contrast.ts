import type { PixelArray } from "./image.ts";

/** How many pixels the percentiles are taken from; more would not move them visibly. */
const MAX_SAMPLES = 65_536;

/** The share of pixels that may saturate at each end. */
const SATURATED = 0.0035;

/**
 * The values shown as black and as white: the 0.35 and 99.65 percentiles, so that a few hot pixels
 * do not darken the picture, or the extremes where those are equal.
 */
export function contrastRange(pixels: PixelArray): [black: number, white: number] {
  const step = Math.ceil(pixels.length / MAX_SAMPLES);
  const samples = new Float64Array(Math.ceil(pixels.length / step));
  for (let i = 0; i < samples.length; i++) samples[i] = Number(pixels[i * step]);
  samples.sort();
  const last = samples.length - 1;
  const black = samples[Math.floor(last * SATURATED)];
  const white = samples[Math.ceil(last * (1 - SATURATED))];
  return black < white ? [black, white] : [samples[0], samples[last]];
}
