import type { ForestOptions } from "../classifiers/model.ts";
import type { Samples } from "../flow/samples.ts";
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
  readonly size: Size;
  /** The name of every feature. */
  readonly names: readonly string[];
  /** The specification of the features. */
  readonly features: string;
  /** How many channels they were computed of. */
  readonly numChannels: number;
  readonly forest: ForestOptions;
}

/** Picks the features of the pixels that are painted in the first time point. */
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
    size: { width, height, depth },
    names,
    features,
    numChannels: channels.length,
    forest: { maxDepth, numTrees, randomState, votes },
  };
}
