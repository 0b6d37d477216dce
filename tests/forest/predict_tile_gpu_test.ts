import assert from "node:assert/strict";
import type { Region, Tile } from "../../src/backend.ts";
import { planFeatures } from "../../src/features/plan.ts";
import type { FeaturePlan } from "../../src/features/plan_types.ts";
import { predefinedFeatureSets } from "../../src/features/presets.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { computeFeaturesGpu } from "../../src/features/stack_gpu.ts";
import type { Forest, Prediction } from "../../src/forest/forest.ts";
import { predictPlanes } from "../../src/forest/predict_cpu.ts";
import {
  appendTilePrediction,
  type TilePredictionOptions,
} from "../../src/forest/predict_tile_gpu.ts";
import type { Gpu } from "../../src/gpu/gpu.ts";
import { rejectsDaub } from "../support/errors.ts";
import { samePixels } from "../support/same_pixels.ts";
import { ask, forestOf, type Node } from "./hand_made.ts";
import { randomNumbers } from "./random_cases.ts";
import { EVERYTHING, gpuTest } from "./twins.ts";

/** The next smaller 32-bit float. */
function below(value: number): number {
  if (value === 0) return -(2 ** -149);
  const bits = new Int32Array(Float32Array.of(value).buffer);
  bits[0] += value > 0 ? -1 : 1;
  return new Float32Array(bits.buffer)[0];
}

/**
 * A forest with a tree for every feature, whose leaves tell each value of its plane from all others,
 * the neighbouring 32-bit floats included: a different bit anywhere changes the votes.
 */
function tellingForest(planes: readonly Float32Array[], votes: Forest["votes"], seed: number) {
  const random = randomNumbers(seed);
  const leaf = () => [1 + Math.floor(random() * 999), 1 + Math.floor(random() * 999), 1000];
  const trees = planes.map((plane, feature) => {
    const values = [...new Set(plane)].filter(Number.isFinite).sort((a, b) => a - b);
    const cuts = [...new Set(values.flatMap((value) => [below(value), value]))];
    const tree = (from: number, to: number): Node => {
      if (from === to) return leaf();
      const middle = (from + to) >> 1;
      return ask(feature, cuts[middle], tree(from, middle), tree(middle + 1, to));
    };
    return tree(0, cuts.length);
  });
  return forestOf(trees, { numFeatures: planes.length, votes });
}

function noise(width: number, height: number, seed: number, numChannels = 1): Tile {
  const random = randomNumbers(seed);
  const channels = Array.from(
    { length: numChannels },
    () => Float32Array.from({ length: width * height }, () => random() * 255),
  );
  return { width, height, depth: 1, channels };
}

interface Case {
  readonly tile: Tile;
  readonly plan: FeaturePlan;
  readonly core: Region;
  readonly maxima: ReadonlyMap<number, number>;
}

async function predict(
  gpu: Gpu,
  problem: Case,
  forest: Forest,
  options: TilePredictionOptions,
): Promise<Prediction> {
  using batch = gpu.batch();
  const all = { fuse: true, ...options };
  const pending = appendTilePrediction(gpu, batch, { ...problem, forest }, EVERYTHING, all).read();
  await batch.submit();
  return await pending;
}

function samePrediction(found: Prediction, expected: Prediction): void {
  samePixels(found.classes!, expected.classes!);
  samePixels(found.uncertainty!, expected.uncertainty!);
  expected.probabilities!.forEach((plane, k) => samePixels(found.probabilities![k], plane));
}

/** How often each kernel runs while something is computed. */
async function countDispatches(gpu: Gpu, compute: () => Promise<unknown>) {
  const times = gpu.timeKernels();
  times.clear();
  await compute();
  return Object.fromEntries(
    Array.from(times.kernels, ([name, { dispatches }]) => [name, dispatches]),
  );
}

async function checkCase(
  gpu: Gpu,
  problem: Case,
  options: TilePredictionOptions,
  votes: Forest["votes"] = "fraction",
): Promise<void> {
  const { tile, plan, core, maxima } = problem;
  const planes = await computeFeaturesGpu(gpu, tile, plan, core, maxima);
  const forest = tellingForest(planes, votes, tile.width);
  const expected = predictPlanes(planes, forest, EVERYTHING);
  samePrediction(await predict(gpu, problem, forest, { fuse: false }), expected);
  let fused: Prediction | undefined;
  const kernels = await countDispatches(gpu, async () => {
    fused = await predict(gpu, problem, forest, options);
  });
  assert.ok("predict_tile" in kernels && !("predict" in kernels), Object.keys(kernels).join());
  samePrediction(fused!, expected);
}

