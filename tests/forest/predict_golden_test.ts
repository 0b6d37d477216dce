import assert from "node:assert/strict";
import { parseClassifierFile } from "../../src/forest/classifier_file/mod.ts";
import type { Votes } from "../../src/forest/forest.ts";
import { trainForest } from "../../src/forest/train.ts";
import { goldenJson, goldenPath, hasGolden } from "../support/golden.ts";
import { goldenPlanes } from "./golden_planes.ts";
import { EVERYTHING, twinTest } from "./twins.ts";

const NAMES = ["blobs_default", "blobs_medium_quick", "blobs_3class", "blobs_size_1_to_5"];

interface Case {
  readonly annotation: string;
  readonly max_depth: number;
  readonly num_trees: number;
  readonly random_state: number;
  readonly feature_importances: number[];
}

/** Trains on the reference features under the strokes. */
async function trainOn(planes: readonly Float32Array[], facts: Case, votes: Votes) {
  const [annotation] = await goldenPlanes(facts.annotation);
  const painted = [...annotation.keys()].filter((pixel) => annotation[pixel] > 0);
  const samples = Float32Array.from(
    painted.flatMap((pixel) => planes.map((plane) => plane[pixel])),
  );
  return await trainForest(samples, painted.map((pixel) => annotation[pixel]), {
    numFeatures: planes.length,
    maxDepth: facts.max_depth,
    numTrees: facts.num_trees,
    randomState: facts.random_state,
    votes,
  });
}

function farthest(planes: readonly Float32Array[], expected: readonly Float32Array[]): number {
  assert.equal(planes.length, expected.length);
  return planes.reduce((most, plane, k) => {
    assert.equal(plane.length, expected[k].length);
    return plane.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[k][i])), most);
  }, 0);
}

for (const name of NAMES) {
  const options = { ignore: !hasGolden };
  const note = hasGolden ? "" : " (skipped: DAUB_GOLDEN is not set)";
  const read = (file: string) => goldenPlanes(`golden/${name}/${file}`);

  twinTest(`${name}: count votes give APOC's classes and probabilities${note}`, async (predict) => {
    const planes = await read("features.tif");
    const text = Deno.readTextFileSync(goldenPath(`golden/${name}/classifier.cl`));
    const facts = goldenJson<Case>(`golden/${name}/case.json`);
    const trained = await trainOn(planes, facts, "count");
    assert.ok(
      trained.featureImportances.every((value, i) =>
        Math.abs(value - facts.feature_importances[i]) <= 1e-12
      ),
    );
    const [classes] = await read("classes.tif");
    for (const forest of [parseClassifierFile(text).forest, trained]) {
      const prediction = await predict(planes, forest, EVERYTHING);
      assert.deepEqual(prediction.classes, Uint8Array.from(classes));
      const distance = farthest(prediction.probabilities!, await read("probability.tif"));
      assert.ok(distance <= 1e-6, `${distance}`);
    }
  }, options);

  twinTest(`${name}: fraction votes give scikit-learn's probabilities${note}`, async (predict) => {
    const planes = await read("features.tif");
    const forest = await trainOn(planes, goldenJson<Case>(`golden/${name}/case.json`), "fraction");
    const prediction = await predict(planes, forest, EVERYTHING);
    const expected = await read("predict_proba.tif");
    const distance = farthest(prediction.probabilities!, expected);
    assert.ok(distance <= 1e-6, `${distance}`);
    prediction.classes!.forEach((found, pixel) => {
      const shares = expected.map((plane) => plane[pixel]).toSorted((a, b) => b - a);
      assert.ok(expected[forest.classes.indexOf(found)][pixel] >= shares[0], `pixel ${pixel}`);
      const uncertainty = 1 - (shares[0] - shares[1]);
      assert.ok(Math.abs(prediction.uncertainty![pixel] - uncertainty) <= 1e-6, `pixel ${pixel}`);
    });
  }, options);
}
