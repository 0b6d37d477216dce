import assert from "node:assert/strict";
import type { Region, Tile } from "../../src/backend.ts";
import { planFeatures } from "../../src/features/plan.ts";
import type { FeaturePlan, Operation } from "../../src/features/plan_types.ts";
import {
  computeFeaturesGpu,
  computeMaximumGpu,
  encodeFeatureStack,
  maxTilePixelsGpu,
  sampleFeaturesGpu,
} from "../../src/features/stack_gpu.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { cutRegion, planTiles } from "../../src/flow/tiles.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import { pixelCount, type Size } from "../../src/image/image.ts";
import { rejectsDaub } from "../support/errors.ts";
import { gpuTest } from "../support/gpu.ts";
import { type Chain, chainPlan, isotropic, randomNumbers, tileOf } from "./chain_plan.ts";

/** One of every kind of filter, alone and behind a blur. */
function manyFilters(dimensions: 2 | 3): FeaturePlan {
  const blur: Operation = { kind: "gaussian", sigma: isotropic(0.8, dimensions) };
  const radius = isotropic(2, dimensions);
  const filters: Operation[] = [
    { kind: "stencil", name: "sobel" },
    { kind: "stencil", name: "laplace_box" },
    { kind: "stencil", name: "large_hessian_eigenvalue" },
    { kind: "window", statistic: "median", shape: "sphere", radius },
    { kind: "window", statistic: "mean", shape: "box", radius },
    { kind: "window", statistic: "maximum", shape: "box", radius },
    { kind: "window", statistic: "minimum", shape: "sphere", radius },
    { kind: "window", statistic: "standard_deviation", shape: "box", radius },
    { kind: "power", exponent: 1.5 },
    { kind: "gamma", gamma: 0.7 },
  ];
  const chains: Chain[] = [
    [],
    [blur],
    [blur, { kind: "combine", operator: "subtract" }],
    ...filters.map((filter) => [filter]),
    ...filters.slice(0, -1).map((filter) => [blur, filter]),
  ];
  return chainPlan(dimensions, chains);
}

const MAXIMA = new Map([[0, 255]]);

function noise(size: Size, seed: number): Tile {
  const random = randomNumbers(seed);
  return tileOf(size, () => Math.floor(random() * 256));
}

const SIZES: Size[] = [
  { width: 37, height: 23, depth: 1 },
  { width: 1, height: 29, depth: 1 },
  { width: 31, height: 1, depth: 1 },
  { width: 1, height: 1, depth: 1 },
  { width: 12, height: 11, depth: 9 },
  { width: 1, height: 7, depth: 5 },
];

for (const size of SIZES) {
  const { width, height, depth } = size;
  const dimensions = depth > 1 ? 3 : 2;
  gpuTest(`tiles with a halo equal the whole of ${width} × ${height} × ${depth}`, async () => {
    using gpu = await Gpu.open();
    const plan = manyFilters(dimensions);
    const image = noise(size, 11);
    const whole = await computeFeaturesGpu(gpu, image, plan, wholeRegion(size), MAXIMA);
    assert.equal(whole.length, plan.features.length);
    assert.deepEqual(whole[0], image.channels[0]);
    const least = [width, height, depth].map((length, axis) =>
      Math.min(length, 1 + 2 * plan.halo[axis])
    ).reduce((a, b) => a * b);
    const placements = planTiles(
      size,
      plan.halo,
      Math.max(least, Math.floor(pixelCount(size) / 2)),
    );
    const stride = Math.ceil(placements.length / 12);
    for (const { core, tile, coreInTile } of placements.filter((_, i) => i % stride === 0)) {
      const channels = [cutRegion(image.channels[0], size, tile)];
      const part = await computeFeaturesGpu(gpu, { ...tile, channels }, plan, coreInTile, MAXIMA);
      part.forEach((plane, feature) => {
        assert.deepEqual(plane, cutRegion(whole[feature], size, core), plan.features[feature].name);
      });
    }
    assert.equal(gpu.pool.numUsed, 0);
  });

  gpuTest(`samples of ${width} × ${height} × ${depth} are rows of the planes`, async () => {
    using gpu = await Gpu.open();
    const plan = manyFilters(dimensions);
    const image = noise(size, 12);
    const planes = await computeFeaturesGpu(gpu, image, plan, wholeRegion(size), MAXIMA);
    const last = pixelCount(size) - 1;
    const pixels = Uint32Array.of(last >> 1, last, last >> 1, last >> 2);
    const samples = await sampleFeaturesGpu(gpu, image, plan, pixels, MAXIMA);
    const expected = [...pixels].flatMap((pixel) => planes.map((plane) => plane[pixel]));
    assert.deepEqual([...samples], expected);
    assert.equal(gpu.pool.numUsed, 0);
  });
}

