import assert from "node:assert/strict";
import { WorkerPool } from "../../src/cpu/pool.ts";
import type { Tree } from "../../src/forest/forest.ts";
import { growTreesPlainly } from "../../src/forest/grow_trees.ts";
import { growTreesWasm } from "../../src/forest/grow_trees_wasm.ts";
import { trainForest, trainForestOn } from "../../src/forest/train.ts";
import type { TrainingSet } from "../../src/forest/training_set.ts";
import { rejectsDaub } from "../support/errors.ts";
import { randomNumbers } from "./random_cases.ts";

const SEEDS = [1, 77, 2 ** 31 - 2];

/** Samples whose class the first feature tells, with some noise. */
function makeSet(
  numSamples: number,
  numClasses: number,
  value: (random: () => number) => number,
  options: Partial<TrainingSet> = {},
): TrainingSet {
  const random = randomNumbers(numSamples + numClasses);
  const numFeatures = 5;
  const samples = Float32Array.from({ length: numSamples * numFeatures }, () => value(random));
  const classIndices = Uint8Array.from({ length: numSamples }, (_, row) => {
    if (row < numClasses) return row;
    const [a, b] = samples.subarray(row * numFeatures);
    const place = random() < 0.2 ? random() : Math.abs(a + 0.3 * b) % 1;
    return Math.floor(place * numClasses);
  });
  const rest = { numFeatures, numClasses, maxDepth: 9, featureThreshold: 1e-7 };
  return { samples, classIndices, ...rest, ...options };
}

const uniform = (random: () => number) => random();

const SETS: Record<string, TrainingSet> = {
  "two classes": makeSet(20_000, 2, uniform),
  "three classes": makeSet(9000, 3, uniform),
  "thirty classes": makeSet(6000, 30, uniform),
  "255 classes": makeSet(3000, 255, uniform, { maxDepth: 4 }),
  "whole numbers": makeSet(9000, 2, (random) => Math.floor(random() * 256) / 256),
  "whole numbers of five classes": makeSet(9000, 5, (random) => Math.floor(random() * 40) / 40),
  "values too close to part": makeSet(20_000, 2, (random) => random() / 500),
  "values too close, three classes": makeSet(9000, 3, (random) => random() / 1000),
  "values of very different sizes": makeSet(9000, 2, (random) => random() ** 40),
  "no threshold": makeSet(9000, 2, (random) => random() / 500, { featureThreshold: 0 }),
  "trees without end": makeSet(5000, 2, uniform, { maxDepth: 10_000 }),
};

for (const [name, set] of Object.entries(SETS)) {
  Deno.test(`the kernels grow the trees that plain arithmetic grows: ${name}`, async () => {
    using pool = new WorkerPool(1);
    const plain = await growTreesPlainly(set, SEEDS, {});
    assert.deepEqual(await growTreesWasm(pool, set, SEEDS, {}), plain);
    assert.ok(plain.some(({ feature }) => feature.length > 7), "nodes to compare");
  });
}

/** Waits until the workers of a pool have started. */
async function warm(pool: WorkerPool): Promise<void> {
  pool.start();
  while (pool.numReady < pool.numThreads) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("threads together grow the forest that one grows", async () => {
  const set = SETS["two classes"];
  const seeds = Array.from({ length: 40 }, (_, i) => i * 1000);
  using single = new WorkerPool(1);
  const expected = await growTreesWasm(single, set, seeds, {});
  for (const numThreads of [2, 5]) {
    using pool = new WorkerPool(numThreads);
    await warm(pool);
    let numTold = 0;
    const onProgress = (done: number) => assert.equal(done, ++numTold);
    assert.deepEqual(await growTreesWasm(pool, set, seeds, { onProgress }), expected);
    assert.equal(numTold, seeds.length);
  }
});

Deno.test("the number of threads does not change a forest", async () => {
  const { samples, classIndices, numFeatures } = SETS["two classes"];
  const classes = classIndices.map((index) => index + 1);
  const options = { numFeatures, maxDepth: 10, numTrees: 50 };
  const single = await trainForest(samples, classes, { ...options, numThreads: 1 });
  assert.deepEqual(await trainForest(samples, classes, { ...options, numThreads: 3 }), single);
  assert.deepEqual(await trainForest(samples, classes, options), single);
});

Deno.test("threads that are kept grow the same forest, and are there for the next", async () => {
  const random = randomNumbers(9);
  const samples = Float32Array.from({ length: 20_000 }, () => random());
  const classes = Array.from({ length: 10_000 }, () => 1 + Math.floor(2 * random()));
  const options = { numFeatures: 2, maxDepth: 4 };
  const expected = await trainForest(samples, classes, { ...options, numThreads: 1 });
  using pool = new WorkerPool(2);
  assert.deepEqual(await trainForestOn(pool, samples, classes, options), expected);
  await warm(pool);
  assert.deepEqual(await trainForestOn(pool, samples, classes, options), expected);
  assert.equal(pool.numReady, 2);
});

Deno.test("trainings at the same time do not disturb each other", async () => {
  using pool = new WorkerPool(2);
  await warm(pool);
  const sets = [SETS["two classes"], SETS["thirty classes"]];
  const alone: Tree[][] = [];
  for (const set of sets) alone.push(await growTreesWasm(pool, set, SEEDS, {}));
  const together = await Promise.all(sets.map((set) => growTreesWasm(pool, set, SEEDS, {})));
  assert.deepEqual(together, alone);
});

Deno.test("training is given up while threads work, and the threads go on with the next", async () => {
  using pool = new WorkerPool(2);
  await warm(pool);
  const set = SETS["two classes"];
  const seeds = Array.from({ length: 5000 }, (_, i) => i);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 100);
  let numDone = 0;
  await rejectsDaub("cancelled", /cancelled/, () =>
    growTreesWasm(pool, set, seeds, {
      signal: controller.signal,
      onProgress: (done) => void (numDone = done),
    }));
  clearTimeout(timer);
  assert.ok(numDone < seeds.length);
  assert.equal((await growTreesWasm(pool, set, SEEDS, {})).length, SEEDS.length);
});

