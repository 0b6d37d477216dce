import assert from "node:assert/strict";
import { flattenForest } from "../../src/forest/flat_forest.ts";
import type { Forest } from "../../src/forest/forest.ts";
import { packTrees } from "../../src/forest/pack_trees_cpu.ts";
import { ask, forestOf, type Node } from "./hand_made.ts";
import { randomNumbers } from "./random_cases.ts";
import { twinTest } from "./twins.ts";

/** Fractions of every class by cell and tree. */
type Leaves = readonly (readonly (readonly number[])[])[];

/** Fractions are whole numbers of this, so that it is known what they add up to. */
const UNIT = 2 ** -50;

/**
 * Trees whose fractions tie: in every cell of the one feature the first two classes are given as
 * much in all, so that only the rounding of sums tells them apart, be they of 64-bit floats or of
 * whole numbers. In two cells of three one class has an advantage that is far smaller than a whole
 * number of 32 bits can tell. In every other cell all fractions of the first class are rounded down
 * to whole numbers by nearly a half, and those of the second up: sums of these are as wrong as they
 * can be.
 */
function tiedLeaves(numTrees: number, numCells: number, numClasses: number): Leaves {
  const random = randomNumbers(numTrees + numClasses);
  const share = numClasses === 2 ? 1 : 0.75;
  const half = 0.5 / UNIT;
  // How many of the whole numbers of 32 bits that are summed a unit is.
  const scale = Math.floor(2 ** 32 / (numTrees + 1)) * share * UNIT;
  const roundedDown = (first: number) => Math.round((Math.floor(first * scale) + 0.49) / scale);
  return Array.from({ length: numCells }, (_, cell) => {
    const advantage = [0, 1e-13, -1e-13][cell % 3];
    const firsts = numTrees % 2 ? [half] : [];
    let surplus = 0;
    while (firsts.length < numTrees) {
      const place = cell % 2 ? roundedDown : Math.round;
      const one = place((0.3 + 0.4 * random()) / UNIT);
      const excess = (random() - 0.5) * 2 ** 36;
      const isLast = firsts.length + 2 === numTrees;
      const other = isLast ? 2 * half - one - surplus : place(2 * half - one + excess);
      surplus += one + other - 2 * half;
      firsts.push(one, other);
    }
    assert.equal(surplus, 0);
    const order = firsts.map((_, i) => ({ i, key: random() })).sort((a, b) => a.key - b.key);
    return order.map(({ i }, tree) => {
      const first = firsts[i] * UNIT * share + (tree === 0 ? advantage : 0);
      const second = (2 * half - firsts[i]) * UNIT * share;
      const rest = new Array<number>(numClasses - 2).fill((1 - share) / (numClasses - 2));
      return [first, second, ...rest];
    });
  });
}

function forestOfLeaves(leaves: Leaves): Forest {
  const grow = (tree: number, from: number, to: number): Node => {
    if (to - from === 1) return [...leaves[from][tree]];
    const middle = (from + to) >> 1;
    return ask(0, middle - 0.5, grow(tree, from, middle), grow(tree, middle, to));
  };
  return forestOf(leaves[0].map((_, tree) => grow(tree, 0, leaves.length)));
}

/** The first class of the largest mean of 64-bit fractions, added tree by tree. */
function classOf(trees: Leaves[number]): number {
  const sums = trees[0].map(() => 0);
  for (const fractions of trees) fractions.forEach((fraction, k) => sums[k] += fraction);
  const means = sums.map((sum) => sum / trees.length);
  return 1 + means.indexOf(Math.max(...means));
}

/** How the processor's kernels take a forest. */
function formOf(forest: Forest, numPixels: number): "tables" | "complete trees" | "walks" {
  const { tables, nodes } = packTrees(flattenForest(forest), numPixels);
  return tables ? "tables" : nodes.length > 0 ? "walks" : "complete trees";
}

const FORMS = [
  ["tables", 30, 24],
  ["tables", 101, 12],
  ["complete trees", 1100, 24],
  ["complete trees", 301, 31],
  ["walks", 200, 96],
  ["walks", 101, 64],
] as const;

for (const [form, numTrees, numCells] of FORMS) {
  for (const numClasses of [2, 3]) {
    const what = `${numTrees} trees of ${numCells} leaves, ${numClasses} classes, ${form}`;
    twinTest(
      `votes that tie but for rounding are told apart as 64-bit sums are: ${what}`,
      async (predict) => {
        const leaves = tiedLeaves(numTrees, numCells, numClasses);
        const forest = forestOfLeaves(leaves);
        // Many pixels a cell, so that whole vectors of them are close.
        const plane = Float32Array.from({ length: numCells * 37 }, (_, i) => Math.floor(i / 37));
        assert.equal(formOf(forest, plane.length), form);
        const expected = leaves.map(classOf);
        assert.deepEqual([...new Set(expected)].sort(), [1, 2], "either class wins somewhere");
        for (const request of [{ classes: true }, { classes: true, uncertainty: true }]) {
          const { classes } = await predict([plane], forest, request);
          const wrong = expected.flatMap((number, cell) =>
            classes!.subarray(37 * cell, 37 * cell + 37).every((found) => found === number)
              ? []
              : [cell]
          );
          assert.deepEqual(wrong, [], "cells of another class");
        }
      },
    );
  }
}
