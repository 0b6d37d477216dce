import type { Kernel } from "../gpu/kernel.ts";
import { gaussianWeights } from "./gaussian_kernel.ts";
import {
  CONVOLVE_OUTPUTS,
  convolveKernel,
  extremumKernel,
  medianKernel,
  pointwiseKernel,
  stencilKernel,
  STENCILS,
  TILE_OPERATIONS,
  type TileOperation,
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
  /** How the kernel of tiles does the same; missing where it does not. */
  readonly inTile?: TileOperation;
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
        add({
          kernel,
          reach: operationReach(operation, plan.dimensions),
          inTile: { operation: TILE_OPERATIONS.stencil, argument: STENCILS[operation.name] },
        });
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
          inTile: { operation: TILE_OPERATIONS[operation.operator], argument: 0 },
        });
        break;
      case "power": {
        addPower(add, { exponent: operation.exponent, before: 1, after: 1 });
        break;
      }
      case "gamma": {
        const maximum = maximumOf(inputs[0]);
        addPower(
          add,
          maximum === 0
            ? { exponent: 0, before: 0, after: 0 }
            : { exponent: operation.gamma, before: 1 / maximum, after: maximum },
        );
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
  const inTile = { operation: TILE_OPERATIONS.convolve, argument: axis };
  add({ kernel: convolveKernel, reach: along(axis, radius, 0), table, outputs, inTile });
}

function addPower(add: AddPass, power: Power): void {
  const inTile = { operation: TILE_OPERATIONS.power, argument: exponentParity(power.exponent) };
  add({ kernel: pointwiseKernel("power"), reach: NOWHERE, power, inTile });
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
      const argument = axis + (statistic === "maximum" ? 2 : 0);
      const inTile = { operation: TILE_OPERATIONS.extremum, argument };
      if (r > 0) add({ kernel: extremumKernel(statistic), reach: along(axis, r, 0), inTile });
    });
    return;
  }
  const kernel = statistic === "median" ? medianKernel : windowKernel(statistic);
  const rows = windowRows(shape, radius).flatMap(({ y, z, halfWidth }) => [y, z, halfWidth, 0]);
  add({ kernel, reach: radius, table: Int32Array.from(rows) });
}

/** 0 when the exponent is no whole number, 1 when it is even, 2 when it is odd. */
export function exponentParity(exponent: number): 0 | 1 | 2 {
  return !Number.isInteger(exponent) ? 0 : exponent % 2 === 0 ? 1 : 2;
}

/**
 * What the kernels read of a power: the exponent as a sum of two numbers, the first with half the
 * digits of a float, and the factors.
 */
export function powerNumbers({ exponent, before, after }: Power): Float32Array<ArrayBuffer> {
  const numbers = Float32Array.of(exponent, 0, before, after);
  new Uint32Array(numbers.buffer)[0] &= 0xfffff000;
  numbers[1] = exponent - numbers[0];
  return numbers;
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