gpuTest("a core inside a tile is cut from all features, shared ones included", async () => {
  using gpu = await Gpu.open();
  const size = { width: 40, height: 30, depth: 1 };
  const image = noise(size, 5);
  const plan = manyFilters(2);
  const whole = await computeFeaturesGpu(gpu, image, plan, wholeRegion(size), MAXIMA);
  const core: Region = { x: 3, y: 7, z: 0, width: 21, height: 5, depth: 1 };
  const part = await computeFeaturesGpu(gpu, image, plan, core, MAXIMA);
  part.forEach((plane, i) => assert.deepEqual(plane, cutRegion(whole[i], size, core)));
});

gpuTest(
  "features that name the same step and further channels have planes of their own",
  async () => {
    using gpu = await Gpu.open();
    const [first, second] = [noise(SIZES[0], 1), noise(SIZES[0], 2)];
    const tile = { ...first, channels: [first.channels[0], second.channels[0]] };
    const input = (channel: number) => ({
      operation: { kind: "input", channel } as const,
      inputs: [],
      halo: [0, 0, 0] as const,
      name: `original ${channel}`,
    });
    const stencil = { kind: "stencil", name: "gradient_x" } as const;
    const gradient = {
      operation: stencil,
      inputs: [1],
      halo: [1, 1, 0] as const,
      name: "gradient",
    };
    const plan: FeaturePlan = {
      specification: "",
      numChannels: 2,
      dimensions: 2,
      steps: [input(0), input(1), gradient],
      features: [2, 1, 0, 2, 1].map((step) => ({ name: `${step}`, step })),
      halo: [1, 1, 0],
      reductions: [],
    };
    const planes = await computeFeaturesGpu(gpu, tile, plan, wholeRegion(tile), new Map());
    assert.deepEqual(planes[1], tile.channels[1]);
    assert.deepEqual(planes[2], tile.channels[0]);
    assert.deepEqual(planes[4], tile.channels[1]);
    assert.deepEqual(planes[0], planes[3]);
    assert.equal(planes[0][1], tile.channels[1][2] - tile.channels[1][0]);
    const samples = await sampleFeaturesGpu(gpu, tile, plan, Uint32Array.of(5), new Map());
    assert.deepEqual([...samples], planes.map((plane) => plane[5]));
  },
);

gpuTest("the maximum is that of the core, also of negative values", async () => {
  using gpu = await Gpu.open();
  const size = { width: 100, height: 97, depth: 1 };
  const tile = tileOf(size, (x, y) => x === 50 && y === 60 ? -1.5 : -3 - x - y);
  const plan = chainPlan(2, [[{ kind: "stencil", name: "gradient_x" }]]);
  const maximum = (step: number, core: Region) =>
    computeMaximumGpu(gpu, tile, plan, step, core, new Map());
  assert.equal(await maximum(0, wholeRegion(size)), -1.5);
  assert.equal(await maximum(0, { x: 1, y: 2, z: 0, width: 9, height: 9, depth: 1 }), -6);
  assert.equal(await maximum(1, wholeRegion(size)), 109.5);
  assert.equal(await maximum(1, { x: 60, y: 0, z: 0, width: 40, height: 97, depth: 1 }), -1);
  assert.equal(gpu.pool.numUsed, 0);
});

