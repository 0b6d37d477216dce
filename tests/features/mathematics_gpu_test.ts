import assert from "node:assert/strict";
import type { Tile } from "../../src/backend.ts";
import type { Operation, StencilName, WindowStatistic } from "../../src/features/plan_types.ts";
import { computeFeaturesGpu } from "../../src/features/stack_gpu.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import type { Size } from "../../src/image/image.ts";
import { gpuTest } from "../support/gpu.ts";
import { type Chain, chainPlan, isotropic, randomNumbers, tileOf } from "./chain_plan.ts";

const PLANE: Size = { width: 13, height: 9, depth: 1 };
const VOLUME: Size = { width: 11, height: 7, depth: 9 };

async function run(tile: Tile, dimensions: 2 | 3, chains: readonly Chain[]) {
  using gpu = await Gpu.open();
  const plan = chainPlan(dimensions, chains);
  return await computeFeaturesGpu(gpu, tile, plan, wholeRegion(tile), new Map([[0, 100]]));
}

function near(found: number, expected: number, tolerance: number, where = "") {
  const close = Object.is(found, expected) || Math.abs(found - expected) <= tolerance;
  assert.ok(close, `expected ${expected} but found ${found} ${where}`);
}

function everywhere(found: Float32Array, expected: (i: number) => number, tolerance: number) {
  found.forEach((value, i) => near(value, expected(i), tolerance, `at ${i}`));
}

const gaussian = (sigma: number, dimensions: 2 | 3): Operation => ({
  kind: "gaussian",
  sigma: isotropic(sigma, dimensions),
});

const stencil = (name: StencilName): Operation => ({ kind: "stencil", name });

/** The weight at a distance of clEsperanto's truncated kernel. */
function gaussianWeight(sigma: number, distance: number): number {
  const radius = Math.floor(Math.floor(8 * sigma) / 2);
  const weight = (d: number) => Math.exp(-(d * d) / (2 * sigma * sigma));
  let sum = 0;
  for (let d = -radius; d <= radius; d++) sum += weight(d);
  return Math.abs(distance) > radius ? 0 : weight(distance) / sum;
}

