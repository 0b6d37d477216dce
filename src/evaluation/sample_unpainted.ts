import type { Backend, BackendChoice } from "../backend.ts";
import { withBackend } from "../backends/open_backend.ts";
import { DaubError } from "../errors.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { collectSamples } from "../flow/samples.ts";
import { openSource } from "../flow/source.ts";
import { MersenneTwister } from "../forest/mersenne_twister.ts";
import { readAnnotation } from "../image/annotation.ts";
import { asChannels, describeSize, type Image, sameSize } from "../image/image.ts";
import { oneImage } from "./one_image.ts";

/** How {@linkcode sampleUnpainted} draws pixels. */
export interface SampleUnpaintedOptions {
  /** The most pixels to draw. Default 1000. */
  readonly count?: number;
  /** Equal seeds draw equal pixels. Default 0. */
  readonly randomState?: number;
  /** Where features are computed. Default `"auto"`. */
  readonly backend?: Backend | BackendChoice;
  /** Gives up between two tiles. */
  readonly signal?: AbortSignal;
}

/**
 * The features of some pixels that nobody painted, drawn at random: what a classifier makes of them
 * cannot be right or wrong, but two classifiers can agree on them or not, see `suggestFeatures`.
 *
 * @param plan As `planFeatures` makes it for this image.
 * @returns Row by row, pixels × features; no rows where everything is painted.
 * @throws {DaubError} `annotation` when its size is not the image's or nothing is painted; `cancelled`.
 *
 * @example Ten of them
 * ```ts
 * import { planFeatures, readImage, sampleUnpainted } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = await readImage(new URL("../../samples/blobs.tif", import.meta.url));
 * const annotation = await readImage(new URL("../../samples/blobs_annotation.tif", import.meta.url));
 * const plan = planFeatures("original gaussian_blur=2", { dimensions: 2 });
 * const values = await sampleUnpainted(image, annotation, plan, { count: 10 });
 * assert.equal(values.length, 10 * 2);
 * ```
 */
export async function sampleUnpainted(
  image: Image | readonly Image[],
  annotation: Image | readonly Image[],
  plan: FeaturePlan,
  options: SampleUnpaintedOptions = {},
): Promise<Float32Array> {
  const { count = 1000, randomState = 0, signal } = options;
  const channels = asChannels(image);
  const strokes = oneImage(annotation, "annotation");
  if (!sameSize(strokes, channels[0])) {
    throw new DaubError(
      "annotation",
      `Expected an annotation of ${describeSize(channels[0])} pixels, like the image, but found ` +
        `one of ${describeSize(strokes)}. Choose the strokes that belong to this image.`,
      { expected: describeSize(channels[0]), found: describeSize(strokes) },
    );
  }
  const painted = readAnnotation(strokes);
  const drawn = drawBetween(painted, count, new MersenneTwister(randomState));
  return await withBackend(options.backend, async (backend) => {
    const { values } = await collectSamples(backend, openSource(channels), drawn, plan, { signal });
    return values;
  });
}

/** Marks pixels that are not painted, each as likely as the others. */
function drawBetween(painted: Uint8Array, count: number, random: MersenneTwister): Uint8Array {
  const drawn = new Uint8Array(painted.length);
  let free = 0;
  for (const value of painted) if (value === 0) free++;
  // Knuth, The Art of Computer Programming 2, algorithm S.
  for (let i = 0, left = Math.min(count, free); left > 0; i++) {
    if (painted[i] !== 0) continue;
    if (random.below(free--) >= left) continue;
    drawn[i] = 1;
    left--;
  }
  return drawn;
}