gpuTest("the maximum passes over NaN and knows infinity", async () => {
  using gpu = await Gpu.open();
  const tile = tileOf({ width: 4, height: 1, depth: 1 }, (x) => [-4, 9, -2, 2][x]);
  const plan = chainPlan(2, [
    [{ kind: "power", exponent: 0.5 }],
    [{ kind: "power", exponent: 100 }],
  ]);
  const maximum = (step: number, width: number) => {
    const core = { x: 0, y: 0, z: 0, width, height: 1, depth: 1 };
    return computeMaximumGpu(gpu, tile, plan, step, core, new Map());
  };
  assert.ok(Math.abs(await maximum(1, 4) - 3) < 1e-6);
  assert.equal(await maximum(1, 1), -Infinity);
  assert.equal(await maximum(2, 4), Infinity);
});

gpuTest("no pixels give no samples, a plan without features gives no planes", async () => {
  using gpu = await Gpu.open();
  const tile = noise(SIZES[0], 3);
  const plan = chainPlan(2, [[]]);
  assert.deepEqual(
    await sampleFeaturesGpu(gpu, tile, plan, new Uint32Array(0), MAXIMA),
    new Float32Array(0),
  );
  const empty = { ...plan, features: [] };
  assert.deepEqual(await computeFeaturesGpu(gpu, tile, empty, wholeRegion(tile), MAXIMA), []);
  assert.deepEqual(
    await sampleFeaturesGpu(gpu, tile, empty, Uint32Array.of(1), MAXIMA),
    new Float32Array(0),
  );
});

gpuTest("features that a plan leaves out keep their places, all zero", async () => {
  using gpu = await Gpu.open();
  const tile = noise(SIZES[0], 10);
  const plan = manyFilters(2);
  const planes = await computeFeaturesGpu(gpu, tile, plan, wholeRegion(tile), MAXIMA);
  const isUsed = (feature: number) => feature % 3 === 1;
  const features = plan.features.map((feature, i) =>
    isUsed(i) ? feature : { ...feature, step: -1 }
  );
  const pruned = { ...plan, features };
  const expected = planes.map((plane, i) => isUsed(i) ? plane : plane.map(() => 0));
  const found = await computeFeaturesGpu(gpu, tile, pruned, wholeRegion(tile), MAXIMA);
  assert.deepEqual(found, expected);
  const samples = await sampleFeaturesGpu(gpu, tile, pruned, Uint32Array.of(100), MAXIMA);
  assert.deepEqual([...samples], expected.map((plane) => plane[100]));
});

gpuTest("a stack is left to later dispatches of its batch, its planes aligned", async () => {
  using gpu = await Gpu.open();
  const tile = noise(SIZES[0], 4);
  const plan = manyFilters(2);
  const planes = await computeFeaturesGpu(gpu, tile, plan, wholeRegion(tile), MAXIMA);
  using batch = gpu.batch();
  const stack = encodeFeatureStack(batch, tile, plan, wholeRegion(tile), MAXIMA);
  assert.equal(stack.planeStride % 64, 0);
  assert.equal(stack.numPixels, 37 * 23);
  assert.equal(stack.numFeatures, plan.features.length);
  const { buffer, offset, planeStride, numFeatures } = stack;
  const read = batch.read({ buffer, offset, size: planeStride * numFeatures * 4 });
  await batch.submit();
  const floats = new Float32Array(await read);
  planes.forEach((plane, i) => {
    const start = i * stack.planeStride;
    assert.deepEqual(floats.slice(start, start + stack.numPixels), plane);
  });
});

gpuTest("a plan is compiled at its first tile only", async () => {
  using gpu = await Gpu.open();
  let compiled = 0;
  const { device } = gpu;
  const compile = device.createComputePipelineAsync.bind(device);
  device.createComputePipelineAsync = (descriptor) => {
    compiled++;
    return compile(descriptor);
  };
  const tile = noise(SIZES[0], 6);
  const gaussians = (sigmas: number[]) =>
    chainPlan(2, sigmas.map((sigma) => [{ kind: "gaussian", sigma: [sigma, sigma, 0] }]));
  await computeFeaturesGpu(gpu, tile, gaussians([1, 2, 3]), wholeRegion(tile), MAXIMA);
  assert.equal(compiled, 1);
  await computeFeaturesGpu(gpu, tile, gaussians([4, 25]), wholeRegion(tile), MAXIMA);
  assert.equal(compiled, 1);
});

