import assert from "node:assert/strict";
import { confusionMatrix } from "../../src/evaluation/confusion.ts";
import { throwsDaub } from "../support/errors.ts";

Deno.test("a confusion matrix counts by true class and by found class", () => {
  //                                 truth                       found
  const matrix = confusionMatrix([2, 2, 2, 2, 2, 7, 7, 7, 1, 1], [2, 2, 2, 7, 1, 7, 7, 2, 1, 1]);
  assert.deepEqual(matrix.classes, [1, 2, 7]);
  assert.deepEqual([...matrix.counts], [2, 0, 0, 1, 3, 1, 0, 1, 2]);
  assert.equal(matrix.total, 10);
  assert.equal(matrix.accuracy, 0.7);
  assert.equal(matrix.balancedAccuracy, (1 + 3 / 5 + 2 / 3) / 3);
  assert.equal(matrix.meanIou, (2 / 3 + 3 / 6 + 2 / 4) / 3);
  assert.deepEqual(matrix.perClass[1], {
    class: 2,
    numTrue: 5,
    numPredicted: 4,
    precision: 3 / 4,
    recall: 3 / 5,
    f1: 6 / 9,
    iou: 3 / 6,
  });
});

Deno.test("a class that is only found has scores of 0 and does not enter the means", () => {
  const { perClass, meanIou, balancedAccuracy } = confusionMatrix([1, 1, 1, 1], [1, 1, 1, 9]);
  assert.deepEqual(perClass[1], {
    class: 9,
    numTrue: 0,
    numPredicted: 1,
    precision: 0,
    recall: 0,
    f1: 0,
    iou: 0,
  });
  assert.equal(meanIou, 0.75);
  assert.equal(balancedAccuracy, 0.75);
});

Deno.test("samples of the ignored class do not count, whatever was found there", () => {
  const { classes, total, accuracy } = confusionMatrix([0, 0, 1, 2], [5, 1, 1, 2], 0);
  assert.deepEqual([classes, total, accuracy], [[1, 2], 2, 1]);
});

Deno.test("class numbers may be large", () => {
  const truth = [70_000, 70_000, 255, 256];
  const { classes, counts } = confusionMatrix(truth, [70_000, 255, 255, 0xffffffff]);
  assert.deepEqual(classes, [255, 256, 70_000, 0xffffffff]);
  assert.deepEqual([...counts], [1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0]);
});

Deno.test("of no samples there is no accuracy", () => {
  const { total, accuracy, meanIou, classes } = confusionMatrix([], []);
  assert.deepEqual([total, accuracy, meanIou, classes], [0, NaN, NaN, []]);
});

Deno.test("what is no class number is refused, and so are lists of different lengths", () => {
  throwsDaub("options", /found 1\.5/, () => confusionMatrix([1.5], [0]));
  throwsDaub("options", /found -1/, () => confusionMatrix([1], [-1]));
  throwsDaub("options", /found NaN/, () => confusionMatrix([NaN], [1]));
  throwsDaub("options", /3 predicted classes.* found 2/, () => confusionMatrix([1, 1, 1], [1, 1]));
});
