import assert from "node:assert/strict";
import { measure } from "../../src/flow/measure.ts";
import type { Image } from "../../src/image/image.ts";
import { goldenJson, goldenPath, goldenTest } from "../support/golden.ts";
import { readImage } from "../../src/image/read.ts";
import { assertClose } from "./close.ts";
import { randomCells } from "./random_labels.ts";

const NAMES = [
  "touching_neighbor_count",
  "average_distance_of_touching_neighbors",
  "minimum_distance_of_touching_neighbors",
  "maximum_distance_of_touching_neighbors",
  "average_distance_of_n_nearest_neighbors=1",
  "average_distance_of_n_nearest_neighbors=4",
  "average_distance_of_n_nearest_neighbors=1000",
  "proximal_neighbor_count_d9.5",
];

/** The same by matrices of all pairs and a look at every pixel. */
function byMatrices(image: Image<Uint32Array>): Record<string, number[]> {
  const { data, width, height } = image;
  const count = data.reduce((most, label) => Math.max(most, label), 0);
  const centres = Array.from({ length: count }, () => ({ n: 0, x: 0, y: 0, z: 0 }));
  const touch = Array.from({ length: count }, () => new Set<number>());
  const strides = [1, width, width * height];
  data.forEach((label, i) => {
    if (label === 0) return;
    const at = [i % width, Math.floor(i / width) % height, Math.floor(i / width / height)];
    const centre = centres[label - 1];
    centre.n++;
    centre.x += at[0];
    centre.y += at[1];
    centre.z += at[2];
    const extents = [width, height, image.depth];
    strides.forEach((stride, axis) => {
      if (at[axis] + 1 === extents[axis]) return;
      const other = data[i + stride];
      if (other === 0 || other === label) return;
      touch[label - 1].add(other - 1);
      touch[other - 1].add(label - 1);
    });
  });
  const points = centres.map(({ n, x, y, z }) => [x / n, y / n, z / n]);
  const distance = (a: number, b: number) =>
    Math.sqrt(points[a].reduce((sum, value, i) => sum + (value - points[b][i]) ** 2, 0));
  const others = points.map((_, a) =>
    points.map((_, b) => b).filter((b) => b !== a).map((b) => distance(a, b)).sort((p, q) => p - q)
  );
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const touching = touch.map((set, a) => [...set].map((b) => distance(a, b)));
  return {
    [NAMES[0]]: touching.map((list) => list.length),
    [NAMES[1]]: touching.map((list) => list.length ? mean(list) : 0),
    [NAMES[2]]: touching.map((list) => list.length ? Math.min(...list) : 0),
    [NAMES[3]]: touching.map((list) => list.length ? Math.max(...list) : 0),
    [NAMES[4]]: others.map((list) => list[0]),
    [NAMES[5]]: others.map((list) => mean(list.slice(0, 4))),
    [NAMES[6]]: others.map((list) => mean(list)),
    [NAMES[7]]: others.map((list) => list.filter((d) => d <= 9.5).length),
  };
}

for (
  const size of [
    { width: 60, height: 47, depth: 1 },
    { width: 22, height: 19, depth: 17 },
    { width: 4, height: 5, depth: 90 },
  ]
) {
  const name = `${size.width} × ${size.height} × ${size.depth}`;
  Deno.test(`neighbours in ${name} pixels are those that all pairs give`, async () => {
    const labels = randomCells(size, 40, size.depth);
    const { columns } = await measure(labels, undefined, { properties: NAMES, backend: "cpu" });
    const expected = byMatrices(labels);
    assert.ok(expected[NAMES[0]].some((touching) => touching > 3));
    for (const name of NAMES) assertClose(columns[name], expected[name], 1e-12, name);
  });
}

Deno.test("a single object has no neighbours, and no distance to any", async () => {
  const labels = { data: Uint32Array.of(0, 1, 1, 0), width: 4, height: 1, depth: 1 };
  const { columns } = await measure(labels, undefined, { properties: NAMES, backend: "cpu" });
  assert.deepEqual(NAMES.map((name) => columns[name][0]), [0, 0, 0, 0, NaN, NaN, NaN, 0]);
});

Deno.test("touching at a corner is not touching", async () => {
  const labels = { data: Uint32Array.of(1, 2, 0, 1), width: 2, height: 2, depth: 1 };
  const { columns } = await measure(labels, undefined, {
    properties: ["touching_neighbor_count"],
    backend: "cpu",
  });
  assert.deepEqual([...columns.touching_neighbor_count], [1, 1]);
  labels.data.set([1, 0, 0, 2]);
  const apart = await measure(labels, undefined, {
    properties: ["touching_neighbor_count"],
    backend: "cpu",
  });
  assert.deepEqual([...apart.columns.touching_neighbor_count], [0, 0]);
});

goldenTest("neighbours are those of APOC's object classifier", async () => {
  const table = goldenJson<Record<string, number[]>>(
    "golden/objects/object_classifier_all_table.json",
  );
  const names = Object.keys(table).filter((name) =>
    name.includes("neighbors") || name.includes("neighbor_")
  );
  assert.equal(names.length, 4);
  const [labels] = await readImage(goldenPath("golden/blobs_medium_quick/labels.tif"));
  const { columns } = await measure(labels, undefined, { properties: names });
  // The reference's first row is the background.
  for (const name of names) assertClose(columns[name], table[name].slice(1), 1e-6, name);
});
