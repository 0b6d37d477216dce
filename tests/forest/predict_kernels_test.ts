import assert from "node:assert/strict";
import { predictPlanes, predictPlanesTogether } from "../../src/forest/predict_cpu.ts";
import { predictPlanesPlainly } from "../../src/forest/predict_plain.ts";
import { trainForest } from "../../src/forest/train.ts";
import { Block } from "../../src/cpu/memory.ts";
import { WorkerPool } from "../../src/cpu/pool.ts";
import { rejectsDaub } from "../support/errors.ts";
import { randomNumbers } from "./random_cases.ts";
import { EVERYTHING } from "./twins.ts";

const SPECIAL = [NaN, -NaN, 0, -0, Infinity, -Infinity, 1e-45, -1e-45, 3e38];

for (const votes of ["fraction", "count"] as const) {
  Deno.test(`kernels predict what walking leaf by leaf gives, from ${votes}s`, async () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomNumbers(seed);
      const numFeatures = 1 + Math.floor(random() * 12);
      const numClasses = 2 + Math.floor(random() ** 2 * 9);
      const samples = Float32Array.from({ length: 150 * numFeatures }, () => random() * 4 - 2);
      const forest = await trainForest(
        samples,
        Array.from({ length: 150 }, () => 1 + Math.floor(random() * numClasses)),
        { numFeatures, maxDepth: 1 + seed % 9, numTrees: 1 + Math.floor(random() * 40), votes },
      );
      const thresholds = forest.trees.flatMap(({ threshold }) => Array.from(threshold));
      const planes = Array.from(
        { length: numFeatures },
        () =>
          Float32Array.from({ length: 1 + Math.floor(seed * 37.7) }, () => {
            const kind = random();
            if (kind < 0.1) return SPECIAL[Math.floor(random() * SPECIAL.length)];
            if (kind < 0.4) return thresholds[Math.floor(random() * thresholds.length)];
            return random() * 4 - 2;
          }),
      );
      const expected = await predictPlanesPlainly(planes, forest, EVERYTHING);
      assert.deepEqual(predictPlanes(planes, forest, EVERYTHING), expected, `seed ${seed}`);
      // Planes that lie in the memory of the kernels are read where they are.
      using block = new Block(planes.length * planes[0].byteLength);
      const inside = planes.map((plane, f) => {
        const view = block.float32(f * plane.byteLength, plane.length);
        view.set(plane);
        return view;
      });
      assert.deepEqual(predictPlanes(inside, forest, EVERYTHING), expected, `seed ${seed}, inside`);
    }
  });
}

Deno.test("an empty image gets an empty prediction", async () => {
  const forest = await trainForest(Float32Array.of(1, 2), [1, 2], { numFeatures: 1 });
  const { classes } = predictPlanes([new Float32Array(0)], forest, { classes: true });
  assert.equal(classes!.length, 0);
});

Deno.test("a long prediction tells how far it is and ends when it is cancelled", async () => {
  const random = randomNumbers(5);
  const samples = Float32Array.from({ length: 200 }, () => random());
  const classes = Array.from(samples, (value) => value < 0.5 ? 1 : 2);
  const forest = await trainForest(samples, classes, { numFeatures: 1 });
  const length = 2 ** 20 + 5;
  const planes = [Float32Array.from({ length }, () => random())];
  const expected = predictPlanes(planes, forest, EVERYTHING);
  for (const threads of [1, 2]) {
    using pool = new WorkerPool(threads);
    const told: number[] = [];
    const onProgress = (fraction: number) => void told.push(fraction);
    const control = { signal: new AbortController().signal, onProgress };
    const found = await predictPlanesTogether(pool, planes, forest, EVERYTHING, control);
    assert.deepEqual(found, expected);
    assert.ok(told.length > 2);
    assert.deepEqual(told, [...told].sort((a, b) => a - b));
    assert.equal(told.at(-1), 1);

    const stop = new AbortController();
    // As long as a piece of a deep forest takes.
    const wait = () => {
      stop.abort();
      for (const start = performance.now(); performance.now() - start < 30;);
    };
    const cancelled = { signal: stop.signal, onProgress: wait };
    await rejectsDaub(
      "cancelled",
      /cancelled/,
      () => predictPlanesTogether(pool, planes, forest, EVERYTHING, cancelled),
    );
  }
});