Deno.test("an error of the listener ends training", async () => {
  using pool = new WorkerPool(2);
  await warm(pool);
  const onProgress = () => {
    throw new Error("enough");
  };
  await assert.rejects(growTreesWasm(pool, SETS["two classes"], SEEDS, { onProgress }), /enough/);
});

Deno.test("more trees than their nodes have room for are grown in several goes", async () => {
  const numSamples = 120_000;
  const samples = Float32Array.from({ length: numSamples }, (_, i) => i % 2);
  const classes = Uint8Array.from({ length: numSamples }, (_, i) => 1 + i % 2);
  const forest = await trainForest(samples, classes, {
    numFeatures: 1,
    maxDepth: 100,
    numTrees: 60,
  });
  assert.equal(forest.trees.length, 60);
  const firsts = forest.trees.map(({ counts }) => counts[0]);
  assert.ok(new Set(firsts).size > 30, "every tree draws its own samples");
  for (const { feature, threshold, counts } of forest.trees) {
    assert.deepEqual([...feature], [0, -1, -1]);
    assert.equal(threshold[0], 0.5);
    assert.deepEqual([...counts], [counts[0], counts[1], counts[0], 0, 0, counts[1]]);
  }
});

Deno.test("what does not fit into memory is refused with a reason", async () => {
  using pool = new WorkerPool(1);
  const samples = { length: 2 ** 29, byteLength: 2 ** 31 } as Float32Array;
  const set = { ...SETS["two classes"], samples };
  await rejectsDaub(
    "annotation",
    /fit into .* found 20000 samples of 5 features\. Paint fewer/,
    () => growTreesWasm(pool, set, SEEDS, {}),
  );
});

const MODULE = new URL("../../mod.ts", import.meta.url).href;

const MISSING: Record<string, string> = {
  "shared memory": "delete globalThis.SharedArrayBuffer;",
  "workers": "delete globalThis.Worker;",
  "WebAssembly": "delete globalThis.WebAssembly;",
};

for (const [name, prelude] of Object.entries(MISSING)) {
  Deno.test(`without ${name} the same forest is grown`, async () => {
    const script = `
      ${prelude}
      const { trainForest } = await import(${JSON.stringify(MODULE)});
      const samples = Float32Array.from({ length: 24_000 }, (_, i) => (i * i * 31) % 1009);
      const classes = Uint8Array.from({ length: 8000 }, (_, i) => 1 + (samples[3 * i] > 300) + i % 2);
      const forest = await trainForest(samples, classes, { numFeatures: 3, maxDepth: 8, numTrees: 80 });
      console.log(JSON.stringify(forest.trees.map(({ feature, threshold, counts }) => [
        [...feature], [...threshold], [...counts],
      ])));
    `;
    const run = async (text: string) => {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", "--no-lock", text],
        stderr: "null",
      }).output();
      return new TextDecoder().decode(stdout);
    };
    const [without, complete] = [await run(script), await run(script.replace(prelude, ""))];
    assert.ok(complete.length > 1000);
    assert.ok(without === complete, "other trees");
  });
}
