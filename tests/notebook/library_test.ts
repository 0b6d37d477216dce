import assert from "node:assert/strict";
import * as library from "../../src/notebook/library.ts";

Deno.test("the names that cells use stay", () => {
  assert.deepEqual(Object.keys(library).sort(), [
    "Annotation",
    "AnnotationSnapshot",
    "AnnotationSource",
    "Pump",
    "Value",
    "applyToAll",
    "areaFractions",
    "confusionFigure",
    "correlationFigure",
    "crossValidationFigure",
    "defaultEngineOptions",
    "define",
    "evaluationFigure",
    "generateCode",
    "importanceTable",
    "importancesFigure",
    "live",
    "mostUncertainRegion",
    "objectSizes",
    "observe",
    "openLocalEngine",
    "planePicture",
    "segmentLive",
    "sizeHistogram",
    "sizesFigure",
    "statisticsFigure",
    "statisticsTable",
    "suggestionFigure",
  ]);
});

Deno.test("an image is segmented from strokes in a few words, without a page", async () => {
  const size = { width: 30, height: 20, depth: 1 };
  const data = Float32Array.from({ length: 600 }, (_, i) => i % 30 % 10 < 4 ? 9 : 1);
  await using engine = await library.openLocalEngine({ data, ...size }, { backend: "cpu" });
  const annotation = new library.Annotation(size);
  const source = new library.AnnotationSource(annotation);
  const options = { ...library.defaultEngineOptions(size), features: "original", numTrees: 5 };
  const results = library.segmentLive(engine, { annotation: source, options });
  annotation.apply({ kind: "stroke", points: [13, 1, 17, 1], size: 1, value: 1 });
  annotation.apply({ kind: "stroke", points: [1, 1, 5, 1], size: 1, value: 2 });
  const { value } = await results.next();
  assert.equal(value!.labels.count, 3);
  assert.equal(value!.revision, 2);
  await results.return();
});
