import type { AnnotationSnapshot } from "./annotation_snapshot.ts";
import type { EngineOptions } from "./engine.ts";
import { type Live, live } from "./live.ts";
import type { ShownFeatures } from "./live_features.ts";
import type { QualityComputer, TrainingQuality } from "./training_quality.ts";
import { trainingSet } from "./training_set.ts";
import type { ValueSource } from "./value_source.ts";

/** What {@linkcode qualityLive} follows. */
export interface QualitySources {
  /** The feature stack, as `featuresLive` gives it. */
  readonly features: ShownFeatures;
  /** The strokes: a painter, or anything whose value is a snapshot. */
  readonly annotation: ValueSource<AnnotationSnapshot>;
  /** A form, or anything whose value the options are. */
  readonly options: ValueSource<EngineOptions>;
}

/** Keeps out-of-bag accuracy, confusion and correlations up to date with strokes and options. */
export function qualityLive(
  computer: QualityComputer,
  { features, annotation, options }: QualitySources,
): Live<TrainingQuality & { readonly revision: number }> {
  interface Inputs extends Record<string, unknown> {
    readonly annotation: AnnotationSnapshot;
    readonly options: EngineOptions;
  }
  return live<Inputs, TrainingQuality & { readonly revision: number }>(
    { annotation, options },
    async ({ annotation, options }, context) => ({
      ...await computer.judge(trainingSet(features, annotation, options), context),
      revision: annotation.revision,
    }),
  );
}