for (const [dimensions, size] of [[2, PLANE], [3, VOLUME]] as const) {
  gpuTest(`the Gaussian of a point in ${dimensions}D is the product of its kernels`, async () => {
    const centre = [5, 4, dimensions === 3 ? 4 : 0];
    const tile = tileOf(size, (...p) => p.every((v, axis) => v === centre[axis]) ? 1000 : 0);
    const sigmas = [0.3, 0.5, 0.9];
    const planes = await run(tile, dimensions, sigmas.map((s) => [gaussian(s, dimensions)]));
    planes.forEach((plane, i) => {
      const expected = tileOf(size, (x, y, z) => {
        const alongZ = dimensions === 3 ? gaussianWeight(sigmas[i], z - centre[2]) : 1;
        return 1000 * gaussianWeight(sigmas[i], x - centre[0]) *
          gaussianWeight(sigmas[i], y - centre[1]) * alongZ;
      });
      everywhere(plane, (at) => expected.channels[0][at], 1e-4);
    });
  });

  gpuTest(`the Gaussian, mean and order filters keep a ${dimensions}D constant`, async () => {
    const tile = tileOf(size, () => 123.4);
    const statistics: WindowStatistic[] = ["mean", "median", "minimum", "maximum"];
    const chains: Chain[] = [0.1, 0.3, 1, 5, 25].map((s) => [gaussian(s, dimensions)]);
    for (const statistic of statistics) {
      for (const shape of ["box", "sphere"] as const) {
        const radius = isotropic(2, dimensions);
        chains.push([{ kind: "window", statistic, shape, radius }]);
      }
    }
    for (const plane of await run(tile, dimensions, chains)) {
      everywhere(plane, () => 123.4, 2e-5);
    }
  });

  gpuTest(`derivatives and variances of a ${dimensions}D constant are zero`, async () => {
    const tile = tileOf(size, () => 77);
    const names: StencilName[] = [
      "laplace_box",
      "laplace_diamond",
      "sobel",
      "gradient_x",
      "gradient_y",
      "gradient_z",
      "small_hessian_eigenvalue",
      "large_hessian_eigenvalue",
    ];
    const chains: Chain[] = names.map((name) => [stencil(name)]);
    for (const statistic of ["variance", "standard_deviation"] as const) {
      const radius = isotropic(1, dimensions);
      chains.push([{ kind: "window", statistic, shape: "box", radius }]);
      chains.push([{ kind: "window", statistic, shape: "sphere", radius }]);
    }
    for (const plane of await run(tile, dimensions, chains)) everywhere(plane, () => 0, 0);
  });

  gpuTest(`derivatives of a ${dimensions}D ramp are its slopes`, async () => {
    const slope = [2, 3, dimensions === 3 ? 5 : 0];
    const tile = tileOf(size, (x, y, z) => 10 + slope[0] * x + slope[1] * y + slope[2] * z);
    const smoothing = dimensions === 3 ? 16 : 4;
    const cases: [StencilName, number][] = [
      ["laplace_box", 0],
      ["laplace_diamond", 0],
      ["sobel", 2 * smoothing * Math.hypot(...slope)],
      ["gradient_x", 4],
      ["gradient_y", 6],
      ["gradient_z", 2 * slope[2]],
      ["small_hessian_eigenvalue", 0],
      ["large_hessian_eigenvalue", 0],
    ];
    const planes = await run(tile, dimensions, cases.map(([name]) => [stencil(name)]));
    const inside = insideOf(size, 1);
    planes.forEach((plane, i) => {
      for (const at of inside) near(plane[at], cases[i][1], 1e-4, `${cases[i][0]} at ${at}`);
    });
  });

  gpuTest(`at the edge of a ${dimensions}D ramp the edge pixels go on`, async () => {
    const tile = tileOf(size, (x) => 4 * x);
    const [gradient, diamond] = await run(tile, dimensions, [
      [stencil("gradient_x")],
      [stencil("laplace_diamond")],
    ]);
    for (let row = 0; row < size.height * size.depth; row++) {
      near(gradient[row * size.width], 4, 0);
      near(gradient[row * size.width + size.width - 1], 4, 0);
      near(diamond[row * size.width], -4, 0);
      near(diamond[row * size.width + size.width - 1], 4, 0);
    }
  });

  gpuTest(`the Gaussian of a ${dimensions}D ramp is the ramp where no edge is near`, async () => {
    const tile = tileOf(size, (x, y, z) => 3 * x + 2 * y + z);
    const [plane] = await run(tile, dimensions, [[gaussian(0.6, dimensions)]]);
    for (const at of insideOf(size, 2)) near(plane[at], tile.channels[0][at], 1e-4, `at ${at}`);
  });

  gpuTest(`windows in ${dimensions}D hold what sorting and summing say`, async () => {
    const random = randomNumbers(7);
    const tile = tileOf(size, () => Math.floor(random() * 40) - 20 + (random() < 0.5 ? 0 : 0.25));
    const cases = ([
      ...["mean", "median", "minimum", "maximum", "variance", "standard_deviation"],
    ] as WindowStatistic[]).flatMap((statistic) =>
      (["box", "sphere"] as const).flatMap((shape) =>
        [0, 1, 2, 3].map((r) => ({ statistic, shape, radius: isotropic(r, dimensions) }))
      )
    );
    const planes = await run(tile, dimensions, cases.map((c) => [{ kind: "window", ...c }]));
    planes.forEach((plane, i) => {
      const { statistic, shape, radius } = cases[i];
      const exact = ["median", "minimum", "maximum"].includes(statistic);
      everywhere(
        plane,
        (at) => statisticOf(statistic, windowOf(tile, at, shape, radius)),
        exact ? 0 : 2e-4,
      );
    });
  });
}

/** The pixels that are at least `margin` away from every edge. */
function insideOf(size: Size, margin: number): number[] {
  const mz = size.depth > 1 ? margin : 0;
  const inside = [];
  for (let z = mz; z < size.depth - mz; z++) {
    for (let y = margin; y < size.height - margin; y++) {
      for (let x = margin; x < size.width - margin; x++) {
        inside.push((z * size.height + y) * size.width + x);
      }
    }
  }
  return inside;
}

