import assert from "node:assert/strict";
import { forestCost, planCost } from "../../src/evaluation/feature_cost.ts";
import { paretoFront, searchFeatures } from "../../src/evaluation/search_features.ts";
import { suggestFeatures } from "../../src/evaluation/suggest_features.ts";
import { planFeatures, prunePlan } from "../../src/features/plan.ts";
import { rejectsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

function plan(features: string, numChannels = 1) {
  return planFeatures(features, { dimensions: 2, numChannels });
}

/** Samples of two classes in strokes of ten; each column is made from the class and a random number. */
function paint(
  numSamples: number,
  columns: readonly ((isObject: boolean, random: () => number) => number)[],
) {
  const random = randomNumbers(17);
  const classes = Uint8Array.from({ length: numSamples }, (_, i) => 1 + Math.floor(i / 10) % 2);
  const values = new Float32Array(numSamples * columns.length);
  classes.forEach((number, row) =>
    columns.forEach((make, c) => values[row * columns.length + c] = make(number === 2, random))
  );
  return { values, classes, groups: classes.map((_, i) => Math.floor(i / 10)) };
}

const noise = (_: boolean, random: () => number) => random();
const signal = (isObject: boolean, random: () => number) => (isObject ? 1 : 0) + 0.9 * random();
const strong = (isObject: boolean, random: () => number) => (isObject ? 2 : 0) + random();

Deno.test("the cheaper of two features that tell the same is suggested", async () => {
  const samples = paint(200, [noise, strong, noise, strong]);
  const features = "laplace_box=1 gaussian_blur=20 sobel=1 gaussian_blur=2";
  const result = await suggestFeatures(samples, plan(features));
  assert.deepEqual([result.features, result.numFeatures], ["gaussian_blur=2", 1]);
  assert.deepEqual([result.all.features, result.all.numFeatures], [features, 4]);
  assert.equal(result.criterion, "strokes");
  assert.ok(result.accuracy >= result.all.accuracy - 0.005);
  assert.equal(result.speedup, result.all.cost / result.cost);
  assert.match(result.statement, /^1 of 4 features reaches 100\.0 % on strokes not seen/);
  assert.match(result.statement, /fast with gaussian_blur=2\. The strokes are easy/);
});

Deno.test("features that tell different things are kept together", async () => {
  // Both are needed: the class is whether the two bits differ.
  const random = randomNumbers(3);
  const values: number[] = [];
  const classes: number[] = [];
  for (let i = 0; i < 800; i++) {
    const [a, b] = [random() < 0.5, random() < 0.5];
    values.push(Number(a) + 0.1 * random(), random(), Number(b) + 0.1 * random(), random());
    classes.push(a === b ? 1 : 2);
  }
  const samples = { values: Float32Array.from(values), classes: Uint8Array.from(classes) };
  const features = "original gaussian_blur=1 gaussian_blur=3 gaussian_blur=9";
  const result = await suggestFeatures(samples, plan(features), { maxDepth: 5 });
  assert.equal(result.features, "original gaussian_blur=3");
  assert.equal(result.criterion, "out_of_bag");
  const costs = result.curve.map(({ cost }) => cost);
  const accuracies = result.curve.map(({ accuracy }) => accuracy);
  assert.deepEqual(costs, costs.toSorted((a, b) => a - b));
  assert.deepEqual(accuracies, accuracies.toSorted((a, b) => a - b));
});

Deno.test("a set that strokes cannot tell from all is not suggested where it changes the image", async () => {
  // On strokes every column tells the classes apart; elsewhere the first two differ from the others.
  const samples = paint(200, [strong, strong, strong, strong]);
  const features = "original gaussian_blur=1 gaussian_blur=6 gaussian_blur=9";
  const random = randomNumbers(29);
  const unpainted = new Float32Array(4 * 500);
  for (let row = 0; row < 500; row++) {
    const [a, b] = [3 * random(), 3 * random()];
    unpainted.set([a, b, b, b], 4 * row);
  }
  const alone = await suggestFeatures(samples, plan(features));
  assert.equal(alone.features, "original");
  assert.equal(alone.agreement, undefined);
  const result = await suggestFeatures(samples, plan(features), { unpainted });
  assert.equal(result.features, "gaussian_blur=1");
  assert.equal(result.all.agreement, 1);
  assert.ok(result.agreement! >= 0.9 && result.agreement! <= 1);
  assert.match(result.statement, /Of the pixels without strokes, \d+\.\d % get the same class/);
  const lax = await suggestFeatures(samples, plan(features), { unpainted, agreement: 0 });
  assert.equal(lax.features, "original");
  assert.ok(lax.agreement! < 0.9);
});

Deno.test("unpainted pixels that do not fit are refused", async () => {
  const samples = paint(60, [strong, noise]);
  const two = plan("original gaussian_blur=1");
  for (const unpainted of [new Float32Array(0), new Float32Array(3)]) {
    await rejectsDaub(
      "options",
      /rows of the plan's 2 features for unpainted pixels but found [03] values/,
      () => suggestFeatures(samples, two, { unpainted }),
    );
  }
  await rejectsDaub(
    "options",
    /agreement to be a share of pixels from 0 to 1 but found 2/,
    () => suggestFeatures(samples, two, { unpainted: new Float32Array(2), agreement: 2 }),
  );
});

Deno.test("equal samples give equal suggestions, and the work can be watched and given up", async () => {
  const samples = paint(4000, [signal, noise, signal, noise, signal]);
  const specification = plan("original sobel=1 gaussian_blur=2 laplace_box=1 gaussian_blur=4");
  const seen: number[] = [];
  const onProgress = (fraction: number) => seen.push(fraction);
  const options = { numTrees: 20, onProgress };
  assert.deepEqual(
    await suggestFeatures(samples, specification, options),
    await suggestFeatures(samples, specification, { numTrees: 20 }),
  );
  assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
  assert.equal(seen.at(-1), 1);
  const controller = new AbortController();
  await rejectsDaub("cancelled", /cancelled/, () =>
    suggestFeatures(samples, specification, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    }));
});

