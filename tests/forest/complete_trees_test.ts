import assert from "node:assert/strict";
import { flattenForest } from "../../src/forest/flat_forest.ts";
import type { Forest } from "../../src/forest/forest.ts";
import { packTrees } from "../../src/forest/pack_trees_cpu.ts";
import { predictPlanes } from "../../src/forest/predict_cpu.ts";
import { predictPlanesPlainly } from "../../src/forest/predict_plain.ts";
import { trainForest } from "../../src/forest/train.ts";
import { samePixels } from "../support/same_pixels.ts";
import { randomNumbers } from "./random_cases.ts";
import { EVERYTHING } from "./twins.ts";

interface Case {
  readonly numFeatures: number;
  readonly numClasses: number;
  readonly maxDepth: number;
  readonly numTrees: number;
  readonly votes?: "fraction" | "count";
}

/** A forest that finds nothing but noise, so that its thresholds are many. */
async function grow({ numFeatures, numClasses, maxDepth, numTrees, votes }: Case): Promise<Forest> {
  const random = randomNumbers(31 * maxDepth + numTrees);
  const samples = Float32Array.from({ length: 400 * numFeatures }, () => random() * 8 - 4);
  const classes = Array.from({ length: 400 }, () => 1 + Math.floor(random() * numClasses));
  return await trainForest(samples, classes, { numFeatures, maxDepth, numTrees, votes });
}

/** Values of every kind: on thresholds, beside them, and none at all. */
function planesFor(forest: Forest, length: number): Float32Array[] {
  const random = randomNumbers(length);
  return Array.from({ length: forest.numFeatures }, (_, f) => {
    const thresholds = forest.trees.flatMap(({ feature, threshold }) =>
      [...threshold].filter((_, node) => feature[node] === f)
    );
    return Float32Array.from({ length }, (_, i) => {
      if (i % 61 === 0) return [NaN, Infinity, -Infinity, 0, -0][i % 5];
      const near = thresholds[Math.floor(random() * thresholds.length)];
      return random() < 0.5 && near !== undefined ? near : random() * 10 - 5;
    });
  });
}

async function agrees(options: Case): Promise<{ forest: Forest; numGroups: number }> {
  const forest = await grow(options);
  const packed = packTrees(flattenForest(forest), 1000);
  assert.ok(!packed.tables, "forests of so many leaves are not made into tables");
  const planes = planesFor(forest, 1000);
  const found = predictPlanes(planes, forest, EVERYTHING);
  const expected = await predictPlanesPlainly(planes, forest, EVERYTHING);
  samePixels(found.classes!, expected.classes!);
  samePixels(found.uncertainty!, expected.uncertainty!);
  found.probabilities!.forEach((plane, k) => samePixels(plane, expected.probabilities![k]));
  // Where only classes are asked for, pixels that are decided see no more trees.
  samePixels(predictPlanes(planes, forest, { classes: true }).classes!, expected.classes!);
  return { forest, numGroups: packed.complete.words[0] };
}

for (const maxDepth of [2, 3, 4, 5, 7]) {
  Deno.test(`complete trees of up to five levels vote as trees of depth ${maxDepth} do`, async () => {
    const numTrees = 1 + Math.ceil(12000 / 2 ** maxDepth);
    for (const numClasses of [2, 3, 6]) {
      await agrees({ numFeatures: 5, numClasses, maxDepth, numTrees });
      await agrees({ numFeatures: 5, numClasses, maxDepth, numTrees, votes: "count" });
    }
  });
}

for (const votes of ["fraction", "count"] as const) {
  Deno.test(`classes that ${votes}s decide early are those that all trees give`, async () => {
    const random = randomNumbers(5);
    for (const numClasses of [2, 3]) {
      const samples = Float32Array.from({ length: 3 * 600 }, () => random() * 8 - 4);
      // The first feature decides, but for a tenth of the samples.
      const classes = Array.from({ length: 600 }, (_, row) => {
        const value = random() < 0.1 ? random() : (samples[3 * row] + 4) / 8;
        return 1 + Math.min(numClasses - 1, Math.floor(value * numClasses));
      });
      const options = { numFeatures: 3, maxDepth: 12, numTrees: 120, votes };
      const forest = await trainForest(samples, classes, options);
      assert.ok(!packTrees(flattenForest(forest), 3001).tables);
      const planes = planesFor(forest, 3001);
      const expected = await predictPlanesPlainly(planes, forest, EVERYTHING);
      samePixels(predictPlanes(planes, forest, { classes: true }).classes!, expected.classes!);
    }
  });
}

Deno.test("a feature with more than 255 thresholds divides the trees into groups", async () => {
  const { numGroups } = await agrees({ numFeatures: 2, numClasses: 2, maxDepth: 5, numTrees: 400 });
  assert.ok(numGroups > 1);
});

Deno.test("more than 256 trees are divided into groups", async () => {
  const { numGroups } = await agrees({
    numFeatures: 9,
    numClasses: 2,
    maxDepth: 1,
    numTrees: 2100,
  });
  assert.equal(numGroups, 9);
});

Deno.test("trees whose counts do not add up in any order are added in theirs", async () => {
  const forest = await grow({
    numFeatures: 3,
    numClasses: 2,
    maxDepth: 2,
    numTrees: 30,
    votes: "count",
  });
  const trees = forest.trees.map((tree) => ({ ...tree, counts: tree.counts.map((c) => c / 3) }));
  const uneven = { ...forest, trees };
  const planes = planesFor(uneven, 500);
  const expected = await predictPlanesPlainly(planes, uneven, EVERYTHING);
  const found = predictPlanes(planes, uneven, { classes: true, uncertainty: true });
  samePixels(found.classes!, expected.classes!);
  samePixels(found.uncertainty!, expected.uncertainty!);
});
