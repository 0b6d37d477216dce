import assert from "node:assert/strict";
import type { Tile } from "../../src/backend.ts";
import { tileOf } from "./chain_plan.ts";
import { cpuFeatures, insideOf } from "./cpu_features.ts";

const PLANE = { width: 23, height: 19, depth: 1 };
const VOLUME = { width: 13, height: 15, depth: 11 };
const SIZES = [PLANE, VOLUME];

function near(found: number, expected: number, tolerance: number, where: string) {
  const isNear = Math.abs(found - expected) <= tolerance;
  assert.ok(isNear, `expected ${expected} but found ${found} ${where}`);
}

/** The sampled and truncated Gaussian at a distance from its centre, before normalisation. */
function gaussian(sigma: number, distance: number): number {
  let size = Math.floor(8 * sigma);
  if (size % 2 === 0) size++;
  if (Math.abs(distance) > (size - 1) / 2) return 0;
  return Math.exp(-(distance ** 2) / (2 * sigma ** 2));
}

function normalisation(sigma: number): number {
  let sum = 0;
  for (let d = -Math.ceil(4 * sigma) - 1; d <= 4 * sigma + 1; d++) sum += gaussian(sigma, d);
  return sum;
}

/** What a blur gives by its definition, along one axis after the other, in 64 bits. */
function blurByDefinition({ width, height, depth, channels }: Tile, sigma: number): Float64Array {
  const radius = Math.floor(4 * sigma);
  const size = [width, height, depth];
  const step = [1, width, width * height];
  let values = Float64Array.from(channels[0]);
  for (let axis = 0; axis < (depth > 1 ? 3 : 2); axis++) {
    values = values.map((_, i, all) => {
      const place = Math.floor(i / step[axis]) % size[axis];
      let sum = 0;
      for (let d = -radius; d <= radius; d++) {
        const inside = Math.min(size[axis] - 1, Math.max(0, place + d));
        sum += gaussian(sigma, d) * all[i + (inside - place) * step[axis]];
      }
      return sum / normalisation(sigma);
    });
  }
  return values;
}

// Kernels work on four rows at a time and on stretches of 512 and 1024 columns.
for (
  const [width, height, depth] of [
    [1100, 1, 1],
    [1100, 3, 1],
    [515, 4, 1],
    [516, 5, 1],
    [1027, 6, 1],
    [17, 70, 1],
    [3, 9, 1],
    [37, 3, 5],
    [9, 6, 3],
  ]
) {
  Deno.test(`blurs of ${width} × ${height} × ${depth} pixels are the sums that define them`, () => {
    let seed = 1;
    const noise = () => (seed = seed * 16807 % 2147483647) / 2147483647;
    const tile = tileOf({ width, height, depth }, () => 200 * noise());
    const sigmas = [0.5, 0.9, 1.3, 2, 3.4, 6.5];
    const planes = cpuFeatures(tile, sigmas.map((sigma) => `gaussian_blur=${sigma}`).join(" "));
    planes.forEach((plane, k) => {
      const expected = blurByDefinition(tile, sigmas[k]);
      const worst = plane.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - expected[i])),
        0,
      );
      assert.ok(worst < 1e-4, `sigma ${sigmas[k]}: differs by ${worst}`);
    });
  });
}

