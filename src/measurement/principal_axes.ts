import type { Objects } from "./objects.ts";

/** The variances of an object's pixels along its principal axes, descending. */
export type Variances = readonly [Float64Array, Float64Array, Float64Array];

/**
 * The eigenvalues of the covariance of the pixels' coordinates, per object, in units of `scale`.
 *
 * Pixels count as points: as in scikit-image, the 1/12 of a pixel's own extent is not added.
 */
export function principalVariances(
  { sums, dimensions, count }: Objects,
  [x, y, z]: readonly [number, number, number],
): Variances {
  const variances: Variances = [
    new Float64Array(count),
    new Float64Array(count),
    new Float64Array(count),
  ];
  const [xx, yy, zz, xy, xz, yz] = sums.moments;
  for (let o = 0; o < count; o++) {
    const n = sums.area[o];
    const values = dimensions === 2
      ? eigenvalues2(xx[o] / n * x * x, yy[o] / n * y * y, xy[o] / n * x * y)
      : eigenvalues3(
        xx[o] / n * x * x,
        yy[o] / n * y * y,
        zz[o] / n * z * z,
        xy[o] / n * x * y,
        xz[o] / n * x * z,
        yz[o] / n * y * z,
      );
    // Rounding may leave an object without extent a variance below 0.
    values.forEach((value, i) => variances[i][o] = Math.max(0, value));
  }
  return variances;
}

function eigenvalues2(a: number, c: number, b: number): number[] {
  const middle = (a + c) / 2;
  const radius = Math.hypot((a - c) / 2, b);
  const large = middle + radius;
  // The smaller one from the determinant, which keeps the digits that a difference would lose.
  return [large, large > 0 ? (a * c - b * b) / large : 0];
}

/** Of a symmetric 3 × 3 matrix, by trigonometry (Smith 1961). */
function eigenvalues3(a: number, b: number, c: number, d: number, e: number, f: number): number[] {
  const offDiagonal = d * d + e * e + f * f;
  if (offDiagonal === 0) return [a, b, c].sort((p, q) => q - p);
  const mean = (a + b + c) / 3;
  const [p, q, r] = [a - mean, b - mean, c - mean];
  const scale = Math.sqrt((p * p + q * q + r * r + 2 * offDiagonal) / 6);
  const determinant = p * (q * r - f * f) - d * (d * r - f * e) + e * (d * f - q * e);
  const half = Math.min(1, Math.max(-1, determinant / (2 * scale ** 3)));
  const angle = Math.acos(half) / 3;
  const first = mean + 2 * scale * Math.cos(angle);
  const last = mean + 2 * scale * Math.cos(angle + 2 * Math.PI / 3);
  return [first, 3 * mean - first - last, last];
}
