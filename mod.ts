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

export type { Backend, BackendChoice, Labels, Region, Tile } from "./src/backend.ts";
export { openBackend, type OpenBackendOptions } from "./src/backends/open_backend.ts";
export { ForestClassifier } from "./src/classifiers/forest_classifier.ts";
export type {
  ForestOptions,
  Model,
  RunOptions,
  StageListener,
  TrainingPair,
  TrainOptions,
} from "./src/classifiers/model.ts";
export {
  ObjectSegmenter,
  type ObjectSegmenterOptions,
  type SegmentOptions,
} from "./src/classifiers/object_segmenter.ts";
export { PixelClassifier } from "./src/classifiers/pixel_classifier.ts";
export {
  ProbabilityMapper,
  type ProbabilityMapperOptions,
} from "./src/classifiers/probability_mapper.ts";
export { DaubError, type ErrorDetails, type ErrorTag } from "./src/errors.ts";