gpuTest("tiles as large as allowed fit the device's bindings", async () => {
  using gpu = await Gpu.open();
  const stencils = ["gradient_x", "gradient_y", "laplace_box", "laplace_diamond"] as const;
  const chains: Chain[] = [1, 2, 3, 4].flatMap((exponent) =>
    stencils.map((name): Chain => [{ kind: "power", exponent }, { kind: "stencil", name }])
  );
  const plan = chainPlan(2, chains);
  const numPixels = maxTilePixelsGpu(gpu, plan);
  assert.ok(numPixels * 16 * 4 <= gpu.maxBindingBytes);
  assert.ok(numPixels >= 2_000_000 * gpu.maxBindingBytes / 2 ** 27);
  if (!gpu.isSoftware) return;
  const height = Math.floor(numPixels / 1024);
  const tile = tileOf({ width: 1024, height, depth: 1 }, (x, y) => x + y);
  using batch = gpu.batch();
  const stack = encodeFeatureStack(batch, tile, plan, wholeRegion(tile), MAXIMA);
  const last = (stack.numFeatures - 2) * stack.planeStride * 4;
  const read = batch.read({ buffer: stack.buffer, offset: last, size: stack.numPixels * 4 });
  await batch.submit();
  // The Laplacian of (x + y)^4 over the box: 36 (x + y)^2 + 16, negated.
  const plane = new Float32Array(await read);
  const found = plane[5 * 1024 + 7];
  assert.ok(Math.abs(found + laplaceOfFourthPower(12)) < 0.1, `found ${found}`);
});

gpuTest(
  "where the kernel of tiles loads more planes than there are features, they fit",
  async () => {
    using gpu = await Gpu.open();
    const floats = gpu.maxBindingBytes / 4;
    // Two blurs along x for each feature.
    for (const [specification, numPlanes] of [["5", 2], ["5 6", 4]] as const) {
      const features = specification.replaceAll(/\d/g, "difference_of_gaussian=$&");
      const numPixels = maxTilePixelsGpu(gpu, planFeatures(features, { dimensions: 2 }));
      assert.ok(numPixels * numPlanes <= floats, `${numPixels} pixels`);
      assert.ok(numPixels * numPlanes > 0.9 * floats / 2, `${numPixels} pixels`);
    }
  },
);

/** The negated sum of the differences of (x + y)^4 to its eight neighbours. */
function laplaceOfFourthPower(sum: number): number {
  let total = 0;
  for (const dx of [-1, 0, 1]) {
    for (const dy of [-1, 0, 1]) total += (sum + dx + dy) ** 4 - sum ** 4;
  }
  return total;
}

gpuTest("a device lost under a stack rejects it and takes no buffers along", async () => {
  using gpu = await Gpu.open();
  const tile = noise({ width: 256, height: 256, depth: 1 }, 8);
  const plan = manyFilters(2);
  await computeFeaturesGpu(gpu, tile, plan, wholeRegion(tile), MAXIMA);
  const features = computeFeaturesGpu(gpu, tile, plan, wholeRegion(tile), MAXIMA);
  gpu.device.destroy();
  await rejectsDaub("backend", /was lost/, () => features);
  assert.equal(gpu.pool.numUsed, 0);
});

gpuTest("a maximum that is not known is asked for in words", async () => {
  using gpu = await Gpu.open();
  const tile = noise(SIZES[0], 9);
  const plan = chainPlan(2, [[{ kind: "gamma", gamma: 2 }]]);
  await rejectsDaub(
    "features",
    /maximum of original/,
    () => computeFeaturesGpu(gpu, tile, plan, wholeRegion(tile), new Map()),
  );
  assert.equal(gpu.pool.numUsed, 0);
});
