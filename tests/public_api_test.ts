import assert from "node:assert/strict";
import * as daub from "../mod.ts";

Deno.test("the public names are exactly these", () => {
  assert.deepEqual(Object.keys(daub).sort(), [
    "Classifier",
    "DaubError",
    "ForestClassifier",
    "ObjectSegmenter",
    "PixelClassifier",
    "ProbabilityMapper",
    "TableClassifier",
    "TableRowClassifier",
    "computeFeatures",
    "countClasses",
    "describePlan",
    "drawOverlay",
    "encodePng",
    "encodeTiff",
    "forestStatistics",
    "formatClassifierFile",
    "labelComponents",
    "openBackend",
    "parseClassifierFile",
    "parseFeatures",
    "planFeatures",
    "predefinedFeatureSets",
    "predictClasses",
    "predictProbabilities",
    "readAnnotation",
    "readImage",
    "readImageInfo",
    "resolveFeatures",
    "segmentImage",
    "trainForest",
    "warmUp",
    "writeImage",
  ]);
});
