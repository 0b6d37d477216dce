import assert from "node:assert/strict";
import { type FlatForest, flattenForest } from "../../src/forest/flat_forest.ts";
import { floatOfOrderedBits, orderedBits } from "../../src/forest/float_order.ts";
import { findLeaf } from "../../src/forest/leaf_walk.ts";
import { groupLeaves, OPEN } from "../../src/forest/leaf_groups.ts";
import { packTrees } from "../../src/forest/pack_trees_cpu.ts";
import { predictPlanes } from "../../src/forest/predict_cpu.ts";
import { RANKED_WORDS } from "../../src/forest/ranked_feature.ts";
import { tabulateForest } from "../../src/forest/tabulate_cpu.ts";
import { trainForest } from "../../src/forest/train.ts";
import { randomNumbers } from "./random_cases.ts";
import { EVERYTHING } from "./twins.ts";

interface Case {
  readonly numFeatures: number;
  readonly numClasses: number;
  readonly maxDepth: number;
  readonly votes: "fraction" | "count";
}

async function grow({ numFeatures, numClasses, maxDepth, votes }: Case) {
  const random = randomNumbers(7 * maxDepth + numFeatures);
  const samples = Float32Array.from({ length: 90 * numFeatures }, () => random());
  // The first features decide, so that trees are small.
  const classes = Array.from({ length: 90 }, (_, row) => {
    const value = samples[row * numFeatures] + samples[row * numFeatures + 1] / 2;
    return 1 + Math.min(numClasses - 1, Math.floor(value * numClasses / 1.5));
  });
  const options = { numFeatures, maxDepth, numTrees: 60, votes };
  const forest = await trainForest(samples, classes, options);
  const planes = Array.from(
    { length: numFeatures },
    () => Float32Array.from({ length: 997 }, () => random() < 0.01 ? NaN : random()),
  );
  return { forest, planes };
}

const CASES: Case[] = [
  { numFeatures: 3, numClasses: 2, maxDepth: 1, votes: "fraction" },
  { numFeatures: 4, numClasses: 2, maxDepth: 2, votes: "fraction" },
  { numFeatures: 4, numClasses: 3, maxDepth: 3, votes: "fraction" },
  { numFeatures: 4, numClasses: 2, maxDepth: 5, votes: "count" },
  { numFeatures: 6, numClasses: 2, maxDepth: 9, votes: "fraction" },
];

/** The sum of the entries of all tables for the ranks of one pixel, as the kernels add them. */
function lookUp(
  words: Int32Array,
  flat: FlatForest,
  values: readonly number[],
  sum: number,
): number {
  const halves = new Uint16Array(words.buffer);
  const bytes = new Uint8Array(words.buffer);
  const ranks = new Map<number, number>();
  let at = 2;
  for (let i = 0; i < words[0]; i++, at += RANKED_WORDS) {
    const f = words[at];
    const thresholds = new Set(flat.threshold.filter((_, node) => flat.feature[node] === f));
    const passed = [...thresholds].filter((bits) => !(values[f] <= floatOfOrderedBits(bits)));
    ranks.set(f, passed.length);
  }
  let total = 0;
  for (let i = 0; i < words[1]; i++) {
    const [numFeatures, table, tableBytes] = words.subarray(at, at + 3);
    at += 3;
    let place = 0;
    for (let k = 0; k < numFeatures; k++, at += 3) {
      const [f, stride, steps] = words.subarray(at, at + 3);
      const rank = ranks.get(f)!;
      if (stride > 0) place += 2 * rank * stride;
      else if (stride === 0) place += halves[steps / 2 + rank];
      else place += bytes[steps + rank] + 256 * bytes[steps - 16 * stride + rank];
    }
    total += words[(table + sum * tableBytes + place) / 4] >>> 0;
  }
  return total >>> 0;
}

function leavesOf({ votes }: FlatForest): ArrayLike<number> {
  return votes.kind === "count" ? votes.counts : votes.fixed;
}

