import assert from "node:assert/strict";
import { findObjects } from "../../src/classifiers/object_pixels.ts";
import { ObjectMerger } from "../../src/classifiers/object_merger.ts";
import { measureSides, objectFeaturesOf, sidesOfAll } from "../../src/classifiers/pair_features.ts";
import { parsePairName } from "../../src/classifiers/pair_names.ts";
import { findTouchingPairs } from "../../src/classifiers/touching_pairs.ts";
import { measure } from "../../src/flow/measure.ts";
import { predictClasses } from "../../src/forest/probabilities.ts";
import { trainForest } from "../../src/forest/train.ts";
import type { Image } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import { backendTest } from "../support/backends.ts";
import { goldenPath, goldenTest, hasGolden } from "../support/golden.ts";
import { samePartition } from "../support/partitions.ts";

const note = hasGolden ? "" : " (skipped: DAUB_GOLDEN is not set)";

async function cells() {
  const read = async (name: string) => (await readImage(goldenPath(name)))[0];
  return {
    labels: await read("data/membrane2d_oversegmented.tif"),
    image: await read("golden/objects/membrane2d_background_divided.tif"),
    annotation: await read("data/membrane2d_merge_annotation.tif"),
  };
}

/** APOC's matrices of a merger, a page a feature, and the features' names. */
async function matrices(name: string) {
  const path = goldenPath(`golden/objects/object_merger_${name}_matrices.tif`);
  const [{ data, width, depth }] = await readImage(path);
  const size = width * width;
  const pages = Array.from(
    { length: depth },
    (_, z) => (data as Float32Array).subarray(z * size, (z + 1) * size),
  );
  const { featureNames } = await ObjectMerger.load(
    goldenPath(`golden/objects/object_merger_${name}.cl`),
  );
  return { width, pages, names: featureNames };
}

for (const [name, numPages] of [["all", 8], ["touch", 2]] as const) {
  backendTest(`${name}: every page of APOC's matrices is measured${note}`, async (backend) => {
    const { labels, image } = await cells();
    const { width, pages, names } = await matrices(name);
    assert.equal(pages.length, numPages);
    assert.equal(names.length, numPages);
    const objects = findObjects(labels);
    assert.equal(width, objects.labels.length + 1, "a first row and column for the background");
    const pairs = findTouchingPairs(objects, {
      channels: [image.data as Float32Array],
      integerIntensities: true,
    });
    const properties = ["label", ...objectFeaturesOf(names)];
    const { columns } = await measure(labels, image, { properties, backend });
    const sides = sidesOfAll(pairs);
    const measured = measureSides(pairs, sides, names, columns);
    for (const [page, name] of names.entries()) {
      const kind = parsePairName(name);
      let compared = 0;
      for (let side = 0; side < sides.pair.length; side++) {
        const [a, b] = [pairs.first, pairs.second].map((objects) => objects[sides.pair[side]]);
        const [row, column] = sides.isReversed[side] ? [b, a] : [a, b];
        const expected = pages[page][(row + 1) * width + column + 1];
        const found = measured[name][side]!;
        if (Number.isNaN(expected) && Number.isNaN(found)) continue;
        // Differences are of two numbers that the reference has rounded to 32 bits.
        const rounded = kind.kind === "difference"
          ? 1.3e-6 * Math.max(columns[kind.column][a], columns[kind.column][b])
          : 0;
        assert.ok(
          Math.abs(found - expected) <= Math.max(1e-5 * Math.abs(expected), rounded),
          `${name} of ${row + 1} and ${column + 1}: ${found} instead of ${expected}`,
        );
        compared++;
      }
      assert.ok(compared > 200, `${name}: compared only ${compared}`);
    }
  }, { ignore: !hasGolden });
}

/** APOC's `generate_should_touch_matrix`: pairs with a face whose two pixels have one number. */
function shouldTouch({ data, width }: Image, annotation: Image, number: number, count: number) {
  const matrix = new Uint8Array(count * count);
  for (let i = 0; i < data.length; i++) {
    for (const j of [i % width > 0 ? i - 1 : -1, i - width]) {
      if (j < 0 || annotation.data[i] !== number || annotation.data[j] !== number) continue;
      const [a, b] = [Number(data[i]), Number(data[j])];
      if (a !== b && a > 0 && b > 0) matrix[a * count + b] = matrix[b * count + a] = 1;
    }
  }
  return matrix;
}

/** Paints 2 on one face of as many borders as are wanted that have strokes of 1. */
function paintOver(labels: Image, annotation: Image, wanted: number): Image<Uint8Array> {
  const { data, width } = labels;
  const painted = Uint8Array.from(annotation.data as Uint8Array);
  const done = new Set<number>();
  for (let i = 2; i < data.length && done.size < wanted; i++) {
    const [a, b] = [Number(data[i - 1]), Number(data[i])];
    if (i % width < 2 || a === 0 || b === 0 || a === b || done.has(a)) continue;
    if (painted[i] !== 1 || painted[i - 1] !== 1) continue;
    painted[i] = painted[i - 1] = 2;
    done.add(a);
  }
  assert.equal(done.size, wanted);
  return { ...annotation, data: painted };
}

goldenTest("borders painted with both numbers are APOC's third class, 1 + 2 · 1", async () => {
  const { labels, image, annotation } = await cells();
  const strokes = paintOver(labels, annotation, 1);
  const { width, pages, names } = await matrices("touch");

  // As APOC does it: matrices of n + 1 rows, whose cells with a class are the samples.
  const should = shouldTouch(labels, strokes, 1, width);
  const shouldNot = shouldTouch(labels, strokes, 2, width);
  const truth = should.map((value, cell) => value + 2 * shouldNot[cell]);
  assert.deepEqual([...new Set(truth)].sort(), [0, 1, 2, 3]);
  const cellsWith = (wanted: (cell: number) => boolean) =>
    [...truth.keys()].filter((cell) => wanted(cell));
  const samples = cellsWith((cell) => truth[cell] > 0);
  const valuesOf = (cells: number[]) =>
    Float32Array.from(cells.flatMap((cell) => pages.map((page) => page[cell])));
  const forest = await trainForest(
    valuesOf(samples),
    Uint8Array.from(samples, (cell) => truth[cell]),
    { numFeatures: pages.length, votes: "count" },
  );
  const touching = cellsWith((cell) =>
    cell >= width && cell % width > 0 && pages[0][cell] > 0 && Number.isFinite(pages[1][cell])
  );
  const predicted = predictClasses(forest, valuesOf(touching));
  const group = Uint32Array.from({ length: width }, (_, label) => label);
  touching.forEach((cell, i) => {
    if (predicted[i] !== 1) return;
    const [from, to] = [group[cell % width], group[Math.floor(cell / width)]];
    group.forEach((value, label) => group[label] = value === from ? to : value);
  });

  const options = { labels, image, annotation: strokes, features: names.join(" ") };
  const merger = await ObjectMerger.train({
    ...options,
    integerIntensities: true,
    votes: "count",
    backend: "cpu",
  });
  assert.deepEqual(merger.classes, [1, 2, 3]);
  assert.deepEqual(
    merger.forest.trees.map(({ feature, counts }) => [[...feature], [...counts]]),
    forest.trees.map(({ feature, counts }) => [[...feature], [...counts]]),
  );
  const merged = await merger.predict(labels, image, { backend: "cpu" });
  const expected = Uint32Array.from(labels.data as Uint32Array, (label) => group[label]);
  assert.ok(merged.count < width - 1);
  assert.ok(samePartition(merged.data, expected));
});
