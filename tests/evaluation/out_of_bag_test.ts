import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { outOfBag } from "../../src/evaluation/out_of_bag.ts";
import { bootstrapCounts } from "../../src/forest/bootstrap.ts";
import { trainForest } from "../../src/forest/train.ts";
import { randomCases } from "../forest/random_cases.ts";
import { throwsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";
import { askPython, pythonTest } from "./python.ts";

await pythonTest("40 forests judge themselves as scikit-learn's do", "sklearn", async () => {
  const cases = randomCases(40, 20261122);
  const questions = cases.map(({ samples, ...rest }) => ({
    ...rest,
    bits: [...new Uint32Array(samples.buffer)],
  }));
  const script = fileURLToPath(new URL("./sklearn_out_of_bag.py", import.meta.url));
  const answers = await askPython<{ score: number; decision: number[] }[]>([script], questions);
  assert.ok(answers, "scikit-learn did not answer");
  let numComplete = 0;
  for (const [i, { samples, classes, ...options }] of cases.entries()) {
    const forest = await trainForest(samples, classes, options);
    const found = outOfBag(forest, { values: samples, classes: Uint8Array.from(classes) });
    assert.deepEqual([...found.probabilities], answers[i].decision, `case ${i}`);
    // scikit-learn takes a sample that nobody judged for one of the first class.
    const numLucky = classes.filter((number, row) =>
      found.predicted[row] === 0 && number === forest.classes[0]
    ).length;
    const numRight = found.accuracy * found.confusion.total || 0;
    const score = (numRight + numLucky) / classes.length;
    assert.ok(Math.abs(score - answers[i].score) < 1e-12, `case ${i}`);
    if (found.numUnjudged === 0) numComplete++;
  }
  assert.ok(numComplete > 5 && numComplete < 40, "some forests are too small to judge all samples");
});

Deno.test("a tree judges exactly the samples that its bootstrap did not draw", async () => {
  const values = Float32Array.from({ length: 20 }, (_, i) => i);
  const classes = Uint8Array.from({ length: 20 }, (_, i) => i < 10 ? 3 : 7);
  const forest = await trainForest(values, classes, {
    numFeatures: 1,
    numTrees: 1,
    randomState: 5,
  });
  const [drawn] = bootstrapCounts(20, 1, 5);
  assert.equal(drawn.reduce((a, b) => a + b), 20, "as many draws as samples");
  const { predicted, numUnjudged, confusion } = outOfBag(forest, { values, classes });
  predicted.forEach((number, row) => assert.equal(number === 0, drawn[row] > 0));
  assert.equal(numUnjudged, [...drawn].filter((count) => count > 0).length);
  assert.equal(confusion.total, 20 - numUnjudged);
  assert.deepEqual(confusion.classes, [3, 7]);
});

Deno.test("classes that nothing tells apart are found by chance only", async () => {
  const random = randomNumbers(4);
  const values = Float32Array.from({ length: 2000 }, random);
  const classes = Uint8Array.from({ length: 1000 }, () => random() < 0.5 ? 1 : 2);
  const forest = await trainForest(values, classes, { numFeatures: 2, maxDepth: 12 });
  const { accuracy } = outOfBag(forest, { values, classes });
  assert.ok(Math.abs(accuracy - 0.5) < 0.06, `${accuracy}`);
});

Deno.test("forests that vote by counts judge by counts", async () => {
  const values = Float32Array.of(0, 0, 0, 0, 1, 1, 1, 1, 1, 1);
  const classes = Uint8Array.of(1, 1, 1, 2, 2, 2, 2, 2, 2, 1);
  const forest = await trainForest(values, classes, { numFeatures: 1, votes: "count" });
  const { probabilities } = outOfBag(forest, { values, classes });
  for (let row = 0; row < 10; row++) {
    const sum = probabilities[2 * row] + probabilities[2 * row + 1];
    assert.ok(Math.abs(sum - 1) < 1e-12);
    // Counts of class 1 and 2 in the bags of the trees that judge this row, leaf by leaf.
    let [ones, twos, tree] = [0, 0, 0];
    for (const drawn of bootstrapCounts(10, 100, 0)) {
      const { feature, left, right, counts } = forest.trees[tree++];
      if (drawn[row] > 0) continue;
      const leaf = feature[0] < 0 ? 0 : values[row] === 0 ? left[0] : right[0];
      ones += counts[2 * leaf];
      twos += counts[2 * leaf + 1];
    }
    assert.ok(Math.abs(probabilities[2 * row] - ones / (ones + twos)) < 1e-12, `row ${row}`);
  }
});

Deno.test("only a forest's own training samples are accepted", async () => {
  const values = Float32Array.of(1, 2, 3, 11, 12, 13);
  const classes = Uint8Array.of(1, 1, 1, 2, 2, 2);
  const forest = await trainForest(values, classes, { numFeatures: 1 });
  const judge = (change: object) => () => outOfBag(forest, { values, classes, ...change });
  throwsDaub("options", /trained on but found others/, judge({ classes: classes.toReversed() }));
  throwsDaub("options", /found others/, judge({ classes: Uint8Array.of(1, 1, 1, 2, 2, 3) }));
  throwsDaub("options", /found others/, judge({ values: new Float32Array(5) }));
  throwsDaub("options", /found others/, judge({ values: new Float32Array(0), classes: [] }));
  throwsDaub(
    "classifier",
    /read from a file.* Train again/,
    () => outOfBag({ ...forest, randomState: undefined }, { values, classes }),
  );
});
