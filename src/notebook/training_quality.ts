import { DaubError, throwIfCancelled } from "../errors.ts";
import type { ConfusionMatrix } from "../evaluation/confusion.ts";
import { correlate, type CorrelationMatrix, sampleColumns } from "../evaluation/correlation.ts";
import {
  crossValidate,
  type CrossValidation,
  type GroupedSamples,
} from "../evaluation/cross_validation.ts";
import { outOfBag } from "../evaluation/out_of_bag.ts";
import { numberStrokes } from "../evaluation/strokes.ts";
import { type FeatureSuggestion, suggestFeatures } from "../evaluation/suggest_features.ts";
import { planFeatures } from "../features/plan.ts";
import { trainForest } from "../forest/train.ts";
import { dimensions, pixelCount } from "../image/image.ts";
import type { EngineProgress } from "./engine.ts";
import { densePixels } from "./painted_pixels.ts";
import type { TrainingSet } from "./training_set.ts";

/** How well a classifier knows its own strokes, and how much its features tell the same. */
export interface TrainingQuality {
  /** The share of painted pixels that are found right by the trees that have not seen them. */
  readonly accuracy: number;
  /** These pixels: a row per painted class, a column per found class. */
  readonly confusion: ConfusionMatrix;
  /** Of the features of the painted pixels. */
  readonly correlation: CorrelationMatrix;
}

/** Who gives a judgement up, and who is told how far it has come. */
export interface JudgingContext {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EngineProgress) => void;
}

/** Whoever judges classifiers for a page. */
export interface QualityComputer {
  /** What takes no longer than training does, so that it can follow strokes. */
  judge(set: TrainingSet, context?: JudgingContext): Promise<TrainingQuality>;
  /** Tests on strokes that were not trained on. */
  crossValidate(set: TrainingSet, context?: JudgingContext): Promise<CrossValidation>;
  /** Looks for fewer features that do as well; takes seconds. */
  suggest(set: TrainingSet, context?: JudgingContext): Promise<FeatureSuggestion>;
}

/** Judges in this very thread. */
export const qualityWorkbench: QualityComputer = {
  async judge(set, { signal } = {}) {
    const { values, classes } = expectPainted(set).samples;
    const numFeatures = set.names.length;
    const forest = await trainForest(values, classes, { ...set.forest, numFeatures, signal });
    throwIfCancelled(signal);
    const { accuracy, confusion } = outOfBag(forest, set.samples);
    const correlation = correlate(sampleColumns(values, numFeatures), set.names);
    return { accuracy, confusion, correlation };
  },

  async crossValidate(set, { signal, onProgress } = {}) {
    return await crossValidate(groupedSamples(set), {
      ...set.forest,
      signal,
      onProgress: (fraction) => onProgress?.({ stage: "cross-validation", fraction }),
    });
  },

  async suggest(set, { signal, onProgress } = {}) {
    const { features, numChannels, size } = set;
    const plan = planFeatures(features, { numChannels, dimensions: dimensions(size) });
    return await suggestFeatures(groupedSamples(set), plan, {
      ...set.forest,
      // A few strokes leave most of the image open: how much would change is told, and who paints
      // decides.
      ...(set.unpainted.length > 0 && { unpainted: set.unpainted, agreement: 0 }),
      signal,
      onProgress: (fraction) => onProgress?.({ stage: "suggestion", fraction }),
    });
  },
};

/** The samples with the stroke that each belongs to. */
function groupedSamples(set: TrainingSet): GroupedSamples {
  const { samples, painted, size } = expectPainted(set);
  const data = densePixels(painted, pixelCount(size));
  return { ...samples, groups: numberStrokes({ data, ...size }) };
}

function expectPainted(set: TrainingSet): TrainingSet {
  if (new Set(set.painted.classes).size > 1) return set;
  throw new DaubError(
    "annotation",
    "Expected strokes of two classes or more but found fewer. Paint some pixels of each class, " +
      "for example 1 for background and 2 for objects.",
    { expected: 2, found: new Set(set.painted.classes).size },
  );
}
