import assert from "node:assert/strict";
import type { Backend } from "../../src/backend.ts";
import { planFeatures } from "../../src/features/plan.ts";
import type { FeaturePlan } from "../../src/features/plan_types.ts";
import { computeStack } from "../../src/flow/features.ts";
import { predictImage } from "../../src/flow/predict.ts";
import { openSource } from "../../src/flow/source.ts";
import type { Forest, Tree } from "../../src/forest/forest.ts";
import { backendTest } from "../support/backends.ts";
import { randomNumbers } from "../support/random.ts";

const SPECIFICATION = "gaussian_blur=1 median_box=3 gaussian_blur=2 gamma_correction=2";
const size = { width: 30, height: 20, depth: 1 };
const random = randomNumbers(5);
const source = openSource({
  ...size,
  data: Float32Array.from({ length: 600 }, () => random() * 9),
});
const plan = planFeatures(SPECIFICATION, { numChannels: 1, dimensions: 2 });

function forestOf(tree: Tree): Forest {
  return {
    classes: [1, 2],
    numFeatures: 4,
    maxDepth: 1,
    votes: "fraction",
    comparison: "at_most",
    trees: [tree],
    featureImportances: new Float64Array(),
  };
}

/** Notes the plans that reach a backend. */
function watch(backend: Backend, plans: FeaturePlan[]): Backend {
  return new Proxy(backend, {
    get(target, key) {
      const value = Reflect.get(target, key, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (key === "predictTile") plans.push(args[1] as FeaturePlan);
        return value.apply(target, args);
      };
    },
  });
}

backendTest("features that no tree asks about are not computed", async (backend) => {
  const forest = forestOf({
    feature: Int32Array.of(2, -1, -1),
    threshold: Float64Array.of(4.5, 0, 0),
    left: Int32Array.of(1, -1, -1),
    right: Int32Array.of(2, -1, -1),
    counts: Float64Array.of(5, 5, 5, 0, 0, 5),
  });
  const plans: FeaturePlan[] = [];
  const request = { classes: true };
  const { classes } = await predictImage(watch(backend, plans), source, plan, forest, request);
  const { planes } = await computeStack(backend, source, plan);
  assert.deepEqual(classes, Uint8Array.from(planes[2], (value) => value <= 4.5 ? 1 : 2));
  assert.deepEqual(
    plans[0].steps.map(({ name }) => name).filter((n) => /median|gamma/.test(n)),
    [],
  );
  assert.deepEqual(plans[0].features.map(({ step }) => step < 0), [true, true, false, true]);
}, { fused: true });

backendTest("a forest that asks nothing answers its majority", async (backend) => {
  const forest = forestOf({
    feature: Int32Array.of(-1),
    threshold: Float64Array.of(0),
    left: Int32Array.of(-1),
    right: Int32Array.of(-1),
    counts: Float64Array.of(2, 3),
  });
  const request = { classes: true, probabilities: true };
  const { classes, probabilities } = await predictImage(backend, source, plan, forest, request);
  assert.ok(classes!.every((value) => value === 2));
  assert.ok(probabilities![1].every((value) => Math.abs(value - 0.6) < 1e-6));
}, { fused: true });
