import { DaubError } from "../errors.ts";
import { gaussianWeights } from "./gaussian_kernel.ts";
import { medianNetwork } from "./median_network.ts";
import type { FeaturePlan, Operation, StencilName, Vec3 } from "./plan_types.ts";
import { operationReach } from "./reach.ts";
import { type WindowRow, windowRows, windowSize } from "./window_shape.ts";

/** What a pass does; tables are byte offsets into {@linkcode Passes.tables}. */
export type PassKind =
  | { readonly kind: "input"; readonly channel: number }
  | {
    readonly kind: "convolve";
    readonly axis: number;
    readonly radius: number;
    readonly weights: number;
  }
  | { readonly kind: "stencil"; readonly code: number }
  | { readonly kind: "combine"; readonly divide: boolean }
  | { readonly kind: "raise"; readonly gamma: boolean; readonly numbers: number }
  | {
    readonly kind: "extremum";
    readonly axis: number;
    readonly radius: number;
    readonly largest: boolean;
  }
  | { readonly kind: "row_sums"; readonly radius: number }
  | {
    readonly kind: "merge";
    readonly statistic: "minimum" | "maximum" | "mean";
    readonly size: number;
    readonly rows: readonly PlacedRow[];
  }
  | {
    readonly kind: "small_median";
    readonly rows: readonly WindowRow[];
    readonly size: number;
    readonly network: number;
    readonly networkEnd: number;
    readonly middle: number;
  }
  | {
    readonly kind: "large_median";
    readonly rows: number;
    readonly numRows: number;
    readonly size: number;
  }
  | {
    readonly kind: "variance";
    readonly size: number;
    readonly squareRoot: boolean;
    readonly groups: number;
  };

/** A row of a window: which of the pass's inputs holds it and where. */
interface PlacedRow {
  readonly input: number;
  readonly y: number;
  readonly z: number;
}

/** One walk over planes. */
export type Pass = PassKind & {
  /** Indices of earlier passes. */
  readonly inputs: readonly number[];
  /** How far it looks around a pixel of its inputs. */
  readonly reach: Vec3;
};

/** A plan as passes of the kernels. */
export interface Passes {
  readonly passes: readonly Pass[];
  /** The pass that has the result of a step; steps that change nothing have their input's. */
  readonly ofStep: ReadonlyMap<number, number>;
  /** Weights, networks and other constants. */
  readonly tables: Uint8Array;
}

/** Up to this many pixels a window goes through a network of comparators. */
const NETWORK_PIXELS = 32;

const STENCILS: Readonly<Record<StencilName, readonly [in2d: number, in3d: number]>> = {
  laplace_box: [0, 1],
  laplace_diamond: [2, 3],
  sobel: [4, 5],
  small_hessian_eigenvalue: [6, 7],
  large_hessian_eigenvalue: [8, 9],
  gradient_x: [10, 10],
  gradient_y: [11, 11],
  gradient_z: [12, 12],
};

/** Divides the steps that the wanted ones depend on into passes. */
export function planPasses(
  plan: FeaturePlan,
  wanted: ReadonlySet<number>,
  maxima: ReadonlyMap<number, number>,
): Passes {
  const needed = new Set(wanted);
  for (let i = plan.steps.length - 1; i >= 0; i--) {
    if (needed.has(i)) { for (const input of plan.steps[i].inputs) needed.add(input); }
  }
  const builder = new PassBuilder(plan.dimensions);
  const ofStep = new Map<number, number>();
  plan.steps.forEach(({ operation, inputs }, i) => {
    if (!needed.has(i)) return;
    const sources = inputs.map((input) => ofStep.get(input)!);
    const maximum = operation.kind === "gamma" ? maximumOf(plan, inputs[0], maxima) : 0;
    ofStep.set(i, builder.add(operation, sources, maximum));
  });
  return { passes: builder.passes, ofStep, tables: builder.tables() };
}

function maximumOf(
  { steps }: FeaturePlan,
  step: number,
  maxima: ReadonlyMap<number, number>,
): number {
  const maximum = maxima.get(step);
  if (maximum !== undefined) return maximum;
  const { name } = steps[step];
  throw new DaubError(
    "features",
    `Expected the maximum of ${name} over the whole image to be known.`,
    { where: name },
  );
}

class PassBuilder {
  readonly passes: Pass[] = [];
  readonly #dimensions: 2 | 3;
  readonly #tables: Uint8Array[] = [];
  #tableBytes = 0;

  constructor(dimensions: 2 | 3) {
    this.#dimensions = dimensions;
  }

