import type { Backend } from "../backend.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import type { Size } from "../image/image.ts";

/** A piece of so many pixels takes a tenth of a second or so. */
const PIECE = 2 ** 20;

/** How many times as high as what the features reach beyond it a piece is at least. */
const LEAST_HEIGHT = 12;

/**
 * A backend that computes flat images in pieces on the processor, so that whoever waits sees how far
 * it has come and can cancel; little is computed twice. A GPU, and volumes, stay as they are.
 */
export function piecewiseBackend(backend: Backend, { width, depth }: Size): Backend {
  if (backend.kind === "gpu" || depth > 1) return backend;
  const limit = (plan: FeaturePlan): number =>
    Math.min(
      backend.maxTilePixels(plan),
      Math.max(PIECE, width * LEAST_HEIGHT * (1 + plan.halo[1])),
    );
  return new Proxy(backend, {
    get(target, key) {
      if (key === "maxTilePixels") return limit;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
