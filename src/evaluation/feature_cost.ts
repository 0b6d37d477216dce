import { gaussianRadius } from "../features/gaussian_kernel.ts";
import type { FeaturePlan, Operation, Vec3 } from "../features/plan_types.ts";
import { windowRows, windowSize } from "../features/window_shape.ts";

/**
 * Nanoseconds per pixel where two threads of a current processor share the work, fitted to timings
 * of the kernels. Only ratios matter.
 */
const COST = {
  /** Copying or combining planes. */
  pointwise: 0.5,
  power: 4,
  stencil: 2,
  eigenvalue: 6,
  /** In volumes, where there are three eigenvalues. */
  eigenvalueOfVolume: 90,
  /** A Gaussian along one axis: always, and for each pixel that it reaches to a side. */
  gaussianAxis: 0.2,
  gaussianTap: 0.2,
  /** Mean, minimum and maximum of a box, along one axis: always, and for each pixel reached. */
  boxAxis: 1,
  boxTap: 0.1,
  /** Mean, minimum and maximum of a sphere, for each pixel of the window. */
  windowPixel: 0.12,
  /** Variance and standard deviation: always, and for each pixel of the window. */
  variance: 12,
  variancePixel: 0.15,
  /** A median, for each comparison that sorting takes. */
  comparison: 0.035,
  /** A tree of a forest, for each level. */
  treeLevel: 0.2,
} as const;

/**
 * About how long the features of a plan take, in nanoseconds per pixel on two threads of a
 * processor. What features share counts once. Meant for comparing plans, not for predicting times.
 */
export function planCost({ steps, dimensions }: FeaturePlan): number {
  return steps.reduce((sum, { operation }) => sum + operationCost(operation, dimensions), 0);
}

/** About how long a forest takes to classify, in nanoseconds per pixel on two threads. */
export function forestCost(numTrees: number, maxDepth: number): number {
  return COST.treeLevel * numTrees * maxDepth;
}

function operationCost(operation: Operation, dimensions: 2 | 3): number {
  switch (operation.kind) {
    case "input":
    case "combine":
      return COST.pointwise;
    case "power":
    case "gamma":
      return COST.power;
    case "gaussian":
      return overAxes(
        operation.sigma,
        (sigma) => COST.gaussianAxis + COST.gaussianTap * gaussianRadius(sigma),
      );
    case "stencil":
      if (operation.name.endsWith("eigenvalue")) {
        return dimensions === 3 ? COST.eigenvalueOfVolume : COST.eigenvalue;
      }
      return COST.stencil * (dimensions === 3 ? 2 : 1);
    case "window":
      return windowCost(operation);
  }
}

function windowCost({ statistic, shape, radius }: Operation & { kind: "window" }): number {
  const size = windowSize(windowRows(shape, radius));
  if (statistic === "median") return COST.comparison * size * Math.log2(size + 1) ** 2;
  if (statistic === "variance" || statistic === "standard_deviation") {
    return COST.variance + COST.variancePixel * size;
  }
  if (shape === "sphere") return COST.pointwise + COST.windowPixel * size;
  return overAxes(radius, (reach) => COST.boxAxis + COST.boxTap * reach);
}

/** The sum over the axes along which there is something to do. */
function overAxes(extent: Vec3, cost: (extent: number) => number): number {
  return extent.reduce((sum, value) => value === 0 ? sum : sum + cost(value), 0);
}
