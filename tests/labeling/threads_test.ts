import assert from "node:assert/strict";
import { WorkerPool } from "../../src/cpu/pool.ts";
import { labelComponentsCpu } from "../../src/labeling/components_cpu.ts";
import { floodFill } from "../support/flood_fill.ts";
import { randomMask, spiral } from "./masks.ts";

const MASKS = [
  randomMask(701, 499, 1, 0.41),
  randomMask(701, 499, 1, 0.6),
  randomMask(64, 4096, 1, 0.5),
  randomMask(97, 83, 61, 0.3),
  randomMask(300, 900, 2, 0.5),
  spiral(601),
];

Deno.test("threads label as one alone and as flood fill, in strips of rows and slices", async () => {
  using pool = new WorkerPool(3);
  pool.start();
  while (pool.numReady < pool.numThreads) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const { name, classes, size } of MASKS) {
    for (const connectivity of size.depth > 1 ? [6, 26] as const : [4, 8] as const) {
      const expected = floodFill(classes, size, 2, connectivity);
      const together = await labelComponentsCpu(classes, size, 2, connectivity, pool);
      assert.equal(together.count, expected.count, `${name}, ${connectivity}`);
      assert.deepEqual(together.labels, expected.labels, `${name}, ${connectivity}`);
      const alone = await labelComponentsCpu(classes, size, 2, connectivity);
      assert.deepEqual(alone.labels, expected.labels, `${name}, ${connectivity}, alone`);
    }
  }
});

Deno.test("two images are labelled at the same time by the same threads", async () => {
  using pool = new WorkerPool(2);
  const [a, b] = [MASKS[0], MASKS[3]];
  const found = await Promise.all([
    labelComponentsCpu(a.classes, a.size, 2, 8, pool),
    labelComponentsCpu(b.classes, b.size, 2, 6, pool),
  ]);
  assert.equal(found[0].count, floodFill(a.classes, a.size, 2, 8).count);
  assert.equal(found[1].count, floodFill(b.classes, b.size, 2, 6).count);
});
