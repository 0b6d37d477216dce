import { hessianEigenvalue2d, hessianEigenvalue3d } from "./hessian_cpu.ts";
import type { Plane } from "./plane_cpu.ts";
import type { StencilName, Vec3 } from "./plan_types.ts";
import { type Padded, padRegion, reusable, slabsOf } from "./slabs_cpu.ts";

/** Filters one row: `length` pixels from `at` in the padded plane go to `out` from `to` on. */
export type RowFilter = (
  source: Padded<Float64Array>,
  at: number,
  length: number,
  out: Float32Array,
  to: number,
) => void;

/** Applies a filter over direct neighbours; see {@linkcode StencilName}. */
export function stencilCpu(
  source: Plane,
  name: StencilName,
  dimensions: 2 | 3,
  reach: Vec3,
  out: Plane,
): void {
  const filter = rowFilter(name, dimensions);
  const allocate = reusable((length) => new Float64Array(length));
  for (const { data, region } of slabsOf(out, reach)) {
    const padded = padRegion(source, region, reach, allocate);
    let to = 0;
    for (let z = 0; z < region.depth; z++) {
      for (let y = 0; y < region.height; y++) {
        const at = padded.origin + z * padded.slice + y * padded.stride;
        filter(padded, at, region.width, data, to);
        to += region.width;
      }
    }
  }
}

function rowFilter(name: StencilName, dimensions: 2 | 3): RowFilter {
  const is3d = dimensions === 3;
  switch (name) {
    case "laplace_box":
      return is3d ? laplaceBox3d : laplaceBox2d;
    case "laplace_diamond":
      return is3d ? laplaceDiamond3d : laplaceDiamond2d;
    case "sobel":
      return is3d ? sobel3d : sobel2d;
    case "gradient_x":
      return (source, at, length, out, to) => difference(source.data, 1, at, length, out, to);
    case "gradient_y":
      return (source, at, length, out, to) =>
        difference(source.data, source.stride, at, length, out, to);
    case "gradient_z":
      return (source, at, length, out, to) =>
        difference(source.data, source.slice, at, length, out, to);
    case "small_hessian_eigenvalue":
      return is3d ? hessianEigenvalue3d(false) : hessianEigenvalue2d(-1);
    case "large_hessian_eigenvalue":
      return is3d ? hessianEigenvalue3d(true) : hessianEigenvalue2d(1);
  }
}

function difference(
  data: Float64Array,
  step: number,
  at: number,
  length: number,
  out: Float32Array,
  to: number,
): void {
  for (let i = 0; i < length; i++) out[to + i] = data[at + i + step] - data[at + i - step];
}

const laplaceDiamond2d: RowFilter = ({ data, stride }, at, length, out, to) => {
  for (let i = 0; i < length; i++) {
    const p = at + i;
    out[to + i] = 4 * data[p] - data[p - 1] - data[p + 1] - data[p - stride] - data[p + stride];
  }
};

const laplaceDiamond3d: RowFilter = ({ data, stride, slice }, at, length, out, to) => {
  for (let i = 0; i < length; i++) {
    const p = at + i;
    out[to + i] = 6 * data[p] - data[p - 1] - data[p + 1] - data[p - stride] - data[p + stride] -
      data[p - slice] - data[p + slice];
  }
};

// The filters below slide along a row and keep the sums of three columns, each of which serves
// three pixels.

const laplaceBox2d: RowFilter = ({ data, stride }, at, length, out, to) => {
  const column = (p: number) => data[p - stride] + data[p] + data[p + stride];
  let left = column(at - 1), middle = column(at);
  for (let i = 0; i < length; i++) {
    const p = at + i;
    const right = column(p + 1);
    out[to + i] = 9 * data[p] - (left + middle + right);
    left = middle;
    middle = right;
  }
};

const laplaceBox3d: RowFilter = ({ data, stride, slice }, at, length, out, to) => {
  const column = (p: number) => data[p - stride] + data[p] + data[p + stride];
  const layer = (p: number) => column(p - slice) + column(p) + column(p + slice);
  let left = layer(at - 1), middle = layer(at);
  for (let i = 0; i < length; i++) {
    const p = at + i;
    const right = layer(p + 1);
    out[to + i] = 27 * data[p] - (left + middle + right);
    left = middle;
    middle = right;
  }
};

const sobel2d: RowFilter = ({ data, stride }, at, length, out, to) => {
  const smooth = (p: number) => data[p - stride] + 2 * data[p] + data[p + stride];
  const slope = (p: number) => data[p + stride] - data[p - stride];
  let smoothLeft = smooth(at - 1), smoothMiddle = smooth(at);
  let slopeLeft = slope(at - 1), slopeMiddle = slope(at);
  for (let i = 0; i < length; i++) {
    const p = at + i + 1;
    const smoothRight = smooth(p), slopeRight = slope(p);
    const x = smoothRight - smoothLeft;
    const y = slopeLeft + 2 * slopeMiddle + slopeRight;
    out[to + i] = Math.sqrt(x * x + y * y);
    smoothLeft = smoothMiddle;
    smoothMiddle = smoothRight;
    slopeLeft = slopeMiddle;
    slopeMiddle = slopeRight;
  }
};

const sobel3d: RowFilter = ({ data, stride, slice }, at, length, out, to) => {
  const smooth = (p: number) => data[p - stride] + 2 * data[p] + data[p + stride];
  const slope = (p: number) => data[p + stride] - data[p - stride];
  let smoothLeft = 0, smoothMiddle = 0;
  let slopeYLeft = 0, slopeYMiddle = 0, slopeZLeft = 0, slopeZMiddle = 0;
  for (let i = -2; i < length; i++) {
    const p = at + i + 1;
    const front = smooth(p - slice), back = smooth(p + slice);
    const smoothRight = front + 2 * smooth(p) + back;
    const slopeYRight = slope(p - slice) + 2 * slope(p) + slope(p + slice);
    const slopeZRight = back - front;
    if (i >= 0) {
      const x = smoothRight - smoothLeft;
      const y = slopeYLeft + 2 * slopeYMiddle + slopeYRight;
      const z = slopeZLeft + 2 * slopeZMiddle + slopeZRight;
      out[to + i] = Math.sqrt(x * x + y * y + z * z);
    }
    smoothLeft = smoothMiddle;
    smoothMiddle = smoothRight;
    slopeYLeft = slopeYMiddle;
    slopeYMiddle = slopeYRight;
    slopeZLeft = slopeZMiddle;
    slopeZMiddle = slopeZRight;
  }
};
