import assert from "node:assert/strict";
import { randomNumbers } from "../support/random.ts";
import { StableColors } from "../../src/notebook/client/label_view_colors.ts";
import { ObjectBoxes } from "../../src/notebook/client/label_view_boxes.ts";
import { OverlapCounter } from "../../src/notebook/client/label_view_overlaps.ts";
import { classColor, hexOf, labelColor, packHex } from "../../src/notebook/client/palette.ts";

/** A label image of one row, a digit a pixel. */
function row(digits: string) {
  const data = Uint32Array.from(digits, Number);
  return { width: data.length, height: 1, depth: 1, data, count: Math.max(...data) };
}

Deno.test("objects keep their colours when another appears before them", () => {
  const colors = new StableColors();
  const [, a, b] = colors.update(row("0011100222"));
  assert.deepEqual([...colors.update(row("1022200333"))], [0, 3, a, b]);
  assert.deepEqual([...colors.update(row("0011000222"))], [0, a, b]);
});

/** Label images that take several pieces, with objects that reach over their ends. */
function largeImages(seed: number, width = 150_000, longest = 4000) {
  const next = randomNumbers(seed);
  return () => {
    const data = new Uint32Array(150_000);
    for (let i = 0, count = 0; i < data.length; count++) {
      const end = i + 1 + Math.floor(next() * longest);
      data.fill(next() < 0.5 ? 0 : 1 + count % 60, i, end);
      i = end;
    }
    return { width, height: data.length / width, depth: 1, data, count: 60 };
  };
}

Deno.test("colours that are prepared piece by piece are those that are found at once", async () => {
  const image = largeImages(5);
  const [prepared, atOnce] = [new StableColors(), new StableColors()];
  for (let round = 0; round < 4; round++) {
    const labels = image();
    await prepared.prepare(labels);
    // What was prepared for labels that never came is not used for others.
    if (round === 2) await prepared.prepare(image());
    assert.deepEqual([...prepared.update(labels)], [...atOnce.update(labels)]);
  }
});

Deno.test("labels that are prepared while others come are counted against those, and not when shown", async () => {
  const image = largeImages(6);
  const [prepared, atOnce] = [new StableColors(), new StableColors()];
  const [first, second, third] = [image(), image(), image()];
  prepared.update(first);
  const [, { step }] = [prepared.prepare(second), OverlapCounter.prototype];
  const last = prepared.prepare(third);
  prepared.update(second);
  await last;
  let steps = 0;
  try {
    OverlapCounter.prototype.step = function () {
      steps++;
      return step.call(this);
    };
    const numbers = prepared.update(third);
    assert.ok(steps <= 1, `${steps} steps at once`);
    for (const labels of [first, second]) atOnce.update(labels);
    assert.deepEqual([...numbers], [...atOnce.update(third)]);
  } finally {
    OverlapCounter.prototype.step = step;
  }
});

Deno.test("pixels that objects share are counted as one would pixel by pixel", () => {
  const image = largeImages(7, 150_000, 90);
  const [before, after] = [image(), image()];
  const shared = new Map<string, number>();
  for (const [i, from] of before.data.entries()) {
    const to = after.data[i];
    if (from && to) shared.set(`${from} ${to}`, (shared.get(`${from} ${to}`) ?? 0) + 1);
  }
  // Sorting keeps those that share as much in the order in which they were met.
  const expected = [...shared].sort(([, a], [, b]) => b - a).map(([pair]) => pair);
  const counter = new OverlapCounter(before, after);
  while (!counter.step());
  const found: string[] = [];
  counter.forEach((from, to) => found.push(`${from} ${to}`));
  assert.ok(expected.length > 1000, `${expected.length} pairs`);
  assert.deepEqual(found, expected);
});

Deno.test("of the parts of a split object the largest keeps the colour", () => {
  const colors = new StableColors();
  const [, whole] = colors.update(row("1111111"));
  const [, small, large] = colors.update(row("1102222"));
  assert.equal(large, whole);
  assert.notEqual(small, whole);
});

Deno.test("of merged objects the colour of the largest stays", () => {
  const colors = new StableColors();
  const [, , large] = colors.update(row("1102222"));
  assert.deepEqual([...colors.update(row("1111111"))], [0, large]);
});

Deno.test("colours of objects next to each other in number differ", () => {
  for (let label = 1; label < 5000; label++) {
    const [a, b] = [labelColor(label), labelColor(label + 1)];
    const distance = [0, 8, 16].reduce(
      (sum, shift) => sum + Math.abs((a >>> shift & 255) - (b >>> shift & 255)),
      0,
    );
    assert.ok(distance > 60, `${label}: ${hexOf(a)} ${hexOf(b)}`);
  }
  assert.equal(labelColor(0), 0);
});

Deno.test("class colours differ, survive packing, and are shuffled by a seed", () => {
  const colors = Array.from({ length: 8 }, (_, i) => classColor(i + 1));
  assert.equal(new Set(colors).size, 8);
  for (const color of colors) assert.equal(hexOf(packHex(color)), color);
  assert.notEqual(classColor(1, 1), classColor(1));
  assert.equal(classColor(1, 1), classColor(1, 1));
});

Deno.test("boxes of objects hold them exactly", () => {
  const data = Uint32Array.from("0110" + "0100" + "0002", Number);
  const boxes = ObjectBoxes.of({ width: 4, height: 3, depth: 1, data, count: 2 });
  assert.deepEqual(boxes.of(1), { x: 1, y: 0, width: 2, height: 2 });
  assert.deepEqual(boxes.of(2), { x: 3, y: 2, width: 1, height: 1 });
  assert.equal(boxes.of(3), undefined);
});

Deno.test("boxes and sizes that are found piece by piece are those that are found pixel by pixel", async () => {
  for (const width of [300, 150_000]) {
    const labels = largeImages(7, width)();
    const edges = Array.from({ length: 61 }, () => [Infinity, Infinity, -1, -1]);
    const sizes = new Array(61).fill(0);
    labels.data.forEach((label, i) => {
      const [x, y] = [i % width, Math.floor(i / width)];
      const [left, top, right, bottom] = edges[label];
      edges[label] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
      sizes[label]++;
    });
    const expected = edges.slice(1).map(([left, top, right, bottom]) =>
      right < 0 ? undefined : { x: left, y: top, width: right + 1 - left, height: bottom + 1 - top }
    );
    const boxes = await ObjectBoxes.prepare(labels);
    assert.equal(ObjectBoxes.of(labels), boxes);
    const atOnce = ObjectBoxes.of({ ...labels });
    for (const found of [boxes, atOnce]) {
      assert.deepEqual(expected.map((_, i) => found.of(i + 1)), expected);
      assert.deepEqual([...found.sizes], sizes.slice(1));
    }
  }
});
