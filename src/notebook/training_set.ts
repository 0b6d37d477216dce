import type { ForestOptions } from "../classifiers/model.ts";
import type { Samples } from "../flow/samples.ts";
import { MersenneTwister } from "../forest/mersenne_twister.ts";
import type { Size } from "../image/image.ts";
import type { AnnotationSnapshot } from "./annotation_snapshot.ts";
import type { EngineOptions } from "./engine.ts";
import { gatherSamples } from "./feature_memory.ts";
import type { ShownFeatures } from "./live_features.ts";
import type { PaintedPixels } from "./painted_pixels.ts";

/** What a classifier learns from: small, however large the image, and ready to be sent. */
export interface TrainingSet {
  /** The features of the painted pixels. */
  readonly samples: Samples;
  /** Where they lie, which says what strokes they belong to. */
  readonly painted: PaintedPixels;
  /** The features of some pixels that are not painted, row by row as the samples. */
  readonly unpainted: Float32Array;
  readonly size: Size;
  /** The name of every feature. */
  readonly names: readonly string[];
  /** The specification of the features. */
  readonly features: string;
  /** How many channels they were computed of. */
  readonly numChannels: number;
  readonly forest: ForestOptions;
}

/** As many unpainted pixels tell what becomes of the rest of the image. */
const NUM_UNPAINTED = 1000;

/**
 * Picks the features of the pixels that are painted in the first time point, and of some that are
 * not.
 */
export function trainingSet(
  { names, planes, options: { features, channels } }: ShownFeatures,
  annotation: AnnotationSnapshot,
  { maxDepth, numTrees, randomState, votes }: EngineOptions,
): TrainingSet {
  const { width, height, depth } = annotation.size;
  const first = annotation.painted().find(({ frame }) => frame === 0);
  const painted = {
    pixels: first?.pixels ?? new Uint32Array(),
    classes: first?.classes ?? new Uint8Array(),
  };
  return {
    samples: gatherSamples(planes, painted),
    painted,
    unpainted: gatherSamples(planes, drawUnpainted(painted, width * height * depth)).values,
    size: { width, height, depth },
    names,
    features,
    numChannels: channels.length,
    forest: { maxDepth, numTrees, randomState, votes },
  };
}

/** Draws pixels by chance, the same each time; those that are painted are passed over. */
function drawUnpainted({ pixels }: PaintedPixels, numPixels: number): PaintedPixels {
  const painted = new Set(pixels);
  const random = new MersenneTwister(0);
  const drawn = Uint32Array.from({ length: NUM_UNPAINTED }, () => random.below(numPixels))
    .filter((pixel) => !painted.has(pixel));
  return { pixels: drawn, classes: new Uint8Array(drawn.length) };
}
