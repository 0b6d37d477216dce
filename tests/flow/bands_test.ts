import assert from "node:assert/strict";
import { planFeatures } from "../../src/features/plan.ts";
import { computeStack } from "../../src/flow/features.ts";
import { predictImage } from "../../src/flow/predict.ts";
import { collectSamples } from "../../src/flow/samples.ts";
import { openSource, type Source } from "../../src/flow/source.ts";
import { trainForest } from "../../src/forest/train.ts";
import { pixelCount, type Size } from "../../src/image/image.ts";
import { backendTest } from "../support/backends.ts";
import { randomNumbers } from "../support/random.ts";
import { withTileLimit } from "../support/tile_limit.ts";

const PLANE = "original gaussian_blur=2 sobel_of_gaussian_blur=2 difference_of_gaussian=1 " +
  "laplace_box_of_gaussian_blur=1 median_sphere=2 top_hat_box=2 variance_sphere=3 " +
  "gamma_correction=0.5 gamma_correction_of_gaussian_blur=2 large_hessian_eigenvalue=1";
const VOLUME = "gaussian_blur=1 sobel_of_gaussian_blur=1 closing_sphere=1 " +
  "gamma_correction_of_mean_box=2 gradient_z=1";

function randomSource(size: Size, numChannels: number, seed: number): Source {
  const random = randomNumbers(seed);
  const channels = Array.from({ length: numChannels }, () => ({
    ...size,
    data: Float32Array.from({ length: pixelCount(size) }, () => Math.floor(random() * 256)),
  }));
  return openSource(channels);
}

const cases = [
  { name: "2D", size: { width: 61, height: 83, depth: 1 }, channels: 2, spec: PLANE, limit: 1500 },
  {
    name: "3D",
    size: { width: 25, height: 21, depth: 19 },
    channels: 1,
    spec: VOLUME,
    limit: 4900,
  },
];

for (const { name, size, channels, spec, limit } of cases) {
  backendTest(
    `${name}: features, samples and classes in tiles equal those of the whole`,
    async (backend) => {
      const source = randomSource(size, channels, 7);
      const plan = planFeatures(spec, {
        numChannels: channels,
        dimensions: size.depth > 1 ? 3 : 2,
      });
      const tiled = withTileLimit(backend, limit);

      const whole = await computeStack(backend, source, plan);
      const parts = await computeStack(tiled, source, plan);
      assert.deepEqual(parts.names, whole.names);
      whole.planes.forEach((plane, i) => assert.deepEqual(parts.planes[i], plane, whole.names[i]));

      const random = randomNumbers(3);
      const annotation = Uint8Array.from(
        { length: pixelCount(size) },
        () => random() < 0.03 ? 1 + Math.floor(random() * 3) : 0,
      );
      const samples = await collectSamples(backend, source, annotation, plan);
      const fromTiles = await collectSamples(tiled, source, annotation, plan);
      assert.deepEqual(fromTiles, samples);
      const labelled = annotation.reduce((n, value) => n + (value > 0 ? 1 : 0), 0);
      assert.equal(samples.classes.length, labelled);
      let row = 0;
      annotation.forEach((value, pixel) => {
        if (value === 0) return;
        assert.equal(samples.classes[row], value);
        const expected = whole.planes.map((plane) => plane[pixel]);
        const start = row++ * expected.length;
        assert.deepEqual([...samples.values.subarray(start, start + expected.length)], expected);
      });

      const forest = await trainForest(samples.values, samples.classes, {
        numFeatures: plan.features.length,
        maxDepth: 5,
        numTrees: 9,
      });
      const request = { classes: true, probabilities: true, uncertainty: true };
      const prediction = await predictImage(backend, source, plan, forest, request);
      assert.deepEqual(await predictImage(tiled, source, plan, forest, request), prediction);
      assert.ok(new Set(prediction.classes).size > 1);
    },
  );
}
