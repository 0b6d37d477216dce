import assert from "node:assert/strict";
import type { Tile } from "../../src/backend.ts";
import { planFeatures, prunePlan } from "../../src/features/plan.ts";
import type { FeaturePlan } from "../../src/features/plan_types.ts";
import { featureNames } from "../../src/features/specification.ts";
import {
  computeFeaturesCpu,
  computeMaximumCpu,
  sampleFeaturesCpu,
} from "../../src/features/stack_cpu.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { computeFeaturesPlain, sampleFeaturesPlain } from "../../src/features/stack_plain.ts";
import { cutRegion, pasteRegion, planTiles } from "../../src/flow/tiles.ts";
import { pixelCount, type Size } from "../../src/image/image.ts";
import { randomNumbers } from "../support/random.ts";
import { throwsDaub } from "../support/errors.ts";
import { tileOf } from "./chain_plan.ts";
import { maximaOf } from "./cpu_features.ts";

/** Every filter, alone and of a blur. */
function everyFilter(dimensions: 2 | 3): FeaturePlan {
  const filters = featureNames().filter((name) =>
    name !== "original" && (dimensions === 3 || name !== "gradient_z")
  );
  const texts = filters.flatMap((name) => [`${name}=1.5`, `${name}_of_gaussian_blur=0.7`]);
  const specification = ["original", ...texts, "sobel_of_gaussian_blur=3"].join(" ");
  return planFeatures(specification, { numChannels: 2, dimensions });
}

function noise(size: Size): Tile {
  const random = randomNumbers(11);
  const [first, second] = [1, 2].map(() => tileOf(size, () => random() * 1000 - 200).channels[0]);
  return { ...size, channels: [first, second] };
}

const SIZES: Size[] = [
  { width: 61, height: 53, depth: 1 },
  { width: 23, height: 19, depth: 21 },
];

const WAYS = [
  ["kernels", computeFeaturesCpu, sampleFeaturesCpu],
  ["plain TypeScript", computeFeaturesPlain, sampleFeaturesPlain],
] as const;

for (const [way, compute, sample] of WAYS) {
  for (const size of SIZES) {
    const dimensions = size.depth > 1 ? 3 : 2;

    Deno.test(`every filter in ${dimensions}D gives the same bits in tiles as in one piece: ${way}`, () => {
      const plan = everyFilter(dimensions);
      const image = noise(size);
      const maxima = maximaOf(image, plan);
      const whole = compute(image, plan, wholeRegion(size), maxima);
      // Features of one halo at a time, so that each is tiled with no more halo than it needs.
      const halos = new Map(
        plan.features.map((feature) => [plan.steps[feature.step].halo.join(), feature]),
      );
      let numTiles = 0;
      for (const { step } of halos.values()) {
        const { halo } = plan.steps[step];
        const chosen = [...plan.features.keys()].filter((i) => {
          return plan.steps[plan.features[i].step].halo.join() === halo.join();
        });
        const pruned = prunePlan(plan, chosen);
        assert.deepEqual(pruned.halo, halo);
        const prunedMaxima = maximaOf(image, pruned);
        const span = (length: number, reach: number) => Math.min(length, 9 + 2 * reach);
        const most = span(size.width, halo[0]) * span(size.height, halo[1]) *
          span(size.depth, halo[2]);
        const found = chosen.map(() => new Float32Array(pixelCount(size)).fill(NaN));
        const placements = planTiles(size, halo, most);
        numTiles += placements.length;
        for (const { core, tile, coreInTile } of placements) {
          const channels = image.channels.map((channel) => cutRegion(channel, size, tile));
          const part = { ...tile, channels };
          const planes = compute(part, pruned, coreInTile, prunedMaxima);
          chosen.forEach((feature, i) => pasteRegion(planes[feature], found[i], size, core));
        }
        chosen.forEach((feature, i) => assertSameBits(found[i], whole[feature], plan, feature));
      }
      assert.ok(numTiles > 100, `only ${numTiles} tiles`);
    });

    Deno.test(`a part of a ${dimensions}D image computed alone is a part of the whole: ${way}`, () => {
      const plan = everyFilter(dimensions);
      const image = noise(size);
      const maxima = maximaOf(image, plan);
      const whole = compute(image, plan, wholeRegion(size), maxima);
      const core = { x: 3, y: 0, z: dimensions === 3 ? 2 : 0, width: 9, height: 7, depth: 1 };
      const planes = compute(image, plan, core, maxima);
      planes.forEach((plane, i) => assertSameBits(plane, cutRegion(whole[i], size, core), plan, i));
    });

    Deno.test(`samples of a ${dimensions}D image are rows of its features: ${way}`, () => {
      const plan = everyFilter(dimensions);
      const image = noise(size);
      const maxima = maximaOf(image, plan);
      const whole = compute(image, plan, wholeRegion(size), maxima);
      const pixels = Uint32Array.of(5, 0, pixelCount(size) - 1, 5, 700);
      const samples = sample(image, plan, pixels, maxima);
      assert.equal(samples.length, pixels.length * whole.length);
      pixels.forEach((pixel, row) => {
        whole.forEach((plane, i) =>
          assert.ok(Object.is(samples[row * whole.length + i], plane[pixel]))
        );
      });
    });
  }
}

