import type { Backend } from "../backend.ts";
import type { FeaturePlan } from "../features/plan_types.ts";

/** How long the side of a tile is beside what the features reach beyond it, in pixels. */
const SIDE = { flat: 96, deep: 24 };

/**
 * A backend for a thread that has a page to show: it takes small tiles, and between two of them the
 * others run. A GPU does not hold the thread and stays as it is.
 */
export function sliceBackend(backend: Backend): Backend {
  const limit = (plan: FeaturePlan): number => {
    const most = backend.maxTilePixels(plan);
    if (backend.kind === "gpu") return most;
    const side = plan.dimensions === 3 ? SIDE.deep : SIDE.flat;
    const [x, y, z] = plan.halo.map((reach) => side + 2 * reach);
    return Math.min(most, x * y * (plan.dimensions === 3 ? z : 1));
  };
  return new Proxy(backend, {
    get(target, key) {
      if (key === "maxTilePixels") return limit;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
