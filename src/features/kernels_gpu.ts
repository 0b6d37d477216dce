import type { Kernel } from "../gpu/kernel.ts";
import arithmetic from "./arithmetic.wgsl" with { type: "text" };
import convolve from "./convolve.wgsl" with { type: "text" };
import extremum from "./extremum.wgsl" with { type: "text" };
import gather from "./gather.wgsl" with { type: "text" };
import maximum from "./maximum.wgsl" with { type: "text" };
import median from "./median.wgsl" with { type: "text" };
import type { StencilName } from "./plan_types.ts";
import pointwise from "./pointwise.wgsl" with { type: "text" };
import stencil from "./stencil.wgsl" with { type: "text" };
import stencils from "./stencils.wgsl" with { type: "text" };
import tile from "./tile.wgsl" with { type: "text" };
import unpack from "./unpack.wgsl" with { type: "text" };
import window from "./window.wgsl" with { type: "text" };

/** Pixels that one workgroup of a filter covers. */
export const WORKGROUP_SIZE = 64;

/** Pixels along its axis that one invocation of the convolution computes. */
export const CONVOLVE_OUTPUTS = 8;

/** Pixels that one workgroup of the reduction covers. */
export const MAXIMUM_PIXELS = 4096;

/** The numbers of stencils in the kernels. */
export const STENCILS: Readonly<Record<StencilName, number>> = {
  laplace_box: 0,
  laplace_diamond: 1,
  sobel: 2,
  gradient_x: 3,
  gradient_y: 4,
  gradient_z: 5,
  small_hessian_eigenvalue: 6,
  large_hessian_eigenvalue: 7,
};

const WINDOW_STATISTICS = {
  mean: 0,
  minimum: 1,
  maximum: 2,
  variance: 3,
  standard_deviation: 4,
} as const;

const POINTWISE_OPERATIONS = { crop: 0, subtract: 1, divide: 2, power: 3 } as const;

/** What the kernel of tiles can do; see `tile.wgsl`. */
export const TILE_OPERATIONS = {
  load: 0,
  convolve: 1,
  extremum: 2,
  stencil: 3,
  copy: 4,
  subtract: 5,
  divide: 6,
  power: 7,
} as const;

/** An operation of the kernel of tiles. */
export interface TileOperation {
  readonly operation: number;
  /** An axis, the number of a stencil, or the parity of an exponent. */
  readonly argument: number;
}

/** Part of the kernel of tiles: computes planes in the memory of a workgroup. */
export const tileFilters = arithmetic + stencils + tile;

/** Convolution along one axis. Buffers: source, weights, result. */
export const convolveKernel: Kernel = {
  name: "convolve",
  code: convolve,
  buffers: ["read", "read", "read_write"],
};

/** Minimum or maximum along one axis. Buffers: source, result. */
export function extremumKernel(statistic: "minimum" | "maximum"): Kernel {
  const constants = { MAXIMUM: statistic === "maximum" ? 1 : 0 };
  return { name: "extremum", code: extremum, buffers: ["read", "read_write"], constants };
}

/** A statistic of a box or ellipsoid. Buffers: source, rows, result. */
export function windowKernel(statistic: keyof typeof WINDOW_STATISTICS): Kernel {
  const constants = { STATISTIC: WINDOW_STATISTICS[statistic] };
  return { name: "window", code: window, buffers: ["read", "read", "read_write"], constants };
}

/** The median of a box or ellipsoid. Buffers: source, rows, result. */
export const medianKernel: Kernel = {
  name: "median",
  code: median,
  buffers: ["read", "read", "read_write"],
};

/** A filter over direct neighbours. Buffers: source, result. */
export function stencilKernel(name: StencilName, dimensions: 2 | 3): Kernel {
  const constants = { STENCIL: STENCILS[name], VOLUME: dimensions === 3 ? 1 : 0 };
  return { name: "stencil", code: stencils + stencil, buffers: ["read", "read_write"], constants };
}

/** An operation on single pixels. Buffers: source, second source, result. */
export function pointwiseKernel(operation: keyof typeof POINTWISE_OPERATIONS): Kernel {
  const constants = { OPERATION: POINTWISE_OPERATIONS[operation] };
  const code = arithmetic + pointwise;
  return { name: "pointwise", code, buffers: ["read", "read", "read_write"], constants };
}

/** The largest value of a plane. Buffers: source, result. */
export const maximumKernel: Kernel = {
  name: "maximum",
  code: maximum,
  buffers: ["read", "read_write"],
};

/** One feature of single pixels. Buffers: source, pixels, samples. */
export const gatherKernel: Kernel = {
  name: "gather",
  code: gather,
  buffers: ["read", "read", "read_write"],
};

/** Pixels of 8 or 16 bits as floats. Buffers: words of pixels, result. */
export const unpackKernel: Kernel = {
  name: "unpack",
  code: unpack,
  buffers: ["read", "read_write"],
};
