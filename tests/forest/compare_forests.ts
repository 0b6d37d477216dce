import assert from "node:assert/strict";
import type { Forest } from "../../src/forest/forest.ts";
import { predictProbabilities } from "../../src/forest/probabilities.ts";

/** A scikit-learn forest as the reference data hold it. */
export interface ReferenceForest {
  readonly max_depth: number;
  readonly num_trees: number;
  readonly random_state: number;
  readonly classes: number[];
  readonly trees: {
    readonly feature: number[];
    readonly threshold: number[];
    readonly left: number[];
    readonly right: number[];
    readonly counts: number[][];
  }[];
  readonly feature_importances: (number | null)[];
  readonly predict_proba: number[][];
}

/** Asserts that two forests are the same node for node, and give the same probabilities. */
export function equalForests(
  forest: Forest,
  expected: ReferenceForest,
  samples: Float32Array,
  name: string,
): void {
  assert.deepEqual(forest.classes, expected.classes, name);
  assert.equal(forest.trees.length, expected.trees.length, name);
  forest.trees.forEach((tree, i) => {
    const other = expected.trees[i];
    const where = `${name}, tree ${i}`;
    assert.deepEqual([...tree.feature], other.feature, where);
    assert.deepEqual([...tree.threshold], other.threshold, where);
    assert.deepEqual([...tree.left], other.left, where);
    assert.deepEqual([...tree.right], other.right, where);
    assert.deepEqual([...tree.counts], other.counts.flat(), where);
  });
  closeTo(forest.featureImportances, expected.feature_importances, `${name}, importances`);
  const probabilities = predictProbabilities(forest, samples, forest.numFeatures);
  closeTo(probabilities, expected.predict_proba.flat(), `${name}, probabilities`);
}

function closeTo(values: Float64Array, expected: readonly (number | null)[], name: string): void {
  assert.equal(values.length, expected.length, name);
  values.forEach((value, i) => {
    // scikit-learn divides 0 by 0 where no split decreases the impurity.
    const wanted = expected[i] ?? 0;
    assert.ok(Math.abs(value - wanted) <= 1e-12, `${name}: ${value} at ${i} instead of ${wanted}`);
  });
}
