import assert from "node:assert/strict";
import { numberStrokes } from "../../src/evaluation/strokes.ts";
import { throwsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";
import { samePartition } from "../support/partitions.ts";

function picture(text: string) {
  const rows = text.trim().split(/\s+/);
  const data = Uint8Array.from(rows.join(""), Number);
  return { data, width: rows[0].length, height: rows.length, depth: 1 };
}

Deno.test("strokes are pieces of one class, joined at corners too", () => {
  const annotation = picture(`
    1002
    0102
    1020
    0000
    1103`);
  assert.deepEqual([...numberStrokes(annotation)], [1, 2, 1, 2, 1, 2, 3, 3, 4]);
});

Deno.test("a stroke does not go on at the other edge", () => {
  assert.deepEqual([...numberStrokes(picture("001 100 001"))], [1, 2, 3]);
});

Deno.test("a stroke that comes back to itself is one", () => {
  assert.deepEqual(new Set(numberStrokes(picture("10101 10101 11111"))), new Set([1]));
});

Deno.test("strokes of several images have numbers of their own", () => {
  const one = picture("101");
  const two = picture("202");
  assert.deepEqual([...numberStrokes([one, two])], [1, 2, 3, 4]);
});

Deno.test("planes of a volume are joined as rows are", () => {
  const random = randomNumbers(8);
  const [width, height, depth] = [7, 6, 5];
  const data = Uint8Array.from({ length: 210 }, () => Math.max(0, Math.floor(random() * 5) - 2));
  const found = numberStrokes({ data, width, height, depth });
  const pixels = Array.from(data.keys()).filter((i) => data[i] > 0);
  // Flood from pixel to pixel, all 26 neighbours.
  const expected = new Uint32Array(data.length);
  let count = 0;
  const place = (i: number) => [i % width, Math.floor(i / width) % height, Math.floor(i / 42)];
  for (const start of pixels) {
    if (expected[start] > 0) continue;
    const pending = [start];
    expected[start] = ++count;
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const here = place(at);
      for (const other of pixels) {
        if (expected[other] > 0 || data[other] !== data[at]) continue;
        if (place(other).some((value, axis) => Math.abs(value - here[axis]) > 1)) continue;
        expected[other] = count;
        pending.push(other);
      }
    }
  }
  assert.ok(count > 10);
  assert.ok(samePartition(found, pixels.map((i) => expected[i])));
});

Deno.test("an annotation without strokes is refused", () => {
  throwsDaub("annotation", /no labelled pixels/, () => numberStrokes(picture("000 000")));
  const half = { ...picture("01"), data: Float32Array.of(0, 1.5) };
  throwsDaub("annotation", /not a whole number/, () => numberStrokes(half));
});
