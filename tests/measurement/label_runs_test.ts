import assert from "node:assert/strict";
import type { Size } from "../../src/image/image.ts";
import {
  findLabelRuns,
  findRunsPlainly,
  type LabelRuns,
} from "../../src/measurement/label_runs.ts";
import { randomNumbers } from "../support/random.ts";
import { samePixels } from "../support/same_pixels.ts";

Deno.test("the runs of a row are its stretches of one label", () => {
  const labels = Uint32Array.of(0, 7, 7, 3, 0, 0, 7, 7, 7, 0, 0, 0, 0, 0, 1);
  const { length, firstOfRow, start, end, label } = findRunsPlainly(labels, {
    width: 5,
    height: 3,
    depth: 1,
  });
  assert.equal(length, 4);
  assert.deepEqual([...firstOfRow], [0, 2, 3, 4]);
  assert.deepEqual([...start.subarray(0, 4)], [1, 3, 1, 4]);
  assert.deepEqual([...end.subarray(0, 4)], [3, 4, 4, 5]);
  assert.deepEqual([...label.subarray(0, 4)], [7, 3, 7, 1]);
});

const SIZES: Size[] = [
  { width: 1, height: 20_000, depth: 1 },
  { width: 20_000, height: 1, depth: 1 },
  { width: 15, height: 1200, depth: 1 },
  { width: 16, height: 32, depth: 40 },
  { width: 131, height: 40, depth: 5 },
  { width: 300_000, height: 3, depth: 1 },
  { width: 700, height: 800, depth: 1 },
];

/** Labels that go on for a while, with all of 32 bits, or change with every pixel. */
const PATTERNS: Record<string, (random: () => number) => () => number> = {
  stretches: (random) => {
    let label = 0;
    return () => {
      if (random() < 0.1) label = random() < 0.4 ? 0 : Math.floor(random() * 5) * 0x3fffffff;
      return label;
    };
  },
  "no background": (random) => () => 1 + Math.floor(random() * 3),
  "one label": () => () => 0xffffffff,
  "background": () => () => 0,
};

for (const [name, pattern] of Object.entries(PATTERNS)) {
  Deno.test(`the kernel finds the same runs: ${name}`, () => {
    for (const size of SIZES) {
      const next = pattern(randomNumbers(size.width));
      const labels = Uint32Array.from({ length: size.width * size.height * size.depth }, next);
      const found = findLabelRuns(labels, size);
      const expected = findRunsPlainly(labels, size);
      assert.equal(found.length, expected.length);
      samePixels(found.firstOfRow, expected.firstOfRow);
      for (const list of ["start", "end", "label"] as const) {
        samePixels(runsOf(found, list), runsOf(expected, list));
      }
    }
  });
}

function runsOf(runs: LabelRuns, list: "start" | "end" | "label"): Uint32Array {
  return runs[list].subarray(0, runs.length);
}
