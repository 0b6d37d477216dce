import type { RowFilter } from "./stencil_cpu.ts";

/**
 * An eigenvalue of the Hessian matrix of a plane: sign 1 for the larger, -1 for the smaller.
 *
 * Second derivatives are the differences [1 -2 1]; mixed ones a quarter of the corners' difference.
 */
export function hessianEigenvalue2d(sign: 1 | -1): RowFilter {
  return ({ data, stride }, at, length, out, to) => {
    for (let i = 0; i < length; i++) {
      const p = at + i;
      const middle = 2 * data[p];
      const xx = data[p - 1] - middle + data[p + 1];
      const yy = data[p - stride] - middle + data[p + stride];
      const xy = (data[p - stride - 1] + data[p + stride + 1] - data[p + stride - 1] -
        data[p - stride + 1]) * 0.25;
      const root = Math.sqrt(4 * xy * xy + (xx - yy) * (xx - yy));
      out[to + i] = 0.5 * (xx + yy + sign * root);
    }
  };
}

/** The largest or smallest eigenvalue of the Hessian matrix of a volume. */
export function hessianEigenvalue3d(largest: boolean): RowFilter {
  return ({ data, stride, slice }, at, length, out, to) => {
    const mixed = (p: number, a: number, b: number) =>
      (data[p - a - b] + data[p + a + b] - data[p - a + b] - data[p + a - b]) * 0.25;
    for (let i = 0; i < length; i++) {
      const p = at + i;
      const middle = 2 * data[p];
      out[to + i] = eigenvalue(
        data[p - 1] - middle + data[p + 1],
        data[p - stride] - middle + data[p + stride],
        data[p - slice] - middle + data[p + slice],
        mixed(p, 1, stride),
        mixed(p, 1, slice),
        mixed(p, stride, slice),
        largest,
      );
    }
  };
}

/**
 * An extreme eigenvalue of a symmetric 3 × 3 matrix by the trigonometric solution of its
 * characteristic equation (Smith 1961).
 */
function eigenvalue(
  xx: number,
  yy: number,
  zz: number,
  xy: number,
  xz: number,
  yz: number,
  largest: boolean,
): number {
  const mean = (xx + yy + zz) / 3;
  const a = xx - mean, b = yy - mean, c = zz - mean;
  const offDiagonal = xy * xy + xz * xz + yz * yz;
  const spread = Math.sqrt((a * a + b * b + c * c + 2 * offDiagonal) / 6);
  if (spread === 0) return mean;
  const determinant = a * (b * c - yz * yz) - xy * (xy * c - yz * xz) + xz * (xy * yz - b * xz);
  const cosine = determinant / (2 * spread * spread * spread);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine))) / 3;
  return mean + 2 * spread * Math.cos(largest ? angle : angle + 2 * Math.PI / 3);
}
