import assert from "node:assert/strict";
import * as source from "../../src/cpu/pixels_wasm.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { WorkerPool } from "../../src/cpu/pool.ts";
import { predictPlanes, predictPlanesTogether } from "../../src/forest/predict_cpu.ts";
import { trainForest } from "../../src/forest/train.ts";
import { randomNumbers } from "../forest/random_cases.ts";
import { EVERYTHING } from "../forest/twins.ts";
import { rejectsDaub } from "../support/errors.ts";

/** Waits until the workers of a pool have started. */
async function warm(pool: WorkerPool): Promise<void> {
  pool.start();
  while (pool.numReady < pool.numThreads) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("threads together predict what one predicts", async () => {
  const random = randomNumbers(3);
  const samples = Float32Array.from({ length: 300 * 4 }, () => random());
  const classes = Array.from({ length: 300 }, () => 1 + Math.floor(random() * 3));
  const planes = Array.from(
    { length: 4 },
    () => Float32Array.from({ length: 300_001 }, () => random()),
  );
  for (const numThreads of [1, 2, 5]) {
    using pool = new WorkerPool(numThreads);
    await warm(pool);
    for (const maxDepth of [2, 7]) {
      const forest = await trainForest(samples, classes, {
        numFeatures: 4,
        maxDepth,
        numTrees: 20,
      });
      const expected = predictPlanes(planes, forest, EVERYTHING);
      const together = await predictPlanesTogether(pool, planes, forest, EVERYTHING);
      assert.deepEqual(together, expected, `${numThreads} threads, depth ${maxDepth}`);
      const both = await Promise.all([
        predictPlanesTogether(pool, planes, forest, { classes: true }),
        predictPlanesTogether(pool, planes, forest, { uncertainty: true }),
      ]);
      assert.deepEqual(both[0].classes, expected.classes, "at the same time");
      assert.deepEqual(both[1].uncertainty, expected.uncertainty, "at the same time");
    }
  }
});

Deno.test("a kernel that fails on a thread fails the run and not the pool", async () => {
  using pool = new WorkerPool(2);
  await warm(pool);
  await rejectsDaub(
    "backend",
    /one stopped: .*out of bounds/,
    () => pool.run(source, "scratchBytes", [[0], [-16]]),
  );
  await pool.run(source, "scratchBytes", [[0], [0]]);
});

Deno.test("without workers the calling thread does all", async () => {
  const { Worker } = globalThis;
  try {
    globalThis.Worker = class {
      constructor() {
        throw new Error("not allowed");
      }
    } as unknown as typeof Worker;
    using pool = new WorkerPool(4);
    await pool.run(source, "scratchBytes", [[0], [-16]]);
    assert.equal(pool.numReady, 1);
  } finally {
    globalThis.Worker = Worker;
  }
});

Deno.test("a pool can be used again after it was disposed", async () => {
  const pool = new WorkerPool(2);
  await warm(pool);
  pool[Symbol.dispose]();
  assert.equal(pool.numReady, 1);
  await warm(pool);
  await pool.run(source, "scratchBytes", [[0], [0]]);
  pool[Symbol.dispose]();
});

Deno.test("threads wait for work as long as was asked for, and no longer", async () => {
  const wait = (milliseconds: number) =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));
  using patient = new WorkerPool(2, 60_000);
  using pool = new WorkerPool(2, 200);
  await Promise.all([warm(patient), warm(pool)]);
  await pool.run(source, "scratchBytes", [[0], [0]]);
  assert.equal(pool.numReady, 2, "they have just worked");
  while (pool.numReady > 1) await wait(10);
  assert.equal(patient.numReady, 2);
  await using backend = await openBackend("cpu", { threads: 2, idleAfter: 200 });
  assert.equal(backend.threads?.idleAfter, 200);
});

Deno.test("a run whose threads are ended fails with an error that says so", async () => {
  const pool = new WorkerPool(2);
  await warm(pool);
  const run = pool.run(source, "scratchBytes", [[0], [0]]);
  pool[Symbol.dispose]();
  await rejectsDaub("backend", /one stopped: the workers were ended/, () => run);
});
