import type { Random } from "./random.ts";

/** A roundish body: an ellipsoid, upright along z, with a wavy outline in x and y. */
export interface Blob {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Half-axes: along `axis`, across it, and along z. */
  readonly radii: readonly [number, number, number];
  /** The direction of the first half-axis in the plane, of length 1. */
  readonly axis: readonly [number, number];
  /** How far the outline strays from the ellipse, as a share of the radius, by two and three waves. */
  readonly waves: readonly [cos2: number, sin2: number, cos3: number, sin3: number];
  readonly brightness: number;
}

/** A blob of about this radius, somewhat long and wavy. */
export function randomBlob(
  random: Random,
  [x, y, z]: readonly [number, number, number],
  radius: number,
  brightness: number,
): Blob {
  const length = random.uniform(1, 1.25);
  const wave = () => random.uniform(-0.06, 0.06);
  return {
    x,
    y,
    z,
    radii: [radius * length, radius / length, radius],
    axis: random.direction(),
    waves: [wave(), wave(), wave(), wave()],
    brightness,
  };
}

/** How deep inside a blob a point lies, about in units of its radii; negative outside. */
export function depthInside(blob: Blob, x: number, y: number, z: number): number {
  const { radii, axis, waves } = blob;
  const dx = x - blob.x;
  const dy = y - blob.y;
  const u = (dx * axis[0] + dy * axis[1]) / radii[0];
  const v = (dy * axis[0] - dx * axis[1]) / radii[1];
  const w = (z - blob.z) / radii[2];
  const inPlane = Math.sqrt(u * u + v * v);
  const distance = Math.sqrt(u * u + v * v + w * w);
  // The cosine and sine of the angle in the plane; those of twice and thrice it are products.
  const c = inPlane === 0 ? 1 : u / inPlane;
  const s = inPlane === 0 ? 0 : v / inPlane;
  const waviness = waves[0] * (c * c - s * s) + waves[1] * 2 * c * s +
    waves[2] * (c * c * c - 3 * c * s * s) + waves[3] * (3 * c * c * s - s * s * s);
  // No waves at the poles, where all angles meet.
  const outline = 1 + waviness * (distance === 0 ? 0 : inPlane / distance);
  return (outline - distance) * Math.sqrt(radii[0] * radii[1]);
}

/** 0 far outside, 1 deep inside, smooth over `softness` on both sides of the outline. */
export function edge(depth: number, softness: number): number {
  const t = Math.min(1, Math.max(0, (depth / softness + 1) / 2));
  return t * t * (3 - 2 * t);
}