function windowOf(
  { width, height, depth, channels: [data] }: Tile,
  at: number,
  shape: "box" | "sphere",
  [rx, ry, rz]: readonly [number, number, number],
): number[] {
  const clamp = (value: number, length: number) => Math.max(0, Math.min(length - 1, value));
  const [x, y, z] = [at % width, Math.floor(at / width) % height, Math.floor(at / width / height)];
  const values = [];
  const share = (d: number, r: number) => r === 0 ? 0 : (d * d) / (r * r);
  for (let dz = -rz; dz <= rz; dz++) {
    for (let dy = -ry; dy <= ry; dy++) {
      for (let dx = -rx; dx <= rx; dx++) {
        if (shape === "sphere" && share(dx, rx) + share(dy, ry) + share(dz, rz) > 1) continue;
        const [i, j, k] = [clamp(x + dx, width), clamp(y + dy, height), clamp(z + dz, depth)];
        values.push(data[(k * height + j) * width + i]);
      }
    }
  }
  return values;
}

function statisticOf(statistic: WindowStatistic, values: number[]): number {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  switch (statistic) {
    case "mean":
      return mean;
    case "median":
      return values.toSorted((a, b) => a - b)[values.length >> 1];
    case "minimum":
      return Math.min(...values);
    case "maximum":
      return Math.max(...values);
    case "variance":
      return variance;
    case "standard_deviation":
      return Math.sqrt(variance);
  }
}

gpuTest("the median of windows of thousands of pixels is exact", async () => {
  const random = randomNumbers(3);
  const tile = tileOf(
    { width: 9, height: 6, depth: 5 },
    () => (random() - 0.5) * 10 ** (random() * 8),
  );
  const radius = [9, 8, 7] as const;
  for (const shape of ["box", "sphere"] as const) {
    const [plane] = await run(tile, 3, [[{ kind: "window", statistic: "median", shape, radius }]]);
    everywhere(plane, (at) => statisticOf("median", windowOf(tile, at, shape, radius)), 0);
  }
});

gpuTest("the stencils of a 3D point are their coefficients", async () => {
  const tile = tileOf({ width: 3, height: 3, depth: 3 }, (...p) => p.every((v) => v === 1) ? 1 : 0);
  const [box, diamond, sobel] = await run(tile, 3, [
    [stencil("laplace_box")],
    [stencil("laplace_diamond")],
    [stencil("sobel")],
  ]);
  everywhere(box, (at) => at === 13 ? 26 : -1, 0);
  everywhere(diamond, (at) => at === 13 ? 6 : [4, 10, 12, 14, 16, 22].includes(at) ? -1 : 0, 0);
  const distance = (at: number) => [at % 3 - 1, Math.floor(at / 3) % 3 - 1, Math.floor(at / 9) - 1];
  everywhere(sobel, (at) => {
    const d = distance(at);
    const smooth = d.map((v) => 2 - Math.abs(v));
    return Math.hypot(
      d[0] * smooth[1] * smooth[2],
      d[1] * smooth[0] * smooth[2],
      d[2] * smooth[0] * smooth[1],
    );
  }, 1e-5);
});

gpuTest("Hessian eigenvalues of quadratic forms are those of their matrices", async () => {
  const forms: [matrix: number[], small: number, large: number][] = [
    [[2, 1, 0, 2, 0, 5], 1, 5],
    [[4, 0, 0, 4, 0, 4], 4, 4],
    [[2, -1, -1, 2, -1, 2], 0, 3],
    [[0, 1, 1, 0, 1, 0], -1, 2],
    [[-3, 0, 0, 7, 0, 1], -3, 7],
    [[1, 2, 3, 4, 5, 6], -0.5157294715892571, 11.344814282762078],
    [[1000, 1, 0, 1000, 0, 1000], 999, 1001],
  ];
  for (const [[xx, xy, xz, yy, yz, zz], small, large] of forms) {
    const tile = tileOf({ width: 5, height: 5, depth: 5 }, (x, y, z) => {
      const [a, b, c] = [x - 2, y - 2, z - 2];
      return (xx * a * a + yy * b * b + zz * c * c) / 2 + xy * a * b + xz * a * c + yz * b * c;
    });
    const planes = await run(tile, 3, [
      [stencil("small_hessian_eigenvalue")],
      [stencil("large_hessian_eigenvalue")],
    ]);
    for (const at of insideOf(tile, 1)) {
      near(planes[0][at], small, 1e-6 * Math.max(10, xx), `small at ${at}`);
      near(planes[1][at], large, 1e-6 * Math.max(10, xx), `large at ${at}`);
    }
  }
  const flat = tileOf(PLANE, (x, y) => x * x - 2 * y * y + x * y);
  const planes = await run(flat, 2, [
    [stencil("small_hessian_eigenvalue")],
    [stencil("large_hessian_eigenvalue")],
  ]);
  for (const at of insideOf(PLANE, 1)) {
    near(planes[0][at], -1 - Math.hypot(3, 1), 1e-4);
    near(planes[1][at], -1 + Math.hypot(3, 1), 1e-4);
  }
});