for (const size of SIZES) {
  const dimensions = size.depth > 1 ? 3 : 2;
  const centre = [size.width >> 1, size.height >> 1, size.depth >> 1];

  for (const sigma of [0.1, 0.3, 0.5, 1, 1.3]) {
    Deno.test(`the Gaussian of a ${dimensions}D point at sigma ${sigma} is the sampled Gaussian`, () => {
      const at = (x: number, y: number, z: number) => [x, y, z].map((v, axis) => v - centre[axis]);
      const tile = tileOf(size, (...p) => at(...p).every((d) => d === 0) ? 1 : 0);
      const [plane] = cpuFeatures(tile, `gaussian_blur=${sigma}`);
      const expected = tileOf(size, (...p) => {
        const offsets = at(...p).slice(0, dimensions);
        return offsets.reduce((h, d) => h * gaussian(sigma, d) / normalisation(sigma), 1);
      }).channels[0];
      plane.forEach((value, i) => near(value, expected[i], 1e-7, `at ${i}`));
    });
  }

  Deno.test(`a blur of a ${dimensions}D constant is the constant, however wide`, () => {
    const tile = tileOf(size, () => 0.1);
    const names = [0, 0.2, 0.3, 1, 5, 25].map((sigma) => `gaussian_blur=${sigma}`);
    for (const plane of cpuFeatures(tile, [...names, "mean_box=3", "mean_sphere=3"].join(" "))) {
      for (const value of plane) near(value, Math.fround(0.1), 1e-8, "");
    }
  });

  Deno.test(`a blur of a ${dimensions}D ramp is the ramp where no edge is near`, () => {
    const tile = tileOf(size, (x, y, z) => 7 + 3 * x - 2 * y + z);
    const specification = "gaussian_blur=1 mean_box=2 mean_sphere=2 median_box=2";
    for (const plane of cpuFeatures(tile, specification)) {
      for (const i of insideOf(tile, 4)) near(plane[i], tile.channels[0][i], 1e-5, `at ${i}`);
    }
  });

  Deno.test(`derivatives of a ${dimensions}D constant are exactly 0, edges included`, () => {
    const tile = tileOf(size, () => 0.1);
    const names = ["laplace_box", "laplace_diamond", "sobel", "gradient_x", "gradient_y"];
    names.push("small_hessian_eigenvalue", "large_hessian_eigenvalue");
    if (dimensions === 3) names.push("gradient_z");
    const planes = cpuFeatures(tile, names.map((name) => `${name}=1`).join(" "));
    planes.forEach((plane, i) => {
      assert.ok(plane.every((value) => value === 0), names[i]);
    });
  });

  Deno.test(`derivatives of a ${dimensions}D ramp are its slopes`, () => {
    const slopes = [3, -2, dimensions === 3 ? 5 : 0];
    const tile = tileOf(size, (...p) => p.reduce((sum, v, axis) => sum + v * slopes[axis], 9));
    // A smoothed derivative adds up 1 2 1 across it, and a difference spans two pixels.
    const sobel = 2 * 4 ** (dimensions - 1) * Math.hypot(...slopes);
    const cases: [string, number][] = [
      ["sobel", sobel],
      ["gradient_x", 2 * slopes[0]],
      ["gradient_y", 2 * slopes[1]],
      ["laplace_box", 0],
      ["laplace_diamond", 0],
      ["small_hessian_eigenvalue", 0],
      ["large_hessian_eigenvalue", 0],
    ];
    if (dimensions === 3) cases.push(["gradient_z", 2 * slopes[2]]);
    const planes = cpuFeatures(tile, cases.map(([name]) => `${name}=1`).join(" "));
    planes.forEach((plane, i) => {
      const [name, expected] = cases[i];
      for (const p of insideOf(tile, 1)) near(plane[p], expected, 1e-5, `${name} at ${p}`);
    });
  });

  Deno.test(`Laplacians of a ${dimensions}D parabola are minus its curvature`, () => {
    const tile = tileOf(size, (x, y, z) => x * x + 2 * y * y + (dimensions === 3 ? 3 * z * z : 0));
    const [diamond, box] = cpuFeatures(tile, "laplace_diamond=1 laplace_box=1");
    // Along each axis the neighbours lie `curvature` higher; a box has 3 or 9 of them on a side.
    const curvature = dimensions === 3 ? 2 + 4 + 6 : 2 + 4;
    for (const i of insideOf(tile, 1)) {
      near(diamond[i], -curvature, 1e-4, `diamond at ${i}`);
      near(box[i], -curvature * 3 ** (dimensions - 1), 1e-3, `box at ${i}`);
    }
  });

  Deno.test(`backgrounds in ${dimensions}D are subtracted and divided away`, () => {
    const tile = tileOf(size, (x, y, z) => 50 + ((x * 7 + y * 5 + z * 3) % 11));
    const planes = cpuFeatures(
      tile,
      "original gaussian_blur=2 subtract_gaussian_background=2 divide_by_gaussian_background=2 " +
        "difference_of_gaussian=2 gaussian_blur=1.8 gaussian_blur=2.2",
    );
    const [image, blur, subtracted, divided, difference, narrow, wide] = planes;
    image.forEach((value, i) => {
      assert.equal(subtracted[i], Math.fround(value - blur[i]));
      assert.equal(divided[i], Math.fround(value / blur[i]));
      assert.equal(difference[i], Math.fround(narrow[i] - wide[i]));
    });
  });
}