  tables(): Uint8Array {
    const bytes = new Uint8Array(this.#tableBytes);
    let to = 0;
    for (const table of this.#tables) {
      bytes.set(table, to);
      to += align(table.length);
    }
    return bytes;
  }

  add(operation: Operation, inputs: readonly number[], maximum: number): number {
    const reach = operationReach(operation, this.#dimensions);
    switch (operation.kind) {
      case "input":
        return this.#push({ kind: "input", channel: operation.channel }, inputs, reach);
      case "gaussian":
        return this.#convolve(inputs[0], reach, (axis) => gaussianWeights(operation.sigma[axis]));
      case "stencil": {
        const code = STENCILS[operation.name][this.#dimensions - 2];
        return this.#push({ kind: "stencil", code }, inputs, reach);
      }
      case "combine":
        return this.#push(
          { kind: "combine", divide: operation.operator === "divide" },
          inputs,
          reach,
        );
      case "power": {
        const numbers = this.#table(Float64Array.of(operation.exponent, 0));
        return this.#push({ kind: "raise", gamma: false, numbers }, inputs, reach);
      }
      case "gamma": {
        const numbers = this.#table(Float64Array.of(operation.gamma, maximum));
        return this.#push({ kind: "raise", gamma: true, numbers }, inputs, reach);
      }
      case "window":
        return this.#window(operation, inputs[0]);
    }
  }

  #window(operation: Extract<Operation, { kind: "window" }>, input: number): number {
    const { statistic, shape, radius } = operation;
    const rows = windowRows(shape, radius);
    const size = windowSize(rows);
    switch (statistic) {
      case "variance":
      case "standard_deviation": {
        const groups = [...groupByWidth(rows)].flatMap(([halfWidth, group]) => [
          halfWidth,
          group.length,
          ...group.flatMap(({ y, z }) => [y, z]),
        ]);
        const table = this.#table(Int32Array.of(...groups, -1));
        const squareRoot = statistic === "standard_deviation";
        return this.#push({ kind: "variance", size, squareRoot, groups: table }, [input], radius);
      }
      case "median":
        return size === 1 ? input : this.#median(rows, size, input, radius);
      case "mean":
        if (shape === "sphere") return this.#merge(rows, statistic, input, radius);
        return this.#convolve(input, radius, (axis) => {
          return new Float64Array(radius[axis] + 1).fill(1 / (2 * radius[axis] + 1));
        });
      default: {
        if (shape === "sphere") return this.#merge(rows, statistic, input, radius);
        let from = input;
        radius.forEach((reach, axis) => {
          if (reach > 0) from = this.#extremum(from, axis, reach, statistic === "maximum");
        });
        return from;
      }
    }
  }

  /** Along one axis after the other; `weightsOf` gives those from the centre outwards. */
  #convolve(input: number, reach: Vec3, weightsOf: (axis: number) => Float64Array): number {
    let from = input;
    reach.forEach((radius, axis) => {
      if (radius === 0) return;
      const weights = this.#table(Float32Array.from(weightsOf(axis).subarray(1)));
      from = this.#push(
        { kind: "convolve", axis, radius, weights },
        [from],
        along(axis, radius),
      );
    });
    return from;
  }

  #extremum(input: number, axis: number, radius: number, largest: boolean): number {
    return this.#push({ kind: "extremum", axis, radius, largest }, [input], along(axis, radius));
  }

  /** Rows of equal width are taken once for all windows that they are in. */
  #merge(
    rows: readonly WindowRow[],
    statistic: "minimum" | "maximum" | "mean",
    input: number,
    radius: Vec3,
  ): number {
    if (rows.length === 1 && rows[0].halfWidth === 0) return input;
    const inputs: number[] = [];
    const placed: PlacedRow[] = [];
    for (const [halfWidth, group] of groupByWidth(rows)) {
      let from = input;
      if (halfWidth > 0) {
        from = statistic === "mean"
          ? this.#push({ kind: "row_sums", radius: halfWidth }, [input], along(0, halfWidth))
          : this.#extremum(input, 0, halfWidth, statistic === "maximum");
      }
      for (const { y, z } of group) placed.push({ input: inputs.length, y, z });
      inputs.push(from);
    }
    const size = windowSize(rows);
    const reach: Vec3 = [0, radius[1], radius[2]];
    return this.#push({ kind: "merge", statistic, size, rows: placed }, inputs, reach);
  }

  #median(rows: readonly WindowRow[], size: number, input: number, radius: Vec3): number {
    if (size > NETWORK_PIXELS) {
      const table = this.#table(
        Int32Array.from(rows.flatMap(({ y, z, halfWidth }) => [y, z, halfWidth])),
      );
      const numRows = rows.length;
      return this.#push({ kind: "large_median", rows: table, numRows, size }, [input], radius);
    }
    const pairs = Int32Array.from(medianNetwork(size).flat(), (place) => 64 * place);
    const network = this.#table(pairs);
    return this.#push(
      {
        kind: "small_median",
        rows,
        size,
        network,
        networkEnd: network + pairs.byteLength,
        middle: 64 * (size >> 1),
      },
      [input],
      radius,
    );
  }

  #push(kind: PassKind, inputs: readonly number[], reach: Vec3): number {
    return this.passes.push({ ...kind, inputs, reach }) - 1;
  }

  #table(values: Float32Array | Float64Array | Int32Array): number {
    const offset = this.#tableBytes;
    this.#tables.push(new Uint8Array(values.buffer));
    this.#tableBytes += align(values.byteLength);
    return offset;
  }
}

/** The rows of a window by their half-width. */
function groupByWidth(rows: readonly WindowRow[]): Map<number, WindowRow[]> {
  return Map.groupBy(rows, ({ halfWidth }) => halfWidth);
}

function along(axis: number, radius: number): Vec3 {
  return [axis === 0 ? radius : 0, axis === 1 ? radius : 0, axis === 2 ? radius : 0];
}

function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}
