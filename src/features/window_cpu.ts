import { filterAxes } from "./axes_cpu.ts";
import { convolution, lineMaximum, lineMinimum } from "./line_kernels_cpu.ts";
import { medianCpu } from "./median_cpu.ts";
import type { Plane, PlanePool } from "./plane_cpu.ts";
import type { Operation } from "./plan_types.ts";
import { sphereExtremumCpu, sphereMeanCpu } from "./sphere_cpu.ts";
import { varianceCpu } from "./variance_cpu.ts";
import { windowRows } from "./window_shape.ts";

type WindowOperation = Extract<Operation, { kind: "window" }>;

/** Takes a statistic over a box or an ellipsoid around every pixel. */
export function windowCpu(
  source: Plane,
  { statistic, shape, radius }: WindowOperation,
  pool: PlanePool,
  out: Plane,
): void {
  const rows = windowRows(shape, radius);
  switch (statistic) {
    case "median":
      return medianCpu(source, rows, radius, out);
    case "variance":
    case "standard_deviation":
      return varianceCpu(source, rows, radius, statistic === "standard_deviation", out);
    case "mean":
      if (shape === "sphere") return sphereMeanCpu(source, rows, radius, out);
      return filterAxes(
        source,
        radius,
        (r) => {
          return convolution(new Float64Array(r + 1).fill(1 / (2 * r + 1)));
        },
        pool,
        out,
      );
    case "minimum":
    case "maximum": {
      const kernel = statistic === "minimum" ? lineMinimum : lineMaximum;
      if (shape === "sphere") return sphereExtremumCpu(source, rows, radius, statistic, out);
      return filterAxes(source, radius, kernel, pool, out);
    }
  }
}