function assertSameBits(
  found: Float32Array,
  expected: Float32Array,
  plan: FeaturePlan,
  feature: number,
): void {
  const at = found.findIndex((value, i) => !Object.is(value, expected[i]));
  const { name } = plan.features[feature];
  assert.equal(found.length, expected.length, name);
  assert.equal(at, -1, `${name} at ${at}: ${found[at]} instead of ${expected[at]}`);
}

Deno.test("the maximum of a step is taken over the core alone", () => {
  const tile = tileOf({ width: 6, height: 4, depth: 1 }, (x, y) => x + 10 * y - 100);
  const plan = planFeatures("gamma_correction_of_maximum_box=1 original", { dimensions: 2 });
  const core = { x: 1, y: 1, z: 0, width: 2, height: 2, depth: 1 };
  const maximumOf = (step: number) => computeMaximumCpu(tile, plan, step, core, new Map());
  assert.equal(maximumOf(0), 2 + 20 - 100);
  assert.equal(maximumOf(plan.reductions[0]), 3 + 30 - 100);
});

Deno.test("a maximum that nobody took is missed", () => {
  const tile = tileOf({ width: 3, height: 3, depth: 1 }, () => 1);
  const plan = planFeatures("gamma_correction=2", { dimensions: 2 });
  throwsDaub("features", /maximum of original/, () => {
    computeFeaturesCpu(tile, plan, wholeRegion(tile), new Map());
  });
});

Deno.test("a repeated feature has a plane of its own, and the image is left alone", () => {
  const tile = tileOf({ width: 3, height: 3, depth: 1 }, (x) => x);
  const plan = planFeatures("original original sobel=1 sobel=1", { dimensions: 2 });
  const planes = computeFeaturesCpu(tile, plan, wholeRegion(tile), new Map());
  assert.equal(new Set([...planes, tile.channels[0]].map(({ buffer }) => buffer)).size, 5);
  assert.deepEqual(planes[0], planes[1]);
  assert.deepEqual(planes[2], planes[3]);
});

Deno.test("features that a pruned plan leaves out are 0", () => {
  const tile = tileOf({ width: 4, height: 3, depth: 1 }, (x) => x + 1);
  const plan = prunePlan(planFeatures("original gradient_x=1", { dimensions: 2 }), [1]);
  const planes = computeFeaturesCpu(tile, plan, wholeRegion(tile), new Map());
  assert.deepEqual([...planes[0]], new Array(12).fill(0));
  assert.deepEqual([...planes[1].subarray(0, 4)], [1, 2, 2, 1]);
  const samples = sampleFeaturesCpu(tile, plan, Uint32Array.of(1, 3), new Map());
  assert.deepEqual([...samples], [0, 2, 0, 1]);
});