gpuTest("powers are those of IEEE 754, special cases included", async () => {
  const bases = [
    ...[0, -0, 1, -1, 2, -2, 0.5, 3.25, -7, 1e-3, 1e10, -1e10, 1e30, 65535, 0.99999994, 1.41421356],
    ...[123.456, 248, 1e-30, 5e-7],
  ];
  const exponents = [0, 1, 2, 3, -1, -2, 0.5, -0.5, 0.1, 1.7, 2.2, 10, -3, 25, 0.3333333, 100];
  const tile = tileOf({ width: bases.length, height: 1, depth: 1 }, (x) => bases[x]);
  const planes = await run(tile, 2, exponents.map((exponent) => [{ kind: "power", exponent }]));
  exponents.forEach((exponent, i) => {
    bases.forEach((_, x) => {
      const base = tile.channels[0][x];
      const expected = Math.fround(Math.pow(base, exponent));
      const found = planes[i][x];
      // Subnormal results may be flushed to zero.
      const tolerance = Number.isFinite(expected)
        ? Math.abs(expected) * (4e-7 + 2e-7 * Math.abs(exponent)) + 1.2e-38
        : 0;
      near(found, expected, tolerance, `${base} ^ ${exponent}`);
    });
  });
});

gpuTest("gamma correction bends between zero and the image's maximum", async () => {
  const tile = tileOf({ width: 6, height: 1, depth: 1 }, (x) => x * 20);
  const planes = await run(tile, 2, [
    [{ kind: "gamma", gamma: 0.5 }],
    [{ kind: "gamma", gamma: 2 }],
  ]);
  everywhere(planes[0], (x) => 100 * Math.sqrt(x / 5), 1e-4);
  everywhere(planes[1], (x) => 100 * (x / 5) ** 2, 1e-4);
});

gpuTest("gamma correction of nothing is nothing", async () => {
  using gpu = await Gpu.open();
  const tile = tileOf({ width: 3, height: 1, depth: 1 }, () => 0);
  for (const gamma of [0.5, 2, -1, 0]) {
    const plan = chainPlan(2, [[{ kind: "gamma", gamma }]]);
    const maxima = new Map([[0, 0]]);
    const [plane] = await computeFeaturesGpu(gpu, tile, plan, wholeRegion(tile), maxima);
    everywhere(plane, () => 0, 0);
  }
});

gpuTest("subtraction and division are pixel by pixel, by zero as IEEE 754 has it", async () => {
  const tile = tileOf({ width: 5, height: 1, depth: 1 }, (x) => x - 2);
  const planes = await run(tile, 2, [
    [{ kind: "power", exponent: 2 }, { kind: "combine", operator: "subtract" }],
    [{ kind: "power", exponent: 2 }, { kind: "combine", operator: "divide" }],
    [stencil("gradient_y"), { kind: "combine", operator: "divide" }],
  ]);
  assert.deepEqual([...planes[0]], [-6, -2, 0, 0, -2]);
  assert.deepEqual([...planes[1]], [-0.5, -1, NaN, 1, 0.5]);
  assert.deepEqual([...planes[2]], [-Infinity, -Infinity, NaN, Infinity, Infinity]);
});

gpuTest("a blur of axes of different sigma leaves the axis of sigma 0 alone", async () => {
  const tile = tileOf({ width: 9, height: 9, depth: 9 }, (...p) => p.every((v) => v === 4) ? 1 : 0);
  const [plane] = await run(tile, 3, [[{ kind: "gaussian", sigma: [1, 0, 0.5] }]]);
  everywhere(plane, (at) => {
    const [x, y, z] = [at % 9, Math.floor(at / 9) % 9, Math.floor(at / 81)];
    return y === 4 ? gaussianWeight(1, x - 4) * gaussianWeight(0.5, z - 4) : 0;
  }, 1e-6);
});