Deno.test("where nothing can be left out, the suggestion is all", async () => {
  const result = await suggestFeatures(paint(60, [strong]), plan("gaussian_blur=1"));
  assert.deepEqual([result.features, result.speedup], ["gaussian_blur=1", 1]);
  assert.match(result.statement, /^No cheaper set .* 100\.0 % on strokes/);
});

Deno.test("with several channels a feature is taken or left in all of them", async () => {
  // The blur of either channel tells the classes apart.
  const samples = paint(200, [noise, strong, noise, strong]);
  const result = await suggestFeatures(samples, plan("original gaussian_blur=3", 2));
  assert.equal(result.features, "gaussian_blur=3");
  const { cost } = result;
  const expected = planCost(prunePlan(plan("original gaussian_blur=3", 2), [1, 3]));
  assert.equal(cost, expected + forestCost(100, 2));
});

Deno.test("shared steps cost once, wider filters more, volumes more than planes", () => {
  const cost = (features: string, dimensions: 2 | 3 = 2) =>
    planCost(planFeatures(features, { dimensions }));
  const blur = cost("gaussian_blur=5");
  const sobel = cost("sobel_of_gaussian_blur=5");
  assert.ok(sobel > blur);
  assert.equal(cost("gaussian_blur=5 sobel_of_gaussian_blur=5"), sobel);
  assert.ok(cost("gaussian_blur=5 sobel_of_gaussian_blur=4") > sobel + 1);
  for (
    const name of ["gaussian_blur", "mean_box", "median_sphere", "variance_box", "top_hat_sphere"]
  ) {
    assert.ok(cost(`${name}=5`) > cost(`${name}=2`), name);
    assert.ok(cost(`${name}=2`, 3) > cost(`${name}=2`), name);
  }
  assert.ok(forestCost(100, 5) > forestCost(100, 2));
});

Deno.test("the front holds what nothing beats in both respects", () => {
  const sets = [[3, 0.9], [1, 0.5], [2, 0.4], [2, 0.7], [4, 0.9], [5, 0.95]]
    .map(([cost, accuracy]) => ({ cost, accuracy }));
  assert.deepEqual(
    paretoFront(sets).map(({ cost }) => cost),
    [1, 2, 3, 5],
  );
});

Deno.test("the search tries no set twice and starts with all features", async () => {
  const asked: string[] = [];
  const tried = await searchFeatures({
    numFeatures: 6,
    order: [5, 4, 3, 2, 1, 0],
    score: (features) => {
      asked.push(features.join());
      // 1 and 4 together are perfect, alone they are good.
      const own = features.filter((feature) => feature === 1 || feature === 4).length;
      return Promise.resolve([0.5, 0.8, 1][own]);
    },
    cost: (features) => features.length,
    tolerance: 0.01,
    maxFeatures: 4,
    maxCandidates: 6,
  });
  assert.equal(asked[0], "0,1,2,3,4,5");
  assert.equal(new Set(asked).size, asked.length);
  assert.equal(tried.length, asked.length);
  assert.deepEqual(paretoFront(tried).at(-1), { features: [1, 4], accuracy: 1, cost: 2 });
});

Deno.test("samples and options that do not fit are refused", async () => {
  const samples = paint(60, [strong, noise]);
  const two = plan("original gaussian_blur=1");
  await rejectsDaub(
    "options",
    /60 × 1 sample values.* found 120/,
    () => suggestFeatures(samples, plan("original")),
  );
  await rejectsDaub(
    "options",
    /tolerance .* found -1/,
    () => suggestFeatures(samples, two, { tolerance: -1 }),
  );
  await rejectsDaub(
    "options",
    /maxFeatures .* found 0/,
    () => suggestFeatures(samples, two, { maxFeatures: 0 }),
  );
  await rejectsDaub(
    "annotation",
    /only class 1/,
    () => suggestFeatures({ ...samples, classes: new Uint8Array(60).fill(1) }, two),
  );
  await rejectsDaub(
    "options",
    /0 × 2 sample values/,
    () => suggestFeatures({ values: new Float32Array(0), classes: new Uint8Array(0) }, two),
  );
});