Deno.test("beyond an edge the edge pixels go on", () => {
  const tile = tileOf({ width: 4, height: 1, depth: 1 }, (x) => [10, 20, 40, 80][x]);
  const [gradient, mean, diamond] = cpuFeatures(tile, "gradient_x=1 mean_box=2 laplace_diamond=1");
  assert.deepEqual([...gradient], [10, 30, 60, 40]);
  assert.deepEqual([...mean], [18, 32, 46, 60]);
  assert.deepEqual([...diamond], [-10, -10, -20, 40]);
});

Deno.test("eigenvalues of the Hessian are those of a quadratic form's matrix", () => {
  // Matrices as xx, xy, xz, yy, yz, zz with eigenvalues known by construction.
  const forms: [number[], small: number, large: number][] = [
    [[2, 1, 0, 2, 0, 5], 1, 5],
    [[4, 0, 0, 4, 0, 4], 4, 4],
    [[2, -1, -1, 2, -1, 2], 0, 3],
    [[0, 1, 1, 0, 1, 0], -1, 2],
    [[-3, 0, 0, 7, 0, 1], -3, 7],
    [[1000, 1, 0, 1000, 0, 1000], 999, 1001],
    [[0, 0, 0, 0, 0, 0], 0, 0],
  ];
  for (const [[xx, xy, xz, yy, yz, zz], small, large] of forms) {
    const tile = tileOf({ width: 5, height: 5, depth: 5 }, (x, y, z) => {
      const [a, b, c] = [x - 2, y - 2, z - 2];
      return (xx * a * a + yy * b * b + zz * c * c) / 2 + xy * a * b + xz * a * c + yz * b * c;
    });
    const planes = cpuFeatures(tile, "small_hessian_eigenvalue=1 large_hessian_eigenvalue=1");
    for (const i of insideOf(tile, 1)) {
      near(planes[0][i], small, 1e-6 * (1 + Math.abs(large)), `small at ${i}`);
      near(planes[1][i], large, 1e-6 * (1 + Math.abs(large)), `large at ${i}`);
    }
  }
});

Deno.test("eigenvalues in 2D are those of the matrix", () => {
  const tile = tileOf(PLANE, (x, y) => x * x - 2 * y * y + x * y);
  const planes = cpuFeatures(tile, "small_hessian_eigenvalue=1 large_hessian_eigenvalue=1");
  // Of ((2, 1), (1, -4)).
  for (const i of insideOf(tile, 1)) {
    near(planes[0][i], -1 - Math.sqrt(10), 1e-4, `small at ${i}`);
    near(planes[1][i], -1 + Math.sqrt(10), 1e-4, `large at ${i}`);
  }
});

Deno.test("a filter of a filter works on its result", () => {
  const tile = tileOf(PLANE, (x, y) => ((x * 13 + y * 29) % 17) ** 2);
  const [composed] = cpuFeatures(tile, "sobel_of_median_box_of_gaussian_blur=1");
  const [blurred] = cpuFeatures(tile, "gaussian_blur=1");
  const [median] = cpuFeatures({ ...PLANE, channels: [blurred] }, "median_box=1");
  const [edges] = cpuFeatures({ ...PLANE, channels: [median] }, "sobel=1");
  assert.deepEqual(composed, edges);
});