const EVERY_FILTER = "original gaussian_blur=1 difference_of_gaussian=2 sobel_of_gaussian_blur=1 " +
  "laplace_box_of_gaussian_blur=1.5 laplace_diamond=1 gradient_x_of_gaussian_blur=1 gradient_y=1 " +
  "small_hessian_eigenvalue_of_gaussian_blur=2 large_hessian_eigenvalue=1 mean_box=2 " +
  "maximum_box=3 minimum_sphere=2 top_hat_box=2 bottom_hat_box=1 median_box=1 " +
  "subtract_gaussian_background=3 divide_by_gaussian_background=5 power=1.5 gamma_correction=0.7 " +
  "variance_sphere=1 sobel_of_median_box=1 gaussian_blur=1 closing_box=4";

const SIZES = [[1, 1], [1, 29], [31, 1], [16, 16], [17, 15], [37, 23], [64, 8], [33, 50]];

for (const [width, height] of SIZES) {
  gpuTest(
    `all filters and votes in workgroup memory equal planes and votes, ${width} × ${height}`,
    async (gpu) => {
      const tile = noise(width, height, 3 * width + height);
      const plan = planFeatures(EVERY_FILTER, { dimensions: 2 });
      const maxima = new Map(plan.reductions.map((step) => [step, 255]));
      const problem = { tile, plan, core: wholeRegion(tile), maxima };
      await checkCase(gpu, problem, { memory: 4096 });
      if (width > 30) await checkCase(gpu, problem, {}, "count");
    },
  );
}

for (const name of ["v070", "object_size_1_to_5_px", "medium_dog_log", "large_quick"] as const) {
  gpuTest(`the features of ${name} in workgroup memory equal planes of them`, async (gpu) => {
    const tile = noise(45, 38, 5);
    const plan = planFeatures(predefinedFeatureSets[name], { dimensions: 2 });
    const problem = { tile, plan, core: wholeRegion(tile), maxima: new Map() };
    await checkCase(gpu, problem, {});
    await checkCase(gpu, problem, { memory: 4096 });
  });
}

gpuTest("random plans, sizes, cores and channels come out the same", async (gpu) => {
  const random = randomNumbers(17);
  const below = (bound: number) => Math.floor(random() * bound);
  const filters = ["gaussian_blur", "sobel_of_gaussian_blur", "difference_of_gaussian", "mean_box"];
  const more = ["top_hat_box", "maximum_box", "laplace_box_of_mean_box", "power_of_gaussian_blur"];
  const names = [...filters, ...more];
  for (let i = 0; i < 12; i++) {
    const specification = Array.from(
      { length: 1 + below(9) },
      () => `${names[below(names.length)]}=${1 + below(12) / 2}`,
    ).join(" ");
    const numChannels = 1 + below(2);
    const plan = planFeatures(specification, { dimensions: 2, numChannels });
    const tile = noise(1 + below(60), 1 + below(60), i, numChannels);
    const [x, y] = [below(tile.width), below(tile.height)];
    const [width, height] = [1 + below(tile.width - x), 1 + below(tile.height - y)];
    const core = { x, y, z: 0, width, height, depth: 1 };
    await checkCase(gpu, { tile, plan, core, maxima: new Map() }, { memory: 4096 });
  }
});

gpuTest("each part of a prediction alone is what it is among others", async (gpu) => {
  const tile = noise(23, 18, 6);
  const plan = planFeatures("gaussian_blur=1 sobel=1", { dimensions: 2 });
  const problem = { tile, plan, core: wholeRegion(tile), maxima: new Map() };
  const planes = await computeFeaturesGpu(gpu, tile, plan, problem.core, problem.maxima);
  for (const votes of ["fraction", "count"] as const) {
    const forest = tellingForest(planes, votes, 3);
    const expected = predictPlanes(planes, forest, EVERYTHING);
    for (const part of ["classes", "probabilities", "uncertainty"] as const) {
      using batch = gpu.batch();
      const all = { ...problem, forest };
      const read = appendTilePrediction(gpu, batch, all, { [part]: true }, { fuse: true }).read();
      await batch.submit();
      const found = await read;
      assert.deepEqual(Object.keys(found), [part]);
      const planesOf = (prediction: Prediction) =>
        part === "probabilities" ? prediction.probabilities! : [prediction[part]!];
      planesOf(found).forEach((plane, k) => samePixels(plane, planesOf(expected)[k]));
    }
  }
});

gpuTest("sums that exceed a binding are voted in pieces of whole rows of tiles", async (gpu) => {
  const tile = noise(41, 70, 2);
  const plan = planFeatures("gaussian_blur=1 original", { dimensions: 2 });
  const problem = { tile, plan, core: wholeRegion(tile), maxima: new Map() };
  const planes = await computeFeaturesGpu(gpu, tile, plan, problem.core, problem.maxima);
  const forest = tellingForest(planes, "fraction", 1);
  const expected = predictPlanes(planes, forest, EVERYTHING);
  // Three classes: 16 rows of sums fit, 32 do not; the tile itself fits.
  const maxBytes = 4 * 41 * 75;
  let found: Prediction | undefined;
  const kernels = await countDispatches(gpu, async () => {
    found = await predict(gpu, problem, forest, { maxBytes });
  });
  assert.equal(kernels.predict_tile, 5);
  samePrediction(found!, expected);
});

