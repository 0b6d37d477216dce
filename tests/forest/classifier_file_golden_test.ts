import assert from "node:assert/strict";
import { DaubError } from "../../src/errors.ts";
import { formatClassifierFile, parseClassifierFile } from "../../src/forest/classifier_file/mod.ts";
import type { Forest } from "../../src/forest/forest.ts";
import { goldenJson, goldenPath, goldenTest } from "../support/golden.ts";
import { sumVotes, withoutVersion } from "./classifier_file_examples.ts";

const SEGMENTERS = ["blobs_3class", "blobs_default", "blobs_medium_quick", "blobs_size_1_to_5"];
const FILES = [
  ...SEGMENTERS.map((name) => `golden/${name}/classifier.cl`),
  ...[
    "object_classifier_all",
    "object_classifier_shape",
    "object_merger_all",
    "object_merger_touch",
    "object_selector",
    "table_row_classifier",
  ].map((name) => `golden/objects/${name}.cl`),
];

interface SegmenterCase {
  features: string;
  max_depth: number;
  num_trees: number;
  positive_class: number;
  classes: number;
  feature_importances: number[];
}

interface ForestCase {
  X: number[][];
  classes: number[];
  max_depth: number;
  random_state: number;
  trees: {
    feature: number[];
    threshold: number[];
    left: number[];
    right: number[];
    counts: number[][];
  }[];
  feature_importances: number[];
  predict_proba: number[][];
}

goldenTest("every reference file is written as it was read, but for the version line", () => {
  for (const path of FILES) {
    const text = read(path);
    const written = formatClassifierFile(parseClassifierFile(text, path));
    assert.equal(withoutVersion(written), withoutVersion(text), path);
    assert.equal(formatClassifierFile(parseClassifierFile(written)), written, path);
  }
});

goldenTest("the reference files say what they were trained with", () => {
  for (const name of SEGMENTERS) {
    const expected = goldenJson<SegmenterCase>(`golden/${name}/case.json`);
    const file = parseClassifierFile(read(`golden/${name}/classifier.cl`));
    const { forest } = file;
    assert.equal(file.className, "ObjectSegmenter");
    assert.equal(file.featureSpecification, expected.features);
    assert.equal(file.groundTruthDimensions, 2);
    assert.equal(file.positiveClass, expected.positive_class);
    assert.equal(forest.maxDepth, expected.max_depth);
    assert.equal(forest.trees.length, expected.num_trees);
    assert.equal(forest.classes.length, expected.classes);
    assert.deepEqual([...forest.featureImportances], expected.feature_importances);
    assert.equal(forest.votes, "count");
    assert.equal(forest.comparison, "below");
  }
});

goldenTest("every tree of a reference file holds the same number of training samples", () => {
  for (const path of FILES) {
    const { forest } = parseClassifierFile(read(path));
    const totals = forest.trees.map(({ counts }) =>
      counts.subarray(0, forest.classes.length).reduce((sum, count) => sum + count, 0)
    );
    assert.ok(totals[0] > 0);
    assert.deepEqual(new Set(totals), new Set([totals[0]]), path);
  }
});

goldenTest("a reference file cut anywhere is refused in one sentence", () => {
  for (const path of FILES) {
    const text = read(path);
    for (let length = 0; length < text.length - 1; length += 97) {
      assert.throws(
        () => parseClassifierFile(text.slice(0, length), "cut.cl"),
        (error) =>
          error instanceof DaubError && error.tag === "classifier" &&
          error.message.includes("cut.cl"),
        `${path} cut at ${length}`,
      );
    }
  }
});

goldenTest("scikit-learn's forests predict the same after they were saved", () => {
  for (const name of ["constant", "deep", "one_feature", "plain", "ties", "tiny"]) {
    const expected = goldenJson<ForestCase>(`golden/forests/${name}.json`);
    for (const votes of ["fraction", "count"] as const) {
      const forest = forestOf(expected, votes);
      const { forest: back } = parseClassifierFile(formatClassifierFile({
        className: "PixelClassifier",
        featureSpecification: "original",
        groundTruthDimensions: 2,
        forest,
      }));
      assert.equal(back.votes, votes);
      assert.equal(back.randomState, expected.random_state);
      assert.deepEqual(back.featureImportances, forest.featureImportances);
      for (const [i, tree] of forest.trees.entries()) {
        assert.deepEqual(back.trees[i].feature, tree.feature);
        assert.deepEqual(back.trees[i].left, tree.left);
        assert.deepEqual(back.trees[i].right, tree.right);
        if (votes === "count") assert.deepEqual(back.trees[i].counts, tree.counts);
      }
      if (votes === "count") continue;
      for (const [row, sample] of expected.X.entries()) {
        const probabilities = sumVotes(back, Float32Array.from(sample));
        for (const [k, probability] of expected.predict_proba[row].entries()) {
          assert.ok(Math.abs(probabilities[k] / back.trees.length - probability) < 1e-12);
        }
      }
    }
  }
});

function read(path: string): string {
  return Deno.readTextFileSync(goldenPath(path));
}

function forestOf(expected: ForestCase, votes: Forest["votes"]): Forest {
  return {
    classes: expected.classes,
    numFeatures: expected.feature_importances.length,
    maxDepth: expected.max_depth,
    randomState: expected.random_state,
    votes,
    comparison: votes === "count" ? "below" : "at_most",
    trees: expected.trees.map((tree) => ({
      feature: Int32Array.from(tree.feature),
      threshold: Float64Array.from(tree.threshold),
      left: Int32Array.from(tree.left),
      right: Int32Array.from(tree.right),
      counts: Float64Array.from(tree.counts.flat()),
    })),
    featureImportances: Float64Array.from(expected.feature_importances),
  };
}
