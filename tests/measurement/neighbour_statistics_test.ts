import assert from "node:assert/strict";
import { ObjectClassifier } from "../../src/classifiers/object_classifier.ts";
import { measure } from "../../src/flow/measure.ts";
import type { Image } from "../../src/image/image.ts";
import { findLabelRuns } from "../../src/measurement/label_runs.ts";
import { findBorders } from "../../src/measurement/borders.ts";
import { PointTree } from "../../src/measurement/point_tree.ts";
import { findObjects } from "../../src/classifiers/object_pixels.ts";
import { findTouchingPairs } from "../../src/classifiers/touching_pairs.ts";
import { randomNumbers } from "../support/random.ts";
import { assertClose } from "./close.ts";
import { randomCells } from "./random_labels.ts";

type Matrix = number[][];

const SIZES = [
  { width: 60, height: 47, depth: 1 },
  { width: 19, height: 17, depth: 15 },
];

/** Cells of which some touch nothing. */
function cells(size: typeof SIZES[number]): Image<Uint32Array> {
  const image = randomCells(size, 24, size.depth);
  const apart = new Set([3, 7, 11]);
  const data = image.data.map((label, i) => {
    const x = i % size.width;
    const others = [x > 0 ? i - 1 : i, x < size.width - 1 ? i + 1 : i];
    for (const step of [size.width, size.width * size.height]) {
      others.push(i - step, i + step);
    }
    const isBorder = others.some((k) => image.data[k] !== undefined && image.data[k] !== label);
    return isBorder && apart.has(label) ? 0 : label;
  });
  return { ...image, data };
}

function matrix(count: number, value: (row: number, column: number) => number): Matrix {
  return Array.from(
    { length: count },
    (_, row) => Array.from({ length: count }, (_, column) => value(row, column)),
  );
}

/** The coordinates of a pixel, and the pixels beside it that share a face with it. */
function faces({ width, height, depth }: Image, i: number): number[] {
  const at = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
  const extents = [width, height, depth];
  return [1, width, width * height].flatMap((stride, axis) => [
    ...at[axis] > 0 ? [i - stride] : [],
    ...at[axis] < extents[axis] - 1 ? [i + stride] : [],
  ]);
}

function around({ width, height, depth }: Image, i: number): number[] {
  const [x, y, z] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
  const found: number[] = [];
  for (let dz = -1; dz <= 1; dz++) {
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const [u, v, w] = [x + dx, y + dy, z + dz];
        const isInside = u >= 0 && v >= 0 && w >= 0 && u < width && v < height && w < depth;
        if (isInside) found.push((w * height + v) * width + u);
      }
    }
  }
  return found;
}

/** `dilate_labels`: background takes the largest label around, then that across a face, and so on. */
function dilate(image: Image<Uint32Array>, radius: number): Image<Uint32Array> {
  let { data } = image;
  for (let step = 0; step < radius; step++) {
    const near = step % 2 === 0 ? around : faces;
    data = data.map((label, i) => label || Math.max(0, ...near(image, i).map((k) => data[k])));
  }
  return { ...image, data };
}

/** clEsperanto's matrices: everything of row and column 0 is of the background. */
function matricesOf(image: Image<Uint32Array>) {
  const { data, width, height } = image;
  const count = data.reduce((most, label) => Math.max(most, label), 0) + 1;
  const touches = matrix(count, () => 0);
  const sums = Array.from({ length: count }, () => [0, 0, 0, 0]);
  data.forEach((label, i) => {
    for (const k of faces(image, i)) if (data[k] !== label) touches[data[k]][label]++;
    const at = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height)), 1];
    at.forEach((value, axis) => sums[label][axis] += value);
  });
  const centroids = sums.map(([x, y, z, n]) => [x / n, y / n, z / n]);
  const distances = matrix(
    count,
    (a, b) =>
      Math.sqrt(centroids[a].reduce((sum, value, k) => sum + (value - centroids[b][k]) ** 2, 0)),
  );
  const border = touches.map((_, column) => touches.reduce((sum, row) => sum + row[column], 0));
  const portions = touches.map((row) => row.map((value, column) => value / border[column]));
  return { count, touches, distances, portions };
}

/** One value per object, from its column without the background. */
function perObject(count: number, value: (object: number, others: number[]) => number): number[] {
  const objects = Array.from({ length: count - 1 }, (_, i) => i + 1);
  return objects.map((o) => value(o, objects.filter((other) => other !== o)));
}

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function touching(image: Image<Uint32Array>, ending: string): Record<string, number[]> {
  const { count, touches, distances, portions } = matricesOf(image);
  const overTouching = (fold: (values: number[]) => number, from: Matrix, empty: number) =>
    perObject(count, (o, others) => {
      const values = others.filter((k) => touches[k][o] > 0).map((k) => from[k][o]);
      return values.length > 0 ? fold(values) : empty;
    });
  const least = (values: number[]) => Math.min(...values);
  const largest = (values: number[]) => Math.max(...values);
  const all = (from: Matrix) => largest(overTouching(largest, from, 0));
  const nearest = overTouching(least, distances, 0);
  const farthest = overTouching(largest, distances, 0);
  return Object.fromEntries(
    Object.entries({
      touching_neighbor_count: overTouching((values) => values.length, touches, 0),
      minimum_distance_of_touching_neighbors: nearest,
      average_distance_of_touching_neighbors: overTouching(mean, distances, 0),
      maximum_distance_of_touching_neighbors: farthest,
      max_min_distance_ratio_of_touching_neighbors: farthest.map((v, i) => v / nearest[i]),
      touch_count_sum: overTouching((v) => v.reduce((a, b) => a + b), touches, 0),
      minimum_touch_count: overTouching(least, touches, all(touches)),
      maximum_touch_count: overTouching(largest, touches, 0),
      minimum_touch_portion: overTouching(least, portions, all(portions)),
      maximum_touch_portion: overTouching(largest, portions, 0),
    }).map(([name, values]) => [name + ending, values]),
  );
}

