import type { Kernel } from "../gpu/kernel.ts";
import { gaussianWeights } from "./gaussian_kernel.ts";
import {
  CONVOLVE_OUTPUTS,
  convolveKernel,
  extremumKernel,
  medianKernel,
  pointwiseKernel,
  stencilKernel,
  windowKernel,
} from "./kernels_gpu.ts";
import type { FeaturePlan, Operation, Vec3 } from "./plan_types.ts";
import { operationReach } from "./reach.ts";
import { windowRows } from "./window_shape.ts";

/** One dispatch of a kernel; its result is a plane. */
export interface KernelPass {
  readonly kind: "kernel";
  readonly kernel: Kernel;
  /** Indices of the passes whose planes it reads: one or two. */
  readonly inputs: readonly number[];
  /** How far, in pixels per axis, it reads around a pixel. */
  readonly reach: Vec3;
  /** Weights or window rows that it reads beside the planes. */
  readonly table?: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  readonly power?: Power;
  /** Pixels that one invocation computes, per axis. */
  readonly outputs: Vec3;
}

/** A plane that comes from the tile. */
export interface InputPass {
  readonly kind: "input";
  readonly channel: number;
  readonly inputs: readonly [];
}

/** A step of a plan broken into what a single dispatch can do. */
export type Pass = InputPass | KernelPass;

/** What to raise to which power: (x × before)^exponent × after. */
export interface Power {
  readonly exponent: number;
  readonly before: number;
  readonly after: number;
}

/** Passes in an order that can be run as it is. */
export interface Program {
  readonly passes: readonly Pass[];
  /** For every step of the plan the pass that computes it, -1 where it is not needed. */
  readonly passOfStep: Int32Array;
}

const SINGLE: Vec3 = [1, 1, 1];
const NOWHERE: Vec3 = [0, 0, 0];

/**
 * Breaks the steps that `wanted` steps depend on into passes, in the plan's order.
 *
 * @param maximumOf The largest value over the whole image of a step, asked for where gamma needs it.
 */
export function planPasses(
  plan: FeaturePlan,
  wanted: readonly number[],
  maximumOf: (step: number) => number,
): Program {
  const passes: Pass[] = [];
  const passOfStep = new Int32Array(plan.steps.length).fill(-1);
  for (const step of stepsBehind(plan, wanted)) {
    const { operation, inputs } = plan.steps[step];
    let last = passOfStep[inputs[0]];
    const add = (pass: Omit<KernelPass, "kind" | "inputs" | "outputs"> & Partial<KernelPass>) => {
      last = passes.push({ kind: "kernel", inputs: [last], outputs: SINGLE, ...pass }) - 1;
    };
    switch (operation.kind) {
      case "input":
        last = passes.push({ kind: "input", channel: operation.channel, inputs: [] }) - 1;
        break;
      case "gaussian":
        operation.sigma.forEach((sigma, axis) => addConvolution(add, axis, gaussianWeights(sigma)));
        break;
      case "stencil": {
        const kernel = stencilKernel(operation.name, plan.dimensions);
        add({ kernel, reach: operationReach(operation, plan.dimensions) });
        break;
      }
      case "window":
        addWindow(add, operation);
        break;
      case "combine":
        add({
          kernel: pointwiseKernel(operation.operator),
          inputs: inputs.map((input) => passOfStep[input]),
          reach: NOWHERE,
        });
        break;
      case "power": {
        const power = { exponent: operation.exponent, before: 1, after: 1 };
        add({ kernel: pointwiseKernel("power"), reach: NOWHERE, power });
        break;
      }
      case "gamma": {
        const maximum = maximumOf(inputs[0]);
        const power = maximum === 0
          ? { exponent: 0, before: 0, after: 0 }
          : { exponent: operation.gamma, before: 1 / maximum, after: maximum };
        add({ kernel: pointwiseKernel("power"), reach: NOWHERE, power });
        break;
      }
    }
    passOfStep[step] = last;
  }
  return { passes, passOfStep };
}

type AddPass = (
  pass: Omit<KernelPass, "kind" | "inputs" | "outputs"> & Partial<KernelPass>,
) => void;

function addConvolution(add: AddPass, axis: number, weights: Float64Array): void {
  const radius = weights.length - 1;
  if (radius === 0) return;
  const table = new Float32Array(weights.length + CONVOLVE_OUTPUTS);
  table.set(weights);
  const outputs = along(axis, CONVOLVE_OUTPUTS, 1);
  add({ kernel: convolveKernel, reach: along(axis, radius, 0), table, outputs });
}

function addWindow(add: AddPass, operation: Extract<Operation, { kind: "window" }>): void {
  const { statistic, shape, radius } = operation;
  if (shape === "box" && statistic === "mean") {
    radius.forEach((r, axis) => {
      addConvolution(add, axis, new Float64Array(r + 1).fill(1 / (2 * r + 1)));
    });
    return;
  }
  if (shape === "box" && (statistic === "minimum" || statistic === "maximum")) {
    radius.forEach((r, axis) => {
      if (r > 0) add({ kernel: extremumKernel(statistic), reach: along(axis, r, 0) });
    });
    return;
  }
  const kernel = statistic === "median" ? medianKernel : windowKernel(statistic);
  const rows = windowRows(shape, radius).flatMap(({ y, z, halfWidth }) => [y, z, halfWidth, 0]);
  add({ kernel, reach: radius, table: Int32Array.from(rows) });
}

function along(axis: number, value: number, otherwise: number): Vec3 {
  const vector = [otherwise, otherwise, otherwise];
  vector[axis] = value;
  return [vector[0], vector[1], vector[2]];
}

/** The steps that `wanted` depend on, themselves included, in the plan's order. */
function stepsBehind({ steps }: FeaturePlan, wanted: readonly number[]): number[] {
  const needed = new Set(wanted);
  for (let step = steps.length - 1; step >= 0; step--) {
    if (needed.has(step)) { for (const input of steps[step].inputs) needed.add(input); }
  }
  return [...needed].sort((a, b) => a - b);
}
