import assert from "node:assert/strict";
import { describePlan } from "../../src/features/describe_plan.ts";
import { planFeatures, prunePlan } from "../../src/features/plan.ts";
import type { FeaturePlan, Operation } from "../../src/features/plan_types.ts";
import { predefinedFeatureSets } from "../../src/features/presets.ts";
import { throwsDaub } from "../support/errors.ts";

const plane = { dimensions: 2 } as const;

function countKinds({ steps }: FeaturePlan): Partial<Record<Operation["kind"], number>> {
  const counts: Partial<Record<Operation["kind"], number>> = {};
  for (const { operation: { kind } } of steps) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

Deno.test("one blur serves every feature of its sigma", () => {
  const plan = planFeatures(
    "gaussian_blur=2 sobel_of_gaussian_blur=2 laplace_box_of_gaussian_blur=2 gaussian_blur=2.0 " +
      "subtract_gaussian_background=2 gaussian_blur=3",
    plane,
  );
  assert.deepEqual(countKinds(plan), { input: 1, gaussian: 2, stencil: 2, combine: 1 });
  assert.equal(plan.features[0].step, plan.features[3].step);
});

Deno.test("a difference of Gaussians shares blurs that other features need", () => {
  // 0.9 × 10 is 9 and 1.1 × 10 is 11, but for the rounding of 1.1.
  const plan = planFeatures("difference_of_gaussian=10 gaussian_blur=9 gaussian_blur=11", plane);
  assert.deepEqual(countKinds(plan), { input: 1, gaussian: 2, combine: 1 });
});

Deno.test("the set for objects of 1 to 5 pixels takes fifteen blurs", () => {
  const plan = planFeatures(predefinedFeatureSets.object_size_1_to_5_px, plane);
  assert.deepEqual(countKinds(plan), { input: 1, gaussian: 15, combine: 5, stencil: 5 });
});

Deno.test("opening, top hat and minimum of one radius share their minimum", () => {
  const plan = planFeatures("minimum_box=2 opening_box=2 top_hat_box=2 opening_sphere=2", plane);
  assert.deepEqual(countKinds(plan), { input: 1, window: 4, combine: 1 });
});

Deno.test("the same feature twice is planned once and delivered twice", () => {
  const plan = planFeatures("median_box=2 median_box=2", plane);
  assert.deepEqual(plan.features.map(({ name }) => name), ["median_box=2", "median_box=2"]);
  assert.deepEqual(plan.features.map(({ step }) => step), [1, 1]);
});

Deno.test("every step comes after its inputs, and every feature has its last filter's step", () => {
  const specification = Object.values(predefinedFeatureSets).filter((text) => text).join(" ") +
    " original top_hat_sphere_of_gaussian_blur=2 gamma_correction_of_variance_box=2";
  const plan = planFeatures(specification, { numChannels: 2, dimensions: 3 });
  plan.steps.forEach(({ inputs }, i) => {
    for (const input of inputs) assert.ok(input < i);
  });
  const last = plan.features.at(-1)!;
  assert.equal(plan.steps[last.step].operation.kind, "gamma");
  const texts = specification.split(" ");
  assert.equal(plan.features.length, 2 * texts.length);
  const blur = plan.features[texts.indexOf("gaussian_blur=25")];
  const { operation } = plan.steps[blur.step];
  assert.deepEqual(operation, { kind: "gaussian", sigma: [25, 25, 25] });
});

Deno.test("the features of channels follow one another and are named as in APOC", () => {
  const plan = planFeatures("original sobel=1", { numChannels: 3, dimensions: 2 });
  assert.deepEqual(
    plan.features.map(({ name }) => name),
    ["original", "sobel=1", "original_1", "sobel=1_1", "original_2", "sobel=1_2"],
  );
  const inputs = plan.features.map(({ step }) => plan.steps[step].operation);
  assert.deepEqual(inputs[4], { kind: "input", channel: 2 });
});

Deno.test("halos add up along a chain and are the largest over features", () => {
  const plan = planFeatures(
    "gaussian_blur=1 sobel_of_gaussian_blur=1 top_hat_box_of_gaussian_blur=3 power=2",
    plane,
  );
  // floor(8 sigma) made odd reaches 4 and 12; sobel 1 more, minimum and maximum 3 each.
  const halos = plan.features.map(({ step }) => plan.steps[step].halo);
  assert.deepEqual(halos, [[4, 4, 0], [5, 5, 0], [18, 18, 0], [0, 0, 0]]);
  assert.deepEqual(plan.halo, [18, 18, 0]);
});

Deno.test("halos reach along z in volumes, and along their axis for gradients", () => {
  const plan = planFeatures("median_sphere=2 gradient_z=1 gradient_x=1", { dimensions: 3 });
  const halos = plan.features.map(({ step }) => plan.steps[step].halo);
  assert.deepEqual(halos, [[2, 2, 2], [0, 0, 1], [1, 0, 0]]);
});

Deno.test("gamma asks for the maximum of its input beforehand, once", () => {
  const plan = planFeatures(
    "gamma_correction=0.5 gamma_correction=2 gamma_correction_of_gaussian_blur=2",
    plane,
  );
  const kinds = plan.reductions.map((step) => plan.steps[step].operation.kind);
  assert.deepEqual(kinds, ["input", "gaussian"]);
});

Deno.test("radii are whole numbers of pixels, rounded down", () => {
  const { steps } = planFeatures("mean_box=2.9", plane);
  const { operation } = steps[1];
  assert.ok(operation.kind === "window");
  assert.deepEqual(operation.radius, [2, 2, 0]);
});

Deno.test("gradient_z is refused in 2D, also inside another filter", () => {
  for (const text of ["gradient_z=1", "gradient_z_of_gaussian_blur=1", "power_of_gradient_z=2"]) {
    throwsDaub("features", /volume for the feature gradient_z/, () => planFeatures(text, plane));
    assert.equal(planFeatures(text, { dimensions: 3 }).features.length, 1);
  }
});

Deno.test("a median of a window that cannot be sorted in a lifetime is refused", () => {
  throwsDaub("features", /at most 100000 pixels/, () => {
    planFeatures("median_box=90", { dimensions: 3 });
  });
});

Deno.test("a plan for no channel is refused", () => {
  for (const numChannels of [0, -1, 1.5]) {
    throwsDaub("features", /number of channels/, () => {
      planFeatures("original", { numChannels, dimensions: 2 });
    });
  }
});

Deno.test("a pruned plan keeps the places of features and drops what nobody needs", () => {
  const plan = planFeatures(
    "gamma_correction_of_gaussian_blur=5 sobel_of_gaussian_blur=1 gaussian_blur=1 original",
    plane,
  );
  const pruned = prunePlan(plan, [1, 3]);
  assert.deepEqual(pruned.features.map(({ name }) => name), plan.features.map(({ name }) => name));
  assert.deepEqual(countKinds(pruned), { input: 1, gaussian: 1, stencil: 1 });
  assert.deepEqual(pruned.features.map(({ step }) => step), [-1, 2, -1, 0]);
  assert.deepEqual(pruned.reductions, []);
  assert.deepEqual(pruned.halo, [5, 5, 0]);
});

Deno.test("a plan pruned of nothing is the plan", () => {
  const plan = planFeatures(predefinedFeatureSets.small_dog_log, { numChannels: 2, dimensions: 3 });
  assert.deepEqual(prunePlan(plan, plan.features.keys()), plan);
});

Deno.test("a plan pruned of everything has no steps", () => {
  const pruned = prunePlan(planFeatures("sobel=1", plane), []);
  assert.deepEqual(pruned.steps, []);
  assert.deepEqual(pruned.halo, [0, 0, 0]);
});

Deno.test("a plan can be read by people", () => {
  const plan = planFeatures("difference_of_gaussian=2 gamma_correction=0.5", {
    numChannels: 2,
    dimensions: 2,
  });
  const lines = describePlan(prunePlan(plan, [0, 1, 2])).split("\n");
  assert.match(
    lines[0],
    /^4 features of 2 channels in 2D \(1 not needed\), 9 steps, reaching 8, 8/,
  );
  assert.ok(lines.some((line) => /original of channel 1, its maximum known/.test(line)));
  assert.ok(
    lines.some((line) => /subtract of channel 2 of steps \d and \d, reaching 8, 8 → /.test(line)),
  );
  assert.equal(lines.length, 10);
});
