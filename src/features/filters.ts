import { DaubError } from "../errors.ts";
import { gaussianRadius } from "./gaussian_kernel.ts";
import type { Operation, StencilName, Vec3, WindowStatistic } from "./plan_types.ts";
import { windowRows, windowSize } from "./window_shape.ts";

/** What a filter is composed with: the steps of a plan under construction. */
export interface Composer {
  readonly dimensions: 2 | 3;
  /** The index of a step, which is new unless the same one exists. */
  add(operation: Operation, ...inputs: number[]): number;
}

/** A filter of the feature grammar. */
export interface Filter {
  /** What the number behind its name is; some filters have none and ignore it, as in APOC. */
  readonly parameter: "sigma" | "radius" | "exponent" | "gamma" | "nothing";
  /** The largest number accepted. */
  readonly limit: number;
  /** Composes the filter's steps and gives the last one. */
  compose(composer: Composer, input: number, value: number): number;
}

/** Kernels have 8 sigma pixels: beyond this the image could as well be averaged. */
const LARGEST_SIGMA = 1000;
const LARGEST_RADIUS = 1000;
/** Of windows that are not separable, whose cost grows with their area. */
const LARGEST_SPHERE = 100;
/** Medians sort every window. */
const LARGEST_MEDIAN = 100_000;
const LARGEST_EXPONENT = 100;

type Shape = "box" | "sphere";

function gaussian(composer: Composer, input: number, value: number): number {
  const sigma = sharedSigma(value);
  return composer.add({ kind: "gaussian", sigma: isotropic(composer, sigma) }, input);
}

/**
 * Without the rounding error that 1.1 × 10 and the like carry, so that equal blurs are found equal;
 * only where that leaves the kernel's size alone.
 */
function sharedSigma(sigma: number): number {
  const rounded = Number(sigma.toPrecision(12));
  return gaussianRadius(rounded) === gaussianRadius(sigma) ? rounded : sigma;
}

function window(
  composer: Composer,
  statistic: WindowStatistic,
  shape: Shape,
  input: number,
  value: number,
): number {
  const radius = isotropic(composer, Math.floor(value));
  if (statistic === "median") checkMedian(shape, radius, value);
  return composer.add({ kind: "window", statistic, shape, radius }, input);
}

function checkMedian(shape: Shape, radius: Vec3, value: number): void {
  const size = windowSize(windowRows(shape, radius));
  if (size <= LARGEST_MEDIAN) return;
  throw new DaubError(
    "features",
    `Expected the window of a median to have at most ${LARGEST_MEDIAN} pixels but that of ` +
      `median_${shape}=${value} has ${size}. Choose a smaller radius.`,
    { expected: LARGEST_MEDIAN, found: size, where: `median_${shape}=${value}` },
  );
}

function isotropic({ dimensions }: Composer, value: number): Vec3 {
  return [value, value, dimensions === 3 ? value : 0];
}

function opening(composer: Composer, shape: Shape, input: number, value: number): number {
  const minimum = window(composer, "minimum", shape, input, value);
  return window(composer, "maximum", shape, minimum, value);
}

function closing(composer: Composer, shape: Shape, input: number, value: number): number {
  const maximum = window(composer, "maximum", shape, input, value);
  return window(composer, "minimum", shape, maximum, value);
}

function combine(
  composer: Composer,
  operator: "subtract" | "divide",
  first: number,
  second: number,
): number {
  return composer.add({ kind: "combine", operator }, first, second);
}

function sigmaFilter(compose: Filter["compose"]): Filter {
  return { parameter: "sigma", limit: LARGEST_SIGMA, compose };
}

function stencil(name: StencilName): Filter {
  const compose: Filter["compose"] = (composer, input) => {
    if (name === "gradient_z" && composer.dimensions === 2) {
      throw new DaubError(
        "features",
        "Expected a volume for the feature gradient_z, the gradient along z, but found a 2D " +
          "image. Leave the feature out, or use gradient_x and gradient_y.",
        { expected: 3, found: 2, where: name },
      );
    }
    return composer.add({ kind: "stencil", name }, input);
  };
  return { parameter: "nothing", limit: Infinity, compose };
}

function windowFilters(): [string, Filter][] {
  const statistics: readonly WindowStatistic[] = [
    "mean",
    "median",
    "minimum",
    "maximum",
    "variance",
    "standard_deviation",
  ];
  const separable: readonly WindowStatistic[] = ["mean", "minimum", "maximum"];
  const filters: [string, Filter][] = [];
  for (const shape of ["box", "sphere"] as const) {
    const add = (name: string, compose: Filter["compose"], isSeparable: boolean) => {
      const limit = isSeparable && shape === "box" ? LARGEST_RADIUS : LARGEST_SPHERE;
      filters.push([`${name}_${shape}`, { parameter: "radius", limit, compose }]);
    };
    for (const statistic of statistics) {
      add(
        statistic,
        (composer, input, value) => window(composer, statistic, shape, input, value),
        separable.includes(statistic),
      );
    }
    add("opening", (composer, input, value) => opening(composer, shape, input, value), true);
    add("closing", (composer, input, value) => closing(composer, shape, input, value), true);
    add("top_hat", (composer, input, value) => {
      return combine(composer, "subtract", input, opening(composer, shape, input, value));
    }, true);
    add("bottom_hat", (composer, input, value) => {
      return combine(composer, "subtract", closing(composer, shape, input, value), input);
    }, true);
  }
  return filters;
}

/** Every filter of the grammar by its name, which is clEsperanto's. */
export const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ["gaussian_blur", sigmaFilter(gaussian)],
  [
    "difference_of_gaussian",
    sigmaFilter((composer, input, value) => {
      const narrow = gaussian(composer, input, value * 0.9);
      const wide = gaussian(composer, input, value * 1.1);
      return combine(composer, "subtract", narrow, wide);
    }),
  ],
  ["laplace_box", stencil("laplace_box")],
  ["laplace_diamond", stencil("laplace_diamond")],
  ["sobel", stencil("sobel")],
  ["gradient_x", stencil("gradient_x")],
  ["gradient_y", stencil("gradient_y")],
  ["gradient_z", stencil("gradient_z")],
  ["small_hessian_eigenvalue", stencil("small_hessian_eigenvalue")],
  ["large_hessian_eigenvalue", stencil("large_hessian_eigenvalue")],
  ...windowFilters(),
  [
    "subtract_gaussian_background",
    sigmaFilter((composer, input, value) =>
      combine(composer, "subtract", input, gaussian(composer, input, value))
    ),
  ],
  [
    "divide_by_gaussian_background",
    sigmaFilter((composer, input, value) =>
      combine(composer, "divide", input, gaussian(composer, input, value))
    ),
  ],
  ["gamma_correction", {
    parameter: "gamma",
    limit: LARGEST_EXPONENT,
    compose: (composer, input, gamma) => composer.add({ kind: "gamma", gamma }, input),
  }],
  ["power", {
    parameter: "exponent",
    limit: LARGEST_EXPONENT,
    compose: (composer, input, exponent) => composer.add({ kind: "power", exponent }, input),
  }],
]);
