import type { PixelArray } from "../image/image.ts";

/** The pixels of a channel as numbers. */
export type NumberArray = Exclude<PixelArray, BigInt64Array | BigUint64Array>;

/** Which sums are asked for beside area, box and coordinates. */
export interface SumRequest {
  /** Second central moments. */
  readonly moments: boolean;
  /** Distances to the centroid and, for every channel, to the mass centre. */
  readonly distances: boolean;
}

/** Three numbers per object, along x, y and z. */
export type PerAxis = readonly [x: Float64Array, y: Float64Array, z: Float64Array];

/** Sum and largest of the distances of an object's pixels to a point. */
export interface DistanceSums {
  /** The sum of the distances, in pixels. */
  readonly sum: Float64Array;
  /** The largest distance, in pixels. */
  readonly max: Float64Array;
}

/** Sums over the pixels of every object, in pixels; index 0 is the first object. */
export interface RegionSums {
  /** Number of pixels. */
  readonly area: Float64Array;
  /** The first column, row and plane. */
  readonly min: PerAxis;
  /** The last column, row and plane. */
  readonly max: PerAxis;
  /** Sums of coordinates. */
  readonly sum: PerAxis;
  /** Sums of products of distances to the centroid: xx, yy, zz, xy, xz, yz. */
  readonly moments: readonly Float64Array[];
  /** Distances to the centroid. */
  readonly distances?: DistanceSums;
  /** One per channel. */
  readonly channels: readonly ChannelSums[];
}

/** Sums over the intensities of every object in one channel. */
export interface ChannelSums {
  /** The least intensity. */
  readonly min: Float64Array;
  /** The largest intensity. */
  readonly max: Float64Array;
  /** The sum of the intensities. */
  readonly sum: Float64Array;
  /** Sums of intensity times coordinate. */
  readonly weighted: PerAxis;
  /** Sum of squared differences to the mean. */
  readonly squares: Float64Array;
  /** Distances to the mass centre. */
  readonly distances?: DistanceSums;
}

/** The centres that sums of coordinates give. */
export function quotients(sums: PerAxis, weights: Float64Array): PerAxis {
  const divide = (sum: Float64Array) => sum.map((value, o) => value / weights[o]);
  return [divide(sums[0]), divide(sums[1]), divide(sums[2])];
}
