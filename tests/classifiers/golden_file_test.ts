import assert from "node:assert/strict";
import { formatClassifierFile } from "../../src/forest/classifier_file/mod.ts";
import { predictClasses, predictProbabilities } from "../../src/forest/probabilities.ts";
import { trainForest } from "../../src/forest/train.ts";
import { readAnnotation } from "../../src/image/annotation.ts";
import { readImage } from "../../src/image/read.ts";
import { goldenJson, goldenPath, goldenTest } from "../support/golden.ts";

const CASES = ["blobs_default", "blobs_medium_quick", "blobs_3class", "blobs_size_1_to_5"];

interface Case {
  annotation: string;
  features: string;
  max_depth: number;
  num_trees: number;
  positive_class: number;
  feature_importances: number[];
}

/** APOC's feature planes as a list, whatever axis the file calls them. */
async function readPlanes(path: string): Promise<Float32Array[]> {
  return (await readImage(path)).flatMap(({ data, width, height, depth }) =>
    Array.from(
      { length: depth },
      (_, z) => (data as Float32Array).subarray(z * width * height, (z + 1) * width * height),
    )
  );
}

function withoutVersion(text: string): string {
  return text.replace(/^apoc_version = .*$/m, "apoc_version = ");
}

for (const name of CASES) {
  goldenTest(
    `${name}: trained on APOC's features, the file equals APOC's but for the version line`,
    async () => {
      const facts = goldenJson<Case>(`golden/${name}/case.json`);
      const planes = await readPlanes(goldenPath(`golden/${name}/features.tif`));
      const [annotation] = await readImage(goldenPath(facts.annotation));
      const labels = readAnnotation(annotation);
      const pixels = [...labels.keys()].filter((pixel) => labels[pixel] > 0);
      const samples = Float32Array.from(pixels.flatMap((pixel) => planes.map((p) => p[pixel])));
      const classes = pixels.map((pixel) => labels[pixel]);
      const options = {
        numFeatures: planes.length,
        maxDepth: facts.max_depth,
        numTrees: facts.num_trees,
      };

      const counting = await trainForest(samples, classes, { ...options, votes: "count" });
      const text = formatClassifierFile({
        className: "ObjectSegmenter",
        featureSpecification: facts.features,
        groundTruthDimensions: 2,
        positiveClass: facts.positive_class,
        forest: counting,
      });
      const expected = await Deno.readTextFile(goldenPath(`golden/${name}/classifier.cl`));
      assert.equal(withoutVersion(text), withoutVersion(expected));
      counting.featureImportances.forEach((value, i) =>
        assert.ok(Math.abs(value - facts.feature_importances[i]) < 1e-12)
      );

      const forest = await trainForest(samples, classes, options);
      const everyPixel = new Float32Array(labels.length * planes.length);
      for (let i = 0; i < everyPixel.length; i++) {
        everyPixel[i] = planes[i % planes.length][Math.floor(i / planes.length)];
      }
      const probabilities = predictProbabilities(forest, everyPixel);
      const reference = await readPlanes(goldenPath(`golden/${name}/predict_proba.tif`));
      const numClasses = forest.classes.length;
      assert.equal(reference.length, numClasses);
      let worst = 0;
      probabilities.forEach((value, i) => {
        const other = reference[i % numClasses][Math.floor(i / numClasses)];
        worst = Math.max(worst, Math.abs(value - other));
      });
      assert.ok(worst < 1e-6, `probabilities differ by ${worst}`);
      assert.equal(predictClasses(forest, everyPixel).length, labels.length);
    },
  );
}
