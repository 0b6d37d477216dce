import assert from "node:assert/strict";
import { measure } from "../../src/flow/measure.ts";
import type { Image, Size, VoxelSize } from "../../src/image/image.ts";
import { backendTest } from "../support/backends.ts";
import { assertClose } from "./close.ts";

/** One object, label 1, given by a rule for its pixels. */
function object(
  size: Size,
  inside: (x: number, y: number, z: number) => boolean,
): Image<Uint32Array> {
  const { width, height, depth } = size;
  const data = Uint32Array.from({ length: width * height * depth }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    return inside(x, y, Math.floor(i / (width * height))) ? 1 : 0;
  });
  return { data, ...size };
}

const flat = (width: number, height: number) => ({ width, height, depth: 1 });

backendTest("an 11 × 5 rectangle measures as calculated by hand", async (backend) => {
  const labels = object(flat(20, 20), (x, y) => x >= 3 && x < 14 && y >= 2 && y < 7);
  const expected = {
    area: 55,
    centroid_x: 8,
    centroid_y: 4,
    bbox_min_x: 3,
    bbox_max_x: 13,
    bbox_width: 11,
    bbox_height: 5,
    // The line through the middles of the border pixels.
    perimeter: 2 * (10 + 4),
    // The variance of n neighbouring numbers is (n² − 1) / 12.
    axis_major_length: 4 * Math.sqrt(10),
    axis_minor_length: 4 * Math.sqrt(2),
    eccentricity: Math.sqrt(0.8),
    orientation: Math.PI / 2,
    solidity: 1,
    extent: 1,
    euler_number: 1,
    circularity: 4 * Math.PI * 55 / 28 ** 2,
    equivalent_diameter_area: Math.sqrt(220 / Math.PI),
    max_distance_to_centroid: Math.hypot(5, 2),
  };
  const { columns } = await measure(labels, undefined, {
    properties: Object.keys(expected),
    backend,
  });
  for (const [name, value] of Object.entries(expected)) {
    assertClose([Math.abs(columns[name][0])], [value], 1e-6, name);
  }
});

Deno.test("the major axis leans the way scikit-image counts: from the rows' axis", async () => {
  const lines = {
    [Math.PI / 4]: object(flat(9, 9), (x, y) => x === y),
    [-Math.PI / 4]: object(flat(9, 9), (x, y) => x === 8 - y),
    0: object(flat(9, 9), (x) => x === 4),
  };
  for (const [angle, labels] of Object.entries(lines)) {
    const { columns } = await measure(labels, undefined, {
      properties: ["orientation", "eccentricity"],
      backend: "cpu",
    });
    assertClose(columns.orientation, [Number(angle)], 1e-12, "orientation");
    assertClose(columns.eccentricity, [1], 1e-12, "eccentricity");
  }
});

Deno.test("a disk is as round as its pixels allow", async () => {
  const radius = 200;
  const labels = object(flat(403, 403), (x, y) => Math.hypot(x - 201, y - 201) <= radius);
  const { columns } = await measure(labels, undefined, { properties: "all", backend: "cpu" });
  // The estimate of the perimeter is known to be some 5 % too long on circles.
  assertClose(columns.perimeter, [2 * Math.PI * radius], 0.06, "perimeter");
  assertClose(columns.axis_major_length, [2 * radius], 1e-3, "axis_major_length");
  assertClose(columns.equivalent_diameter_area, [2 * radius], 1e-3, "equivalent_diameter_area");
  assertClose(columns.solidity, [1], 1e-2, "solidity");
  assertClose(columns.mean_distance_to_centroid, [2 / 3 * radius], 1e-3, "mean distance");
});

Deno.test("a ball measures as a ball, and what only planes have is undefined", async () => {
  const labels = object(
    { width: 43, height: 43, depth: 43 },
    (x, y, z) => Math.hypot(x - 21, y - 21, z - 21) <= 20,
  );
  const { columns } = await measure(labels, undefined, { properties: "all", backend: "cpu" });
  assertClose(columns.area, [4 / 3 * Math.PI * 20 ** 3], 1e-2, "volume");
  assertClose(columns.equivalent_diameter_area, [40], 1e-2, "equivalent_diameter_area");
  assertClose(columns.axis_major_length, [40], 1e-2, "axis_major_length");
  assertClose(columns.axis_minor_length, [40], 1e-2, "axis_minor_length");
  assert.equal(columns.euler_number[0], 1);
  for (const name of ["perimeter", "circularity", "eccentricity", "orientation", "solidity"]) {
    assert.ok(Number.isNaN(columns[name][0]), name);
  }
});

