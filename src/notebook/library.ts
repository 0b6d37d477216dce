/**
 * The part of the notebook's library that needs neither a page nor Deno: what cells compute with.
 *
 * @module
 */
export { Annotation, type AnnotationCommand } from "./annotation.ts";
export { AnnotationSnapshot } from "./annotation_snapshot.ts";
export { AnnotationSource } from "./annotation_source.ts";
export {
  type Applied,
  type ApplyOptions,
  applyToAll,
  type NamedImage,
} from "./apply_classifier.ts";
export { default as define } from "./cells.ts";
export type {
  Engine,
  EngineClassifier,
  EngineImage,
  EngineOptions,
  EngineProgress,
  EngineResult,
  EngineWant,
} from "./engine.ts";
export { defaultEngineOptions } from "./engine_options.ts";
export type { FigureOptions } from "./figures/figure.ts";
export { confusionFigure } from "./figures/confusion.ts";
export { correlationFigure } from "./figures/correlations.ts";
export { crossValidationFigure } from "./figures/cross_validation.ts";
export { evaluationFigure } from "./figures/evaluation.ts";
export { importancesFigure } from "./figures/importances.ts";
export { sizesFigure } from "./figures/sizes.ts";
export { statisticsFigure } from "./figures/statistics.ts";
export { suggestionFigure } from "./figures/suggestion.ts";
export { importanceTable, sizeHistogram, statisticsTable } from "./figures/tables.ts";
export { generateCode, type GenerateCodeOptions, type GeneratedCode } from "./generated_code.ts";
export {
  type Live,
  live,
  type LiveContext,
  type LiveOptions,
  type LiveState,
  type LiveStatus,
  Pump,
} from "./live.ts";
export { type LocalEngineOptions, openLocalEngine } from "./local_engine.ts";
export { type AreaFraction, areaFractions, objectSizes } from "./object_sizes.ts";
export { type PlanePicture, planePicture } from "./plane_picture.ts";
export { type SegmentationSources, segmentLive } from "./segmentation.ts";
export { mostUncertainRegion, type UncertainRegion } from "./uncertain_region.ts";
export { observe, Value, type ValueSource } from "./value_source.ts";
