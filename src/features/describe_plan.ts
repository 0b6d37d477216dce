import type { FeaturePlan, Vec3 } from "./plan_types.ts";

/**
 * A plan in words: its steps in the order in which they run, what each is computed from, how far
 * it reaches, and the features that come of it.
 *
 * @example
 * ```ts
 * import { describePlan, planFeatures } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plan = planFeatures("original sobel_of_gaussian_blur=1", { dimensions: 2 });
 * assert.equal(
 *   describePlan(plan),
 *   `2 features of 1 channel in 2D, 3 steps, reaching 5, 5 pixels along x, y
 *   1. original → original
 *   2. gaussian_blur=1 of step 1, reaching 4, 4
 *   3. sobel of step 2, reaching 5, 5 → sobel_of_gaussian_blur=1`,
 * );
 * ```
 */
export function describePlan(plan: FeaturePlan): string {
  const { features, steps, numChannels, dimensions, reductions } = plan;
  const axes = ["x", "y", "z"].slice(0, dimensions);
  const reach = (halo: Vec3) => halo.slice(0, dimensions).join(", ");
  const used = features.filter(({ step }) => step >= 0);
  const left = features.length - used.length;
  const heading = `${count(features.length, "feature")} of ${count(numChannels, "channel")} in ` +
    `${dimensions}D${left > 0 ? ` (${left} not needed)` : ""}, ${count(steps.length, "step")}, ` +
    `reaching ${reach(plan.halo)} pixels along ${axes.join(", ")}`;
  const width = String(steps.length).length + 2;
  const lines = steps.map(({ name, inputs, halo }, i) => {
    const from = inputs.length === 0
      ? ""
      : ` of step${inputs.length > 1 ? "s" : ""} ${inputs.map((input) => input + 1).join(" and ")}`;
    const extent = halo.some((r) => r > 0) ? `, reaching ${reach(halo)}` : "";
    const maximum = reductions.includes(i) ? ", its maximum known beforehand" : "";
    const results = used.filter(({ step }) => step === i).map((feature) => feature.name);
    const arrow = results.length > 0 ? ` → ${results.join(", ")}` : "";
    return `${String(i + 1).padStart(width)}. ${name}${from}${extent}${maximum}${arrow}`;
  });
  return [heading, ...lines].join("\n");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
