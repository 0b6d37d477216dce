import { type Image, notFinite } from "../image/image.ts";
import type { LabelRuns } from "./label_runs.ts";
import type { ChannelSums } from "./region_sums.ts";

/**
 * Refuses intensities that are NaN or infinite within objects; in the background they do no harm.
 *
 * @throws {DaubError} `image` with the place of the first of them.
 */
export function checkIntensities(image: Image, { sum, max }: ChannelSums, runs: LabelRuns): void {
  if (sum.every((value, o) => Number.isFinite(value) && Number.isFinite(max[o]))) return;
  refuseNotFinite(image, runs);
}

/**
 * Looks for intensities within objects that are NaN or infinite.
 *
 * @throws {DaubError} `image` with the place of the first of them.
 */
export function refuseNotFinite(image: Image, runs: LabelRuns): void {
  const { data, width, height, depth } = image;
  for (let row = 0; row < height * depth; row++) {
    for (let run = runs.firstOfRow[row]; run < runs.firstOfRow[row + 1]; run++) {
      for (let x = runs.start[run]; x < runs.end[run]; x++) {
        const i = row * width + x;
        if (!Number.isFinite(Number(data[i]))) throw notFinite(image, i);
      }
    }
  }
}
