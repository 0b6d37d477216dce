import assert from "node:assert/strict";
import { evaluateClasses } from "../../src/evaluation/evaluate_classes.ts";
import type { Image, PixelArray } from "../../src/image/image.ts";
import { throwsDaub } from "../support/errors.ts";

function row(data: PixelArray): Image {
  return { data, width: data.length, height: 1, depth: 1 };
}

Deno.test("the intersection over union of each class is that worked out by hand", () => {
  const truth = row(Uint8Array.of(1, 1, 1, 1, 2, 2, 2, 4, 0, 0));
  const found = row(Uint16Array.of(1, 1, 1, 2, 2, 2, 1, 4, 3, 1));
  const { perClass, meanIou, accuracy, total } = evaluateClasses(found, truth);
  assert.deepEqual(
    perClass.map(({ class: number, iou, f1 }) => [number, iou, f1]),
    [[1, 3 / 5, 6 / 8], [2, 2 / 4, 4 / 6], [4, 1, 1]],
  );
  assert.equal(meanIou, (3 / 5 + 2 / 4 + 1) / 3);
  assert.deepEqual([accuracy, total], [6 / 8, 8]);
});

Deno.test("any type of pixels that holds class numbers is read", () => {
  const truth = row(BigInt64Array.of(1n, 2n));
  assert.equal(evaluateClasses(row(Float32Array.of(1, 1)), truth).accuracy, 0.5);
});

Deno.test("images that do not fit, and a truth that tells nothing, are refused", () => {
  const two = row(Uint8Array.of(1, 2));
  throwsDaub("image", /2 × 1 pixels.* 1 × 1/, () => evaluateClasses(two, row(Uint8Array.of(1))));
  throwsDaub("options", /0 everywhere/, () => evaluateClasses(two, row(Uint8Array.of(0, 0))));
  throwsDaub("options", /found 1\.5/, () => evaluateClasses(row(Float32Array.of(1, 1.5)), two));
  throwsDaub("image", /2 pixels/, () => evaluateClasses({ ...two, data: new Uint8Array(1) }, two));
});
