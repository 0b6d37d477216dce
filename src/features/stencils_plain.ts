import type { Size } from "../image/image.ts";
import type { StencilName } from "./plan_types.ts";

/**
 * Three pixels a side around one, x fastest: 9 of them in a plane, 27 in a volume. The neighbour at
 * (dx, dy, dz) is that many steps of 1, 3 and 9 from the middle.
 */
type Neighbours = Float64Array;

type Stencil = (around: Neighbours) => number;

/** A filter over direct neighbours; beyond the edges these are repeated. */
export function applyStencil(
  name: StencilName,
  plane: Float32Array,
  { width, height, depth }: Size,
  dimensions: 2 | 3,
): Float32Array {
  const isDeep = dimensions === 3;
  const stencil = stencilOf(name, isDeep);
  const around = new Float64Array(isDeep ? 27 : 9);
  const result = new Float32Array(plane.length);
  const starts: number[] = [];
  const clamp = (place: number, length: number) => Math.min(Math.max(place, 0), length - 1);
  for (let z = 0, at = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      starts.length = 0;
      for (let dz = isDeep ? -1 : 0; dz <= (isDeep ? 1 : 0); dz++) {
        for (let dy = -1; dy <= 1; dy++) {
          starts.push((clamp(z + dz, depth) * height + clamp(y + dy, height)) * width);
        }
      }
      for (let x = 0; x < width; x++, at++) {
        const left = x > 0 ? x - 1 : x;
        const right = x + 1 < width ? x + 1 : x;
        for (let i = 0; i < starts.length; i++) {
          around[3 * i] = plane[starts[i] + left];
          around[3 * i + 1] = plane[starts[i] + x];
          around[3 * i + 2] = plane[starts[i] + right];
        }
        result[at] = stencil(around);
      }
    }
  }
  return result;
}

function stencilOf(name: StencilName, isDeep: boolean): Stencil {
  const middle = isDeep ? 13 : 4;
  const axes = isDeep ? [1, 3, 9] : [1, 3];
  switch (name) {
    case "laplace_box":
      return (around) => around.reduce((sum, value) => sum + (around[middle] - value), 0);
    case "laplace_diamond":
      return (around) => -axes.reduce((sum, axis) => sum + bend(around, middle, axis), 0);
    case "gradient_x":
      return (around) => difference(around, middle, 1);
    case "gradient_y":
      return (around) => difference(around, middle, 3);
    case "gradient_z":
      return (around) => difference(around, middle, 9);
    case "sobel":
      return (around) => {
        const slopes = axes.map((axis) => {
          return slope(around, middle, axis, axes.filter((across) => across !== axis));
        });
        return Math.sqrt(slopes.reduce((sum, value) => sum + value * value, 0));
      };
    case "small_hessian_eigenvalue":
      return (around) => hessianEigenvalue(around, isDeep, false);
    case "large_hessian_eigenvalue":
      return (around) => hessianEigenvalue(around, isDeep, true);
  }
}

function difference(around: Neighbours, at: number, axis: number): number {
  return around[at + axis] - around[at - axis];
}

/** The pixels on either side, each minus the one between them: a second derivative. */
function bend(around: Neighbours, at: number, axis: number): number {
  return around[at - axis] - around[at] + (around[at + axis] - around[at]);
}

/** The difference along an axis, smoothed by 1 2 1 across the others. */
function slope(around: Neighbours, at: number, axis: number, across: readonly number[]): number {
  if (across.length === 0) return difference(around, at, axis);
  const [first, ...rest] = across;
  return slope(around, at - first, axis, rest) + 2 * slope(around, at, axis, rest) +
    slope(around, at + first, axis, rest);
}

/** The mixed second derivative: a quarter of the difference of the corners. */
function mixed(around: Neighbours, at: number, a: number, b: number): number {
  return (difference(around, at + a, b) - difference(around, at - a, b)) / 4;
}

function hessianEigenvalue(around: Neighbours, isDeep: boolean, largest: boolean): number {
  if (isDeep) return hessianEigenvalue3d(around, largest);
  const [xx, yy] = [bend(around, 4, 1), bend(around, 4, 3)];
  const xy = mixed(around, 4, 1, 3);
  const root = Math.sqrt(4 * xy * xy + (xx - yy) * (xx - yy));
  return (xx + yy + (largest ? root : -root)) / 2;
}

/**
 * An extreme eigenvalue of the Hessian matrix of a volume by the trigonometric solution of its
 * characteristic equation (Smith 1961).
 */
function hessianEigenvalue3d(around: Neighbours, largest: boolean): number {
  const [xx, yy, zz] = [1, 3, 9].map((axis) => bend(around, 13, axis));
  const [xy, xz, yz] = [[1, 3], [1, 9], [3, 9]].map(([a, b]) => mixed(around, 13, a, b));
  const mean = (xx + yy + zz) / 3;
  const [a, b, c] = [xx - mean, yy - mean, zz - mean];
  const spread = Math.sqrt(
    (a * a + b * b + c * c + 2 * (xy * xy + xz * xz + yz * yz)) / 6,
  );
  if (spread === 0) return mean;
  const determinant = a * (b * c - yz * yz) - xy * (xy * c - yz * xz) + xz * (xy * yz - b * xz);
  const cosine = determinant / (2 * spread * spread * spread);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine))) / 3;
  return mean + 2 * spread * Math.cos(largest ? angle : angle + 2 * Math.PI / 3);
}
