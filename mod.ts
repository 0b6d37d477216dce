/**
 * Daub: paint a few strokes, get the objects.
 *
 * Pixel classification and object segmentation by a random forest on a feature stack, on WebGPU or
 * on the CPU. Classifier files are APOC's: either side opens the other's.
 *
 * @example Train on strokes, segment, look at the result
 * ```ts
 * import { ObjectSegmenter, readImage } from "./mod.ts";
 * import assert from "node:assert/strict";
 *
 * const image = await readImage(new URL("./samples/blobs.tif", import.meta.url));
 * const annotation = await readImage(new URL("./samples/blobs_annotation.tif", import.meta.url));
 * const segmenter = await ObjectSegmenter.train({ image, annotation });
 * const labels = await segmenter.predict(image);
 * assert.ok(labels.count > 30);
 * ```
 *
 * @module
 */

export type {
  Backend,
  BackendChoice,
  LabelledPrediction,
  Labels,
  ObjectRequest,
  Region,
  Tile,
} from "./src/backend.ts";
export { openBackend, type OpenBackendOptions } from "./src/backends/open_backend.ts";
export { Classifier, type ClassifierKind, type FileExtras } from "./src/classifiers/classifier.ts";
export { ForestClassifier } from "./src/classifiers/forest_classifier.ts";
export type {
  ForestOptions,
  Model,
  RunOptions,
  StageListener,
  TrainingPair,
  TrainingPairs,
  TrainManyOptions,
  TrainOptions,
} from "./src/classifiers/model.ts";
export {
  ObjectSegmenter,
  type ObjectSegmenterOptions,
  type PositiveClassOptions,
  type SegmentOptions,
} from "./src/classifiers/object_segmenter.ts";
export { PixelClassifier } from "./src/classifiers/pixel_classifier.ts";
export {
  type MappedClassOptions,
  ProbabilityMapper,
  type ProbabilityMapperOptions,
} from "./src/classifiers/probability_mapper.ts";
export { ObjectClassifier } from "./src/classifiers/object_classifier.ts";
export type { ObjectInput } from "./src/classifiers/object_measurements.ts";
export { ObjectMerger } from "./src/classifiers/object_merger.ts";
export type {
  ClassifyObjectsOptions,
  ManyObjectTrainingImages,
  ObjectClasses,
  ObjectTrainingImages,
  ObjectTrainingPair,
  TrainManyObjectsOptions,
  TrainObjectsOptions,
} from "./src/classifiers/object_model.ts";
export { ObjectSelector, type TrainSelectorOptions } from "./src/classifiers/object_selector.ts";
export { ObjectTableClassifier } from "./src/classifiers/object_table_classifier.ts";
export type {
  MergeOptions,
  MergeTrainingPair,
  PairClasses,
  TouchIntensityOptions,
  TrainManyPairsOptions,
  TrainMergerOptions,
} from "./src/classifiers/pair_model.ts";
export { TableClassifier } from "./src/classifiers/table_classifier.ts";
export type { TableColumns, TableInput } from "./src/classifiers/table_rows.ts";
export {
  TableRowClassifier,
  type TableTrainingPair,
  type TrainTableOptions,
} from "./src/classifiers/table_row_classifier.ts";
export { DaubError, type ErrorDetails, type ErrorTag } from "./src/errors.ts";
export {
  type ClassScores,
  type ConfusionMatrix,
  confusionMatrix,
} from "./src/evaluation/confusion.ts";
export { correlate, type CorrelationMatrix, sampleColumns } from "./src/evaluation/correlation.ts";
export {
  crossValidate,
  type CrossValidation,
  type CrossValidationOptions,
  type FoldScore,
  type GroupedSamples,
} from "./src/evaluation/cross_validation.ts";
export {
  evaluate,
  type EvaluateOptions,
  type Evaluation,
  type ObjectMatch,
  type ThresholdScores,
} from "./src/evaluation/evaluate.ts";
export { evaluateClasses } from "./src/evaluation/evaluate_classes.ts";
export { type OutOfBag, outOfBag } from "./src/evaluation/out_of_bag.ts";
export { sampleUnpainted, type SampleUnpaintedOptions } from "./src/evaluation/sample_unpainted.ts";
export type { SuggestionCriterion } from "./src/evaluation/score_features.ts";
export { numberStrokes } from "./src/evaluation/strokes.ts";
export {
  type FeatureSuggestion,
  suggestFeatures,
  type SuggestFeaturesOptions,
  type SuggestionPoint,
} from "./src/evaluation/suggest_features.ts";
export { describePlan } from "./src/features/describe_plan.ts";
export { planFeatures, type PlanOptions } from "./src/features/plan.ts";
export type {
  FeaturePlan,
  Operation,
  PlannedFeature,
  StencilName,
  Step,
  Vec3,
  WindowStatistic,
} from "./src/features/plan_types.ts";
export {
  type FeatureSetName,
  predefinedFeatureSets,
  resolveFeatures,
} from "./src/features/presets.ts";
export {
  type FeatureEntry,
  type FeatureSpecification,
  parseFeatures,
} from "./src/features/specification.ts";
export { computeFeatures, type ComputeFeaturesOptions } from "./src/flow/compute_features.ts";
export type { FeatureStack, StackOptions } from "./src/flow/features.ts";
export { labelComponents, type LabelOptions } from "./src/flow/label.ts";
export { measure, type MeasureOptions } from "./src/flow/measure.ts";
export { SampleMemory } from "./src/flow/sample_memory.ts";
export type { Samples } from "./src/flow/samples.ts";
export type { FlowOptions, ProgressListener } from "./src/flow/source.ts";
export { warmUp } from "./src/flow/warm_up.ts";
export {
  type ClassifierFile,
  formatClassifierFile,
  parseClassifierFile,
} from "./src/forest/classifier_file/mod.ts";
export type {
  Comparison,
  Forest,
  Prediction,
  PredictionControl,
  PredictionRequest,
  Tree,
  Votes,
} from "./src/forest/forest.ts";
export { predictClasses, predictProbabilities } from "./src/forest/probabilities.ts";
export {
  type FeatureStatistics,
  type ForestStatistics,
  forestStatistics,
} from "./src/forest/statistics.ts";
export { trainForest, type TrainingOptions } from "./src/forest/train.ts";
export { countClasses, readAnnotation } from "./src/image/annotation.ts";
export type { Source, WriteFileOptions } from "./src/image/file.ts";
export { type FolderImages, readImageFolders } from "./src/image/folders.ts";
export type { Image, PackedPixels, PixelArray, Size, VoxelSize } from "./src/image/image.ts";
export type { ImageInfo } from "./src/image/image_file.ts";
export type { SampleTypeName } from "./src/image/sample_type.ts";
export {
  type OpenImageOptions,
  readImage,
  readImageInfo,
  type ReadImageOptions,
} from "./src/image/read.ts";
export { encodePng, type Picture } from "./src/image/png.ts";
export { encodeTiff, type EncodeTiffOptions } from "./src/image/tiff_writer.ts";
export { writeImage, type WriteImageOptions } from "./src/image/write.ts";
export { expandLabels } from "./src/labeling/expand.ts";
export type { Connectivity, LabelImage } from "./src/labeling/labels.ts";
export { outlineObjects } from "./src/labeling/outlines.ts";
export { type ObjectPolygons, tracePolygons } from "./src/labeling/polygons.ts";
export { relabel, type RelabelledImage } from "./src/labeling/relabel.ts";
export {
  removeEdgeObjects,
  removeLargeObjects,
  removeSmallObjects,
} from "./src/labeling/remove_objects.ts";
export type { Ring } from "./src/labeling/trace_ring.ts";
export { formatCsv } from "./src/measurement/csv.ts";
export { formatGeoJson, type GeoJsonOptions } from "./src/measurement/geojson.ts";
export type { LabelRuns } from "./src/measurement/label_runs.ts";
export { encodeParquet } from "./src/measurement/parquet.ts";
export type { PropertySet } from "./src/measurement/properties.ts";
export type {
  ChannelSums,
  DistanceSums,
  NumberArray,
  PerAxis,
  RegionSums,
  SumRequest,
} from "./src/measurement/region_sums.ts";
export type { Column, Table } from "./src/measurement/table.ts";
export { drawOverlay, type OverlayOptions } from "./src/overlay/overlay.ts";
export { type Segmentation, segmentImage, type SegmentImageOptions } from "./src/segment.ts";