Deno.test("entries of tables add up to what the leaves of all trees add", async () => {
  let withSteps = 0;
  for (const options of CASES) {
    const { forest, planes } = await grow(options);
    const flat = flattenForest(forest);
    const { numClasses, numTrees } = flat;
    const leaves = leavesOf(flat);
    for (const maxEntries of [2 ** 9, 2 ** 14]) {
      const words = tabulateForest(flat, leaves, numClasses, maxEntries);
      assert.ok(words, `depth ${options.maxDepth} is worth tables`);
      // The stride of the first feature of the first table.
      if (words[2 + RANKED_WORDS * words[0] + 4] <= 0) withSteps++;
      for (let pixel = 0; pixel < 200; pixel++) {
        const values = planes.map((plane) => plane[pixel]);
        const bits = new Int32Array(Float32Array.from(values).buffer).map(orderedBits);
        for (let k = 0; k < numClasses; k++) {
          let expected = 0;
          for (let tree = 0; tree < numTrees; tree++) {
            expected += leaves[findLeaf(flat, tree, { bits, stride: 1 }, 0) * numClasses + k];
          }
          assert.equal(
            lookUp(words, flat, values, k),
            expected >>> 0,
            `pixel ${pixel}, class ${k}`,
          );
        }
      }
    }
  }
  assert.ok(withSteps > 0, "ranks that need translation occur");
});

Deno.test("many pixels, for which tables are larger, get what few of them get", async () => {
  for (const options of CASES) {
    const { forest, planes } = await grow(options);
    const few = predictPlanes(planes, forest, EVERYTHING);
    const times = Math.ceil(2 ** 19 / 997);
    const repeat = (plane: Float32Array) => {
      const long = new Float32Array(times * plane.length);
      for (let i = 0; i < times; i++) long.set(plane, i * plane.length);
      return long;
    };
    const length = times * 997;
    assert.notEqual(packTrees(flattenForest(forest), length).tables, undefined);
    const { classes, uncertainty } = predictPlanes(planes.map(repeat), forest, {
      classes: true,
      uncertainty: true,
    });
    assert.deepEqual(uncertainty, repeat(few.uncertainty!));
    assert.ok(classes!.every((value, i) => value === few.classes![i % 997]));
  }
});

Deno.test("forests whose sums depend on the order of trees are not made into tables", async () => {
  const { forest } = await grow({ numFeatures: 4, numClasses: 2, maxDepth: 2, votes: "count" });
  const trees = forest.trees.map((tree) => ({ ...tree, counts: tree.counts.map((c) => c / 3) }));
  const flat = flattenForest({ ...forest, trees });
  assert.equal(tabulateForest(flat, new Float32Array(0), 2, 2 ** 11), undefined);
});

Deno.test("leaves share tables as long as these stay small", () => {
  const box = (leaf: number, features: number[], cut: number) => ({
    leaf,
    features,
    below: features.map(() => OPEN),
    most: features.map(() => cut),
  });
  const boxes = [box(0, [0, 1], 0), box(1, [0, 1], 1), box(2, [0, 2], 1), box(3, [3, 4], 2)];
  const numThresholds = [3, 3, 3, 3, 3];
  const count = (maxEntries: number) => groupLeaves(boxes, numThresholds, maxEntries)?.length;
  assert.equal(count(1000), 1);
  assert.equal(count(20), 2);
  assert.equal(count(3), undefined, "a leaf that asks twice has four entries");
  const groups = groupLeaves(boxes, numThresholds, 20)!;
  assert.deepEqual(groups.flatMap(({ boxes }) => boxes.map(({ leaf }) => leaf)).sort(), [
    0,
    1,
    2,
    3,
  ]);
  const shared = groups.find(({ features }) => features.includes(1))!;
  assert.deepEqual(shared.features, [0, 1, 2]);
  assert.deepEqual(shared.cuts, [[0, 1], [0, 1], [1]]);
});
