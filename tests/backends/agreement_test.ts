import assert from "node:assert/strict";
import type { Backend } from "../../src/backend.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { PlainBackend } from "../../src/backends/plain_backend.ts";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { computeStack } from "../../src/flow/features.ts";
import { predictImage } from "../../src/flow/predict.ts";
import { openSource } from "../../src/flow/source.ts";
import type { Forest } from "../../src/forest/forest.ts";
import { dimensions } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import { gpuTest } from "../support/gpu.ts";
import { samePixels } from "../support/same_pixels.ts";

const sample = (name: string) => readImage(new URL(`../../samples/${name}.tif`, import.meta.url));

const SPECIFICATIONS = [
  "gaussian_blur=1 difference_of_gaussian=1 laplace_box_of_gaussian_blur=1 sobel_of_gaussian_blur=1",
  "original gaussian_blur=3 small_hessian_eigenvalue_of_gaussian_blur=2 variance_sphere=2 " +
  "divide_by_gaussian_background=5 median_box=1 gamma_correction=0.5",
];
const REQUEST = { classes: true, probabilities: true, uncertainty: true };

/** How near to a threshold a pixel comes, relative to what its feature may differ by. */
function nearestThreshold(forest: Forest, values: number[], allowed: number[]): number {
  let nearest = Infinity;
  for (const { feature, threshold, left, right } of forest.trees) {
    let node = 0;
    while (feature[node] >= 0) {
      const f = feature[node];
      nearest = Math.min(nearest, Math.abs(values[f] - threshold[node]) / allowed[f]);
      node = values[f] <= threshold[node] ? left[node] : right[node];
    }
  }
  return nearest;
}

const TWINS: readonly [string, typeof gpuTest, () => Promise<Backend>][] = [
  ["GPU", gpuTest, () => openBackend("gpu")],
  ["plain TypeScript", Deno.test, () => Promise.resolve(new PlainBackend("for a test"))],
];

for (const [twinName, test, open] of TWINS) {
  for (const name of ["blobs", "cells", "volume"]) {
    for (const [i, specification] of SPECIFICATIONS.entries()) {
      for (const votes of ["fraction", "count"] as const) {
        test(
          `${twinName} and CPU agree on the ${name} sample, features ${i + 1}, ${votes} votes`,
          async () => {
            await using cpu = await openBackend("cpu");
            await using twin = await open();
            const image = await sample(name);
            const annotation = await sample(`${name}_annotation`);
            const source = openSource(image);
            const plan = planFeatures(specification, {
              numChannels: image.length,
              dimensions: dimensions(image[0]),
            });
            const largest = source.channels.flatMap((channel) =>
              channel.reduce((a, b) => Math.max(a, Math.abs(b)), 0)
            );
            const stack = await computeStack(cpu, source, plan);
            const twinStack = await computeStack(twin, source, plan);
            const allowed = stack.planes.map((plane, f) => {
              const low = plane.reduce((a, b) => Math.min(a, b));
              const high = plane.reduce((a, b) => Math.max(a, b));
              const bound = 1e-5 * (high - low) + 5e-6 * Math.max(...largest);
              plane.forEach((value, p) => {
                const difference = Math.abs(value - twinStack.planes[f][p]);
                if (difference > bound) assert.fail(`${stack.names[f]} differs by ${difference}`);
              });
              return bound;
            });

            const { forest } = await ObjectSegmenter.train({
              image,
              annotation,
              features: specification,
              maxDepth: 4,
              votes,
              backend: cpu,
            });
            // The same features: equal to the bit.
            const prediction = await cpu.predict(stack.planes, forest, REQUEST);
            assert.deepEqual(await twin.predict(stack.planes, forest, REQUEST), prediction);
            const labels = await cpu.labelComponents(
              prediction.classes!,
              source,
              2,
              source.depth > 1 ? 6 : 4,
            );
            assert.deepEqual(
              await twin.labelComponents(prediction.classes!, source, 2, source.depth > 1 ? 6 : 4),
              labels,
            );
            // From the image: at most a pixel in 10,000 differs, each of them on a threshold.
            const fromImage = await predictImage(twin, source, plan, forest, { classes: true });
            let differing = 0;
            prediction.classes!.forEach((value, p) => {
              if (value === fromImage.classes![p]) return;
              differing++;
              const distance = nearestThreshold(
                forest,
                stack.planes.map((plane) => plane[p]),
                allowed,
              );
              assert.ok(distance <= 1, `pixel ${p} differs but lies ${distance} roundings away`);
            });
            assert.ok(
              differing <= Math.ceil(prediction.classes!.length / 10_000),
              `${differing} pixels differ`,
            );
          },
        );
      }
    }
  }
}

for (const name of ["blobs", "cells"]) {
  for (const [i, features] of SPECIFICATIONS.entries()) {
    gpuTest(
      `the ${name} sample has the same objects with features ${i + 1} in workgroup memory`,
      async () => {
        await using cpu = await openBackend("cpu");
        const image = await sample(name);
        const annotation = await sample(`${name}_annotation`);
        const options = { image, annotation, features, maxDepth: 4, backend: cpu };
        const segmenter = await ObjectSegmenter.train(options);
        const segment = async (fuse: boolean) => {
          await using backend = await openBackend("gpu", { fuse });
          return await segmenter.predict(image, { backend });
        };
        const expected = await segment(false);
        const found = await segment(true);
        assert.ok(expected.count > 10, `${expected.count} objects`);
        assert.equal(found.count, expected.count);
        samePixels(found.data, expected.data);
      },
    );
  }
}