function byMatrices(image: Image<Uint32Array>): Record<string, number[]> {
  const { count, touches, distances, portions } = matricesOf(image);
  const sorted = (o: number, others: number[]) =>
    others.map((k) => distances[k][o]).sort((a, b) => a - b);
  const expected: Record<string, number[]> = {
    label: perObject(count, (o) => o),
    ...touching(image, ""),
    ...touching(dilate(image, 5), "_dilated_r_5"),
    ...touching(dilate(image, 10), "_dilated_r_10"),
    distance_to_most_distant_other: perObject(count, (o, others) => sorted(o, others).at(-1)!),
    standard_deviation_touch_portion: perObject(count, (o) => {
      const touched = touches.map((row) => row[o]);
      const n = touched.filter((value) => value > 0).length;
      const deviations = portions.map((row, k) => Math.abs(row[o] - (touched[k] > 0 ? 1 / n : 0)));
      return deviations.reduce((sum, value) => sum + value / n, 0);
    }),
  };
  for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 10, 20]) {
    const among = (o: number, others: number[]) => sorted(o, others).slice(0, n);
    expected[`maximum_distance_of_n${n}_nearest_neighbors`] = perObject(
      count,
      (o, others) => among(o, others).at(-1)!,
    );
    expected[`average_distance_of_n${n}_nearest_neighbors`] = perObject(
      count,
      (o, others) => mean(among(o, others)),
    );
  }
  for (const portion of [0, 0.16, 0.2, 0.33, 0.5, 0.75]) {
    expected[`touch_portion_above_${portion}_neighbor_count`] = perObject(
      count,
      (o, others) => others.filter((k) => portions[k][o] > portion).length,
    );
  }
  for (const distance of [10, 20, 40, 80, 160]) {
    expected[`proximal_neighbor_count_d${distance}`] = perObject(
      count,
      (o, others) => others.filter((k) => distances[k][o] <= distance).length,
    );
  }
  return expected;
}

for (const size of SIZES) {
  Deno.test(`in ${size.depth} planes clEsperanto's statistics of neighbours are those of its matrices`, async () => {
    const labels = cells(size);
    const { columns } = await measure(labels, undefined, {
      properties: "neighbors",
      backend: "cpu",
    });
    const expected = byMatrices(labels);
    assert.ok(expected.touching_neighbor_count.includes(0));
    assert.ok(expected.touching_neighbor_count.some((count) => count > 3));
    assert.deepEqual(Object.keys(columns).sort(), Object.keys(expected).sort());
    for (const [name, values] of Object.entries(expected)) {
      assertClose(columns[name], values, 1e-12, name);
    }
  });
}

Deno.test("classifiers of objects take APOC's names of neighbour statistics", async () => {
  const labels = cells(SIZES[0]);
  const data = Uint8Array.from(labels.data, (label) => label < 3 ? label : 0);
  const classifier = await ObjectClassifier.train({
    labels,
    annotation: { ...labels, data },
    features: "maximum_distance_of_n3_nearest_neighbors touch_count_sum_dilated_r_5",
    backend: "cpu",
  });
  const again = ObjectClassifier.parse(classifier.toString());
  const { classes } = await again.classify(labels, undefined, { backend: "cpu" });
  assert.deepEqual([...classes.subarray(0, 2)], [1, 2]);
});

Deno.test("borders by runs are those that a look at every pixel finds", () => {
  for (const size of SIZES) {
    const { data } = cells(size);
    const objects = findObjects({ data, ...size });
    const { border } = findTouchingPairs(objects);
    assert.deepEqual(findBorders(findLabelRuns(data, size), border.length, size), border);
  }
});

Deno.test("points within a distance and the farthest are those that all pairs give", () => {
  const next = randomNumbers(9);
  const coordinates = [() => 100 * next(), () => Math.floor(4 * next()), () => 5];
  for (const coordinate of coordinates) {
    for (const length of [1, 2, 16, 17, 33, 400]) {
      const axis = () => Float64Array.from({ length }, coordinate);
      const points = [axis(), axis(), axis()] as const;
      const tree = new PointTree(points);
      for (let a = 0; a < length; a += 7) {
        const squares = Array.from(
          { length },
          (_, b) => points.reduce((sum, values) => sum + (values[a] - values[b]) ** 2, 0),
        ).filter((_, b) => b !== a);
        for (const distance of [0, 1, 9.5, 60, 1e9]) {
          const within = squares.filter((square) => square <= distance * distance).length;
          assert.equal(tree.countWithin(a, distance), within);
        }
        assert.equal(tree.farthest(a), length > 1 ? Math.sqrt(Math.max(...squares)) : NaN);
      }
    }
  }
});
