import assert from "node:assert/strict";
import { findObjects } from "../../src/classifiers/object_pixels.ts";
import { findTouchingPairs } from "../../src/classifiers/touching_pairs.ts";
import type { Image } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import { goldenPath, goldenTest } from "../support/golden.ts";
import { randomNumbers } from "../support/random.ts";

/** Two objects side by side above a third, around a hole of background. */
const labels = Uint32Array.of(
  ...[1, 1, 2, 2],
  ...[1, 0, 0, 2],
  ...[3, 3, 3, 3],
);
const objects = findObjects({ data: labels, width: 4, height: 3, depth: 1 });

Deno.test("faces between objects are counted pair by pair, those to the background per object", () => {
  const pairs = findTouchingPairs(objects);
  const found = Array.from(
    pairs.first,
    (first, i) => [first, pairs.second[i], pairs.faces[i]],
  );
  assert.deepEqual(found.sort(), [[0, 1, 1], [0, 2, 1], [1, 2, 1]]);
  assert.deepEqual([...pairs.border], [4, 4, 4]);
});

Deno.test("intensities along faces are the means of both sides, exact in 64 bits", () => {
  const image = Float64Array.from(labels, (_, i) => i + 0.75);
  const pairs = findTouchingPairs(objects, { channels: [image] });
  const of = (a: number, b: number) =>
    pairs.intensity[pairs.first.findIndex((first, i) => first === a && pairs.second[i] === b)];
  assert.equal(of(0, 1), 1.5 + 0.75);
  assert.equal(of(1, 2), 9 + 0.75);
});

Deno.test("every channel has its own intensities along faces", () => {
  const ones = new Uint8Array(12).fill(1);
  const tens = new Uint8Array(12).fill(10);
  const { intensity } = findTouchingPairs(objects, { channels: [ones, tens] });
  assert.deepEqual([...intensity], [1, 10, 1, 10, 1, 10]);
});

Deno.test("whole intensities are cut on both sides and between them", () => {
  const image = Float64Array.from(labels, (_, i) => i + 0.75);
  const pairs = findTouchingPairs(objects, {
    channels: [image],
    integerIntensities: true,
  });
  assert.deepEqual([...pairs.intensity].sort((a, b) => a - b), [1, 6, 9]);
});

Deno.test("a pair has the largest class painted on both sides of one of its faces", () => {
  const strokes = Uint8Array.of(
    ...[0, 1, 1, 2],
    ...[2, 9, 9, 2],
    ...[1, 0, 0, 2],
  );
  const { first, second, painted } = findTouchingPairs(objects, { annotation: strokes });
  const found = Array.from(first, (a, i) => [a, second[i], painted[i]]);
  assert.deepEqual(found.sort(), [[0, 1, 1], [0, 2, 0], [1, 2, 2]]);
});

Deno.test("in volumes planes touch as well", () => {
  const volume = Uint32Array.of(1, 1, 2, 3);
  const pairs = findTouchingPairs(
    findObjects({ data: volume, width: 1, height: 2, depth: 2 }),
  );
  const found = Array.from(pairs.first, (a, i) => [a, pairs.second[i], pairs.faces[i]]);
  assert.deepEqual(found.sort(), [[0, 1, 1], [0, 2, 1], [1, 2, 1]]);
  assert.deepEqual([...pairs.border], [2, 2, 2]);
});

Deno.test("thousands of pairs are found as a dictionary finds them", () => {
  const random = randomNumbers(11);
  const side = 60;
  const many = Uint32Array.from({ length: side * side }, () => Math.floor(random() * 900));
  const found = findObjects({ data: many, width: side, height: side, depth: 1 });
  const expected = new Map<string, number>();
  for (let i = 0; i < many.length; i++) {
    for (const j of [i % side > 0 ? i - 1 : -1, i - side]) {
      if (j < 0 || many[i] === many[j] || many[i] * many[j] === 0) continue;
      const key = [many[i], many[j]].sort((a, b) => a - b).join();
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
  }
  const pairs = findTouchingPairs(found, { channels: [new Uint8Array(many.length).fill(1)] });
  assert.equal(pairs.first.length, expected.size);
  for (let i = 0; i < pairs.first.length; i++) {
    const [a, b] = [pairs.first[i], pairs.second[i]].map((object) => found.labels[object]);
    assert.equal(pairs.faces[i], expected.get(`${a},${b}`));
    assert.equal(pairs.intensity[i], pairs.faces[i]);
  }
});

goldenTest("counts, portions and intensities along borders equal APOC's matrices", async () => {
  const [labels] = await readImage(goldenPath("data/membrane2d_oversegmented.tif"));
  const [image] = await readImage(goldenPath("golden/objects/membrane2d_background_divided.tif"));
  const matrices = await readImage(goldenPath("golden/objects/object_merger_all_matrices.tif"));
  const [intensity, portion, count] = planes(matrices);
  const width = 55;
  const pairs = findTouchingPairs(findObjects(labels), {
    channels: [image.data as Float32Array],
    integerIntensities: true,
  });
  assert.equal(2 * pairs.first.length, count.filter((faces) => faces > 0).length);
  for (let i = 0; i < pairs.first.length; i++) {
    // The matrices have a first row and column for the background.
    const [a, b] = [pairs.first[i] + 1, pairs.second[i] + 1];
    const mean = Math.fround(pairs.intensity[i] / pairs.faces[i]);
    for (const [row, column] of [[a, b], [b, a]]) {
      const at = row * width + column;
      assert.equal(count[at], pairs.faces[i]);
      assert.ok(Math.abs(mean - intensity[at]) <= 1e-6 * intensity[at]);
      assert.ok(
        Math.abs(pairs.faces[i] / pairs.border[column - 1] - portion[at]) <= 1e-6 * portion[at],
      );
    }
  }
});

function planes(images: Image[]): Float32Array[] {
  return images.flatMap(({ data, width, height, depth }) =>
    Array.from(
      { length: depth },
      (_, z) => (data as Float32Array).subarray(z * width * height, (z + 1) * width * height),
    )
  );
}
