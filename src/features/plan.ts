import { DaubError } from "../errors.ts";
import { filters } from "./filters.ts";
import type { FeaturePlan, Operation, PlannedFeature, Step, Vec3 } from "./plan_types.ts";
import { operationReach } from "./reach.ts";
import { type FeatureEntry, parseFeatures } from "./specification.ts";

/** What a plan is made for. */
export interface PlanOptions {
  /** How many images of one size the features are computed of. Default 1. */
  readonly numChannels?: number;
  /** 2 for planes, 3 for volumes. */
  readonly dimensions: 2 | 3;
}

/** A step on the way; halos come once the order is known. */
interface Draft {
  readonly operation: Operation;
  readonly inputs: readonly number[];
}

const NOWHERE: Vec3 = [0, 0, 0];

/**
 * Plans a feature stack: which operations have to run in which order so that nothing is computed
 * twice.
 *
 * @param specification See {@linkcode parseFeatures}.
 * @throws {DaubError} `features` when the specification is not understood or does not suit the
 * dimensions.
 *
 * @example The Laplacian reuses the blur
 * ```ts
 * import { planFeatures } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plan = planFeatures("gaussian_blur=2 laplace_box_of_gaussian_blur=2", { dimensions: 2 });
 * const kinds = plan.steps.map(({ operation }) => operation.kind);
 * assert.deepEqual(kinds, ["input", "gaussian", "stencil"]);
 * ```
 */
export function planFeatures(specification: string, options: PlanOptions): FeaturePlan {
  const { numChannels = 1, dimensions } = options;
  if (!Number.isInteger(numChannels) || numChannels < 1) {
    throw new DaubError(
      "features",
      `Expected the number of channels to be an integer greater than 0 but found ${numChannels}.`,
      { expected: "an integer greater than 0", found: numChannels, where: "numChannels" },
    );
  }
  const { text, entries } = parseFeatures(specification);
  const composer = new StepComposer(dimensions);
  const features: PlannedFeature[] = [];
  for (let channel = 0; channel < numChannels; channel++) {
    const input = composer.add({ kind: "input", channel });
    for (const entry of entries) {
      const name = channel === 0 ? entry.text : `${entry.text}_${channel}`;
      features.push({ name, step: composeEntry(composer, input, entry) });
    }
  }
  const context = { specification: text, numChannels, dimensions };
  return finishPlan(context, composer.drafts, features);
}

/**
 * The same plan with nothing computed but what some features need, for example those that a forest
 * asks about. The features keep their places; those left out have step -1.
 */
export function prunePlan(plan: FeaturePlan, usedFeatures: Iterable<number>): FeaturePlan {
  const used = new Set(usedFeatures);
  const features = plan.features.map((feature, i) =>
    used.has(i) ? feature : { ...feature, step: -1 }
  );
  return finishPlan(plan, plan.steps, features);
}

class StepComposer {
  readonly dimensions: 2 | 3;
  readonly drafts: Draft[] = [];
  readonly #indices = new Map<string, number>();

  constructor(dimensions: 2 | 3) {
    this.dimensions = dimensions;
  }

  add(operation: Operation, ...inputs: number[]): number {
    const key = JSON.stringify([operation, inputs]);
    const known = this.#indices.get(key);
    if (known !== undefined) return known;
    const index = this.drafts.push({ operation, inputs }) - 1;
    this.#indices.set(key, index);
    return index;
  }
}

function composeEntry(composer: StepComposer, input: number, entry: FeatureEntry): number {
  let step = input;
  for (const name of entry.filters.toReversed()) {
    step = filters.get(name)!.compose(composer, step, entry.value);
  }
  return step;
}

/** Orders the steps that the features need and works out how far they reach. */
function finishPlan(
  context: Pick<FeaturePlan, "specification" | "numChannels" | "dimensions">,
  drafts: readonly Draft[],
  features: readonly PlannedFeature[],
): FeaturePlan {
  const { specification, numChannels, dimensions } = context;
  const order = orderSteps(drafts, features.map(({ step }) => step).filter((step) => step >= 0));
  const places = new Map(order.map((step, place) => [step, place]));
  const steps: Step[] = [];
  const channels: number[] = [];
  for (const step of order) {
    const { operation, inputs: unordered } = drafts[step];
    const inputs = unordered.map((input) => places.get(input)!);
    const reach = operationReach(operation, dimensions);
    const halo = addVec3(inputs.map((input) => steps[input].halo).reduce(maxVec3, NOWHERE), reach);
    const channel = operation.kind === "input" ? operation.channel : channels[inputs[0]];
    const suffix = numChannels === 1 ? "" : ` of channel ${channel + 1}`;
    channels.push(channel);
    steps.push({ operation, inputs, halo, name: nameStep(operation) + suffix });
  }
  const reductions = steps.flatMap(({ operation, inputs }) =>
    operation.kind === "gamma" ? [inputs[0]] : []
  );
  const placed = features.map(({ name, step }) => ({ name, step: places.get(step) ?? -1 }));
  return {
    specification,
    numChannels,
    dimensions,
    steps,
    features: placed,
    halo: placed.map(({ step }) => steps[step]?.halo ?? NOWHERE).reduce(maxVec3, NOWHERE),
    reductions: [...new Set(reductions)].sort((a, b) => a - b),
  };
}

/**
 * The steps that the wanted ones depend on, each followed at once by whatever it makes computable,
 * so that few planes are alive at a time.
 */
function orderSteps(drafts: readonly Draft[], wanted: readonly number[]): number[] {
  const needed = new Set(wanted);
  for (let step = drafts.length - 1; step >= 0; step--) {
    if (needed.has(step)) { for (const input of drafts[step].inputs) needed.add(input); }
  }
  const successors = drafts.map((): number[] => []);
  const missing = drafts.map(({ inputs }) => new Set(inputs).size);
  drafts.forEach(({ inputs }, step) => {
    if (needed.has(step)) { for (const input of new Set(inputs)) successors[input].push(step); }
  });
  const order: number[] = [];
  const visit = (step: number) => {
    order.push(step);
    for (const successor of successors[step]) if (--missing[successor] === 0) visit(successor);
  };
  drafts.forEach(({ inputs }, step) => {
    if (needed.has(step) && inputs.length === 0) visit(step);
  });
  return order;
}

function nameStep(operation: Operation): string {
  switch (operation.kind) {
    case "input":
      return "original";
    case "gaussian":
      return `gaussian_blur=${shortNumber(operation.sigma[0])}`;
    case "stencil":
      return operation.name;
    case "window":
      return `${operation.statistic}_${operation.shape}=${operation.radius[0]}`;
    case "combine":
      return operation.operator;
    case "power":
      return `power=${shortNumber(operation.exponent)}`;
    case "gamma":
      return `gamma_correction=${shortNumber(operation.gamma)}`;
  }
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function addVec3(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

function maxVec3(a: Vec3, b: Vec3): Vec3 {
  return [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.max(a[2], b[2])];
}
