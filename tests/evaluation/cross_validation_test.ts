import assert from "node:assert/strict";
import { crossValidate } from "../../src/evaluation/cross_validation.ts";
import { dealFolds } from "../../src/evaluation/folds.ts";
import { rejectsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

/** Strokes of one class and length each; every pixel has its stroke's value and a little noise. */
function paint(strokes: readonly [classNumber: number, value: number, length: number][]) {
  const random = randomNumbers(11);
  const values: number[] = [];
  const classes: number[] = [];
  const groups: number[] = [];
  strokes.forEach(([classNumber, value, length], stroke) => {
    for (let i = 0; i < length; i++) {
      values.push(value + 0.1 * random());
      classes.push(classNumber);
      groups.push(10 * stroke);
    }
  });
  return { values: Float32Array.from(values), classes: Uint8Array.from(classes), groups };
}

Deno.test("a forest that learns strokes by heart is found out when strokes are kept together", async () => {
  // Whatever the class of a stroke, its values lie between those of strokes of the other class.
  const painted = paint(
    Array.from({ length: 12 }, (_, i): [number, number, number] => [1 + i % 2, i, 20]),
  );
  const options = { maxDepth: 12, numTrees: 20 };
  const byStroke = await crossValidate(painted, options);
  const byPixel = await crossValidate({ ...painted, groups: undefined }, options);
  assert.ok(byPixel.accuracy > 0.95, `by pixel ${byPixel.accuracy}`);
  assert.ok(byStroke.accuracy < 0.3, `by stroke ${byStroke.accuracy}`);
});

Deno.test("every stroke is tested once, by a forest that has not seen it", async () => {
  const painted = paint([[1, 0, 10], [1, 0, 30], [1, 0, 20], [4, 9, 5], [4, 9, 8]]);
  const { folds, predicted, confusion, groupsPerClass, untested, accuracy } = await crossValidate(
    painted,
  );
  assert.equal(folds.length, 3, "as many as the class with most strokes has");
  assert.equal(folds.reduce((sum, { numTested }) => sum + numTested, 0), 73);
  for (const { numTrained, numTested } of folds) assert.equal(numTrained + numTested, 73);
  assert.deepEqual([...predicted], [...painted.classes]);
  assert.deepEqual([...confusion.counts], [60, 0, 0, 13]);
  assert.deepEqual([...groupsPerClass], [[1, 3], [4, 2]]);
  assert.deepEqual([accuracy, untested], [1, []]);
});

Deno.test("a class with one stroke always trains, is never tested, and the result says so", async () => {
  const painted = paint([[1, 0, 10], [1, 0, 10], [2, 5, 10], [2, 5, 10], [3, 9, 7]]);
  const { predicted, untested, folds, statement, confusion } = await crossValidate(painted);
  assert.deepEqual(untested, [3]);
  assert.deepEqual([...predicted.subarray(40)], new Array(7).fill(0));
  assert.deepEqual(folds.map(({ numTrained }) => numTrained), [27, 27]);
  assert.equal(confusion.total, 40);
  assert.equal(
    statement,
    "2 tests on whole strokes: 100.0 % of 40 samples are classified right by forests that saw " +
      "only the other strokes. Class 3 has one stroke only, so it was never tested: paint " +
      "another elsewhere.",
  );
});

Deno.test("folds hold about their share of every class", () => {
  const random = randomNumbers(3);
  const groups: number[] = [];
  const classes: number[] = [];
  for (let group = 0; group < 60; group++) {
    const length = 1 + Math.floor(40 * random());
    for (let i = 0; i < length; i++) {
      groups.push(group);
      classes.push(1 + group % 3);
    }
  }
  const { numFolds, foldOf } = dealFolds(classes, groups, 5, 0);
  assert.equal(numFolds, 5);
  const sizeOf = (wanted: (i: number) => boolean) =>
    classes.reduce((sum, _, i) => sum + (wanted(i) ? 1 : 0), 0);
  for (let number = 1; number <= 3; number++) {
    const sizes = [0, 1, 2, 3, 4].map((fold) =>
      sizeOf((i) => classes[i] === number && foldOf[i] === fold)
    );
    // Dealing the largest first to the emptiest never leaves a gap wider than one group.
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 40, `class ${number}: ${sizes}`);
    assert.ok(Math.min(...sizes) > 60, `class ${number}: ${sizes}`);
  }
  for (let group = 0; group < 60; group++) {
    const folds = new Set(foldOf.filter((_, i) => groups[i] === group));
    assert.equal(folds.size, 1, `group ${group} stays together`);
  }
});

Deno.test("the seed decides the folds", () => {
  const groups = Array.from({ length: 40 }, (_, i) => i);
  const classes = groups.map((group) => 1 + group % 2);
  const deal = (seed: number) => [...dealFolds(classes, groups, 4, seed).foldOf];
  assert.deepEqual(deal(1), deal(1));
  assert.notDeepEqual(deal(1), deal(2));
});

Deno.test("groups that hold several classes are never on both sides", async () => {
  // Three images: classes 1 and 2 in all of them, class 3 in the last only.
  const groups = Array.from({ length: 60 }, (_, i) => Math.floor(i / 20));
  const classes = Uint8Array.from({ length: 60 }, (_, i) => i >= 50 ? 3 : 1 + i % 2);
  const values = Float32Array.from(classes, (number) => number);
  const { untested, predicted, folds } = await crossValidate({ values, classes, groups });
  assert.deepEqual(untested, [3], "nothing to learn it from while its image is tested");
  assert.deepEqual([...predicted.subarray(0, 50)], [...classes.subarray(0, 50)]);
  assert.deepEqual(folds.map(({ numTrained }) => numTrained), [40, 40, 40]);
});

Deno.test("progress is told and the work can be given up", async () => {
  const painted = paint([[1, 0, 10], [1, 0, 10], [2, 5, 10], [2, 5, 10]]);
  const seen: number[] = [];
  await crossValidate(painted, { onProgress: (fraction) => seen.push(fraction) });
  assert.deepEqual(seen, [0.5, 1]);
  const controller = new AbortController();
  await rejectsDaub(
    "cancelled",
    /cancelled/,
    () =>
      crossValidate(painted, { signal: controller.signal, onProgress: () => controller.abort() }),
  );
});

Deno.test("what cannot be tested is refused with what to paint", async () => {
  await rejectsDaub(
    "annotation",
    /one of each of the classes 1, 2\. Paint a second stroke/,
    () => crossValidate(paint([[1, 0, 10], [2, 5, 10]])),
  );
  await rejectsDaub(
    "annotation",
    /only class 1\. Paint/,
    () => crossValidate(paint([[1, 0, 10], [1, 5, 10]])),
  );
  const painted = paint([[1, 0, 10], [1, 0, 10], [2, 5, 10], [2, 5, 10]]);
  await rejectsDaub(
    "options",
    /40 groups.* found 2/,
    () => crossValidate({ ...painted, groups: [1, 2] }),
  );
  await rejectsDaub(
    "options",
    /numFolds .* at least 2 but found 1/,
    () => crossValidate(painted, { numFolds: 1 }),
  );
  await rejectsDaub(
    "options",
    /values for each of 0 samples/,
    () => crossValidate({ values: new Float32Array(0), classes: new Uint8Array(0) }),
  );
});
