import { gaussianRadius } from "./gaussian_kernel.ts";
import type { Operation, StencilName, Vec3 } from "./plan_types.ts";

const AXES: Readonly<Partial<Record<StencilName, Vec3>>> = {
  gradient_x: [1, 0, 0],
  gradient_y: [0, 1, 0],
  gradient_z: [0, 0, 1],
};

/** How far, in pixels per axis, an operation looks around a pixel of its inputs. */
export function operationReach(operation: Operation, dimensions: 2 | 3): Vec3 {
  switch (operation.kind) {
    case "gaussian": {
      const [x, y, z] = operation.sigma;
      return [gaussianRadius(x), gaussianRadius(y), gaussianRadius(z)];
    }
    case "window":
      return operation.radius;
    case "stencil":
      return AXES[operation.name] ?? [1, 1, dimensions === 3 ? 1 : 0];
    default:
      return [0, 0, 0];
  }
}