Deno.test("the Euler number counts pieces and holes, in space cavities and tunnels", async () => {
  const euler = async (labels: Image) =>
    (await measure(labels, undefined, { properties: ["euler_number"], backend: "cpu" }))
      .columns.euler_number[0];
  const twoHoles = object(flat(7, 5), (x, y) => !(y === 2 && (x === 2 || x === 4)));
  assert.equal(await euler(twoHoles), -1);
  assert.equal(await euler(object(flat(3, 3), (x, y) => x === y)), 1);
  assert.equal(await euler(object(flat(3, 3), (x, y) => x !== 1 && y !== 1)), 4);
  const cube = { width: 5, height: 5, depth: 5 };
  const hollow = object(cube, (x, y, z) => !(x === 2 && y === 2 && z === 2));
  assert.equal(await euler(hollow), 2);
  assert.equal(await euler(object(cube, (x, y) => !(x === 2 && y === 2))), 0);
});

const voxelSize: VoxelSize = { x: 0.5, y: 0.5, z: 2, unit: "micron" };

Deno.test("with a voxel size, sizes are also given in its unit", async () => {
  const labels = {
    ...object(flat(20, 20), (x, y) => x >= 3 && x < 14 && y >= 2 && y < 7),
    voxelSize,
  };
  const { columns, units } = await measure(labels, undefined, {
    properties: "all",
    backend: "cpu",
  });
  const expected = {
    area_physical: 55 / 4,
    centroid_x_physical: 4,
    centroid_y_physical: 2,
    perimeter_physical: 14,
    axis_major_length_physical: 2 * Math.sqrt(10),
    axis_minor_length_physical: 2 * Math.sqrt(2),
    equivalent_diameter_area_physical: Math.sqrt(55 / Math.PI),
  };
  for (const [name, value] of Object.entries(expected)) {
    assertClose(columns[name], [value], 1e-12, name);
  }
  assert.equal(units!.area_physical, "micron²");
  assert.equal(units!.perimeter_physical, "micron");
  assert.equal(units!.area, "pixel²");
});

Deno.test("voxels that are no cubes stretch volumes, axes and distances", async () => {
  const size = { width: 9, height: 3, depth: 9 };
  const labels = object(size, (x, y, z) => x < 3 && z < 3 && y < 3);
  labels.data.forEach((_, i) => {
    const [x, z] = [i % 9, Math.floor(i / 27)];
    if (x >= 6 && z >= 6) labels.data[i] = 2;
  });
  const names = [
    "area_physical",
    "axis_major_length_physical",
    "axis_minor_length_physical",
    "average_distance_of_n_nearest_neighbors_physical=1",
  ];
  const image = { ...labels, voxelSize };
  const { columns, units } = await measure(labels, image, { properties: names, backend: "cpu" });
  const variance = (9 - 1) / 12;
  const axis = (scale: number) => 2 * Math.sqrt(5 * variance * scale ** 2);
  assertClose(columns[names[0]], [27 / 2, 27 / 2], 1e-12, names[0]);
  assertClose(columns[names[1]], [axis(2), axis(2)], 1e-12, names[1]);
  assertClose(columns[names[2]], [axis(0.5), axis(0.5)], 1e-12, names[2]);
  const distance = Math.hypot(6 * 0.5, 6 * 2);
  assertClose(columns[names[3]], [distance, distance], 1e-12, names[3]);
  assert.equal(units!.area_physical, "micron³");
});

Deno.test("a perimeter in micron is undefined where pixels are not square", async () => {
  const labels = {
    ...object(flat(4, 4), () => true),
    voxelSize: { x: 1, y: 2, z: 1, unit: "micron" },
  };
  const { columns } = await measure(labels, undefined, {
    properties: ["perimeter_physical"],
    backend: "cpu",
  });
  assert.ok(Number.isNaN(columns.perimeter_physical[0]));
});
