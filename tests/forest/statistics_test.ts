import assert from "node:assert/strict";
import { parseClassifierFile } from "../../src/forest/classifier_file/mod.ts";
import { forestStatistics } from "../../src/forest/statistics.ts";
import { throwsDaub } from "../support/errors.ts";
import { goldenPath, goldenTest } from "../support/golden.ts";
import { ask, forestOf } from "./hand_made.ts";

const LEAF = [1, 1];

Deno.test("decisions are counted by feature and depth", () => {
  const forest = forestOf([
    ask(0, 1, ask(2, 1, LEAF, LEAF), ask(0, 1, LEAF, ask(2, 1, LEAF, LEAF))),
    ask(2, 1, LEAF, LEAF),
    LEAF,
    ask(0, 1, ask(2, 2, LEAF, LEAF), LEAF),
  ], { numFeatures: 3 });
  assert.deepEqual(forestStatistics(forest, ["blur", "sobel", "edge"]), [
    { name: "blur", counts: [2, 1, 0], shares: [2 / 3, 1 / 3, 0] },
    { name: "sobel", counts: [0, 0, 0], shares: [0, 0, 0] },
    { name: "edge", counts: [1, 2, 1], shares: [1 / 3, 2 / 3, 1] },
  ]);
});

Deno.test("features without names have their positions, and a forest may decide nothing", () => {
  assert.deepEqual(forestStatistics(forestOf([LEAF], { numFeatures: 2 })), [
    { name: "0", counts: [0], shares: [0] },
    { name: "1", counts: [0], shares: [0] },
  ]);
});

Deno.test("as many names as features are expected", () => {
  throwsDaub(
    "features",
    /2 feature names.* found 1/,
    () => forestStatistics(forestOf([LEAF], { numFeatures: 2 }), ["only"]),
  );
});

goldenTest("features below 10 are counted as in the text of a classifier file", () => {
  for (const name of ["blobs_default", "blobs_medium_quick", "blobs_3class"]) {
    const text = Deno.readTextFileSync(goldenPath(`golden/${name}/classifier.cl`));
    const { forest } = parseClassifierFile(text);
    forestStatistics(forest).forEach(({ counts, shares }, feature) => {
      counts.forEach((count, depth) => {
        const found = text.split(`\n${" ".repeat(depth)}if(i${feature}<`).length - 1;
        const all = text.split(new RegExp(`\n {${depth}}if\\(i`)).length - 1;
        assert.equal(count, found);
        assert.equal(shares[depth], found / all);
      });
    });
  }
});