gpuTest(
  "the default features and their votes are one dispatch, wide blurs one more",
  async (gpu) => {
    const tile = noise(40, 30, 8);
    const core = wholeRegion(tile);
    for (
      const [specification, expected] of [
        [predefinedFeatureSets.v070, { predict_tile: 1 }],
        ["gaussian_blur=5 sobel_of_gaussian_blur=5", { convolve: 1, predict_tile: 1 }],
        ["median_box=1 sobel_of_median_box=1", { median: 1, predict_tile: 1 }],
      ] as const
    ) {
      const plan = planFeatures(specification, { dimensions: 2 });
      const problem = { tile, plan, core, maxima: new Map() };
      const planes = await computeFeaturesGpu(gpu, tile, plan, core, problem.maxima);
      const forest = tellingForest(planes, "fraction", 1);
      const kernels = await countDispatches(gpu, () => predict(gpu, problem, forest, {}));
      assert.deepEqual(kernels, expected, specification);
    }
  },
);

gpuTest("without planes of features, far less memory is read and written", async (gpu) => {
  const tile = noise(128, 96, 8);
  const times = gpu.timeKernels();
  for (
    const [name, memory, factor] of [
      ["v070", 4096, 12],
      ["object_size_1_to_5_px", 4096, 3.5],
      ["object_size_1_to_5_px", 8192, 6],
    ] as const
  ) {
    const plan = planFeatures(predefinedFeatureSets[name], { dimensions: 2 });
    const trees = plan.features.map((_, feature) => ask(feature, 100, [1, 0], [0, 1]));
    const forest = forestOf(trees, { numFeatures: trees.length });
    const problem = { tile, plan, core: wholeRegion(tile), maxima: new Map(), forest };
    const countBytes = async (fuse: boolean) => {
      times.clear();
      using batch = gpu.batch();
      const options = { fuse, memory };
      appendTilePrediction(gpu, batch, problem, { classes: true }, options);
      await batch.submit();
      return times.kernels.values().reduce((sum, { bytes }) => sum + bytes, 0);
    };
    const [fused, planar] = [await countBytes(true), await countBytes(false)];
    assert.ok(planar > factor * fused, `${name}: ${planar} bytes instead of ${fused}`);
  }
});

gpuTest(
  "features that no tree asks about are not computed, also where the plan has them",
  async (gpu) => {
    const tile = noise(20, 20, 8);
    const plan = planFeatures("median_box=2 gaussian_blur=1 variance_box=2", { dimensions: 2 });
    const problem = { tile, plan, core: wholeRegion(tile), maxima: new Map() };
    const forest = forestOf([ask(1, 127, [3, 1], [1, 5])], { numFeatures: 3 });
    const planes = await computeFeaturesGpu(gpu, tile, plan, problem.core, problem.maxima);
    for (const fuse of [true, false]) {
      const kernels = await countDispatches(gpu, async () => {
        const found = await predict(gpu, problem, forest, { fuse });
        samePrediction(found, predictPlanes(planes, forest, EVERYTHING));
      });
      assert.ok(!("median" in kernels) && !("window" in kernels), Object.keys(kernels).join());
    }
    const kernels = await countDispatches(gpu, () => predict(gpu, problem, forestOf([[2, 3]]), {}));
    assert.deepEqual(kernels, { predict_tile: 1 });
  },
);

gpuTest("volumes and more features than workgroups have memory for go over planes", async (gpu) => {
  const depth = 5;
  const volume = { ...noise(9, 8 * depth, 4), height: 8, depth };
  const flat = noise(19, 14, 4);
  const many = Array.from({ length: 70 }, (_, i) => `power=${1 + i / 64}`).join(" ");
  for (
    const [tile, specification] of [[volume, "gaussian_blur=1 sobel=1"], [flat, many]] as const
  ) {
    const plan = planFeatures(specification, { dimensions: tile.depth > 1 ? 3 : 2 });
    const problem = { tile, plan, core: wholeRegion(tile), maxima: new Map() };
    const planes = await computeFeaturesGpu(gpu, tile, plan, problem.core, problem.maxima);
    const forest = tellingForest(planes, "fraction", 1);
    let found: Prediction | undefined;
    const kernels = await countDispatches(gpu, async () => {
      found = await predict(gpu, problem, forest, { memory: 4096 });
    });
    assert.ok("predict" in kernels && !("predict_tile" in kernels), Object.keys(kernels).join());
    samePrediction(found!, predictPlanes(planes, forest, EVERYTHING));
  }
});

gpuTest("a gamma correction whose maximum is not known is refused", async (gpu) => {
  const tile = noise(9, 9, 1);
  const plan = planFeatures("gamma_correction=2", { dimensions: 2 });
  const forest = forestOf([ask(0, 100, [1, 0], [0, 1])]);
  const problem = { tile, plan, core: wholeRegion(tile), maxima: new Map() };
  await rejectsDaub("features", /maximum of original/, () => predict(gpu, problem, forest, {}));
});
