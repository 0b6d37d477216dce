import assert from "node:assert/strict";
import { ObjectClassifier } from "../../src/classifiers/object_classifier.ts";
import { ObjectMerger } from "../../src/classifiers/object_merger.ts";
import { ObjectSelector } from "../../src/classifiers/object_selector.ts";
import type { Image } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import { backendTest } from "../support/backends.ts";
import { goldenJson, goldenPath, hasGolden } from "../support/golden.ts";
import { samePartition } from "../support/partitions.ts";

const ignore = !hasGolden;
const note = hasGolden ? "" : " (skipped: DAUB_GOLDEN is not set)";

type Columns = Record<string, number[]>;

async function read(name: string): Promise<Image> {
  return (await readImage(goldenPath(name)))[0];
}

async function blobs() {
  return {
    labels: await read("golden/blobs_medium_quick/labels.tif"),
    image: await read("data/blobs.tif"),
    annotation: await read("data/blobs_object_annotation.tif"),
  };
}

async function cells() {
  return {
    labels: await read("data/membrane2d_oversegmented.tif"),
    image: await read("golden/objects/membrane2d_background_divided.tif"),
    annotation: await read("data/membrane2d_merge_annotation.tif"),
  };
}

const NUMBER = /\d+\.\d+(?:e-?\d+)?/g;

/**
 * Asserts that a classifier file says the same as APOC's, but for its version and for what APOC's
 * 32-bit sums change in thresholds, which are near 1e-7 of the values that they are differences of.
 */
function assertSameText(text: string, expected: string): void {
  const [own, other] = [text, expected].map((text) => text.replace(/^apoc_version = .*$/m, ""));
  assert.equal(own.replaceAll(NUMBER, "#"), other.replaceAll(NUMBER, "#"));
  const numbers = own.match(NUMBER)!.map(Number);
  other.match(NUMBER)!.map(Number).forEach((number, i) =>
    assert.ok(Math.abs(numbers[i] - number) <= 1e-4 * number, `${numbers[i]} not ${number}`)
  );
}

const CLASSIFIERS = [["all", 3, 50], ["shape", 2, 100]] as const;

for (const [name, maxDepth, numTrees] of CLASSIFIERS) {
  backendTest(`${name}: APOC's object classifier gives its classes${note}`, async (backend) => {
    const { labels, image } = await blobs();
    const classifier = await ObjectClassifier.load(
      goldenPath(`golden/objects/object_classifier_${name}.cl`),
    );
    const found = await classifier.predict(labels, image, { backend });
    const expected = await read(`golden/objects/object_classifier_${name}_classes.tif`);
    assert.deepEqual(found.data, expected.data);
  }, { ignore });

  backendTest(`${name}: trained here, objects get APOC's classes${note}`, async (backend) => {
    const { labels, image, annotation } = await blobs();
    const apoc = await Deno.readTextFile(
      goldenPath(`golden/objects/object_classifier_${name}.cl`),
    );
    const features = ObjectClassifier.parse(apoc).featureSpecification;
    const classifier = await ObjectClassifier.train({
      labels,
      image,
      annotation,
      features,
      maxDepth,
      numTrees,
      votes: "count",
      backend,
    });
    assertSameText(classifier.toString(), apoc);
    const found = await classifier.predict(labels, image, { backend });
    const expected = await read(`golden/objects/object_classifier_${name}_classes.tif`);
    assert.deepEqual(found.data, expected.data);
  }, { ignore });

  backendTest(`${name}: the table of features equals APOC's to 1e-5${note}`, async (backend) => {
    const { labels, image } = await blobs();
    const expected = goldenJson<Columns>(`golden/objects/object_classifier_${name}_table.json`);
    const classifier = await ObjectClassifier.load(
      goldenPath(`golden/objects/object_classifier_${name}.cl`),
    );
    const { table, classes } = await classifier.classify(labels, image, { backend });
    assert.deepEqual(Object.keys(table.columns), classifier.featureNames);
    for (const [column, values] of Object.entries(table.columns)) {
      // APOC's tables have a first row for the background.
      expected[column].slice(1).forEach((value, object) =>
        assert.ok(
          Math.abs(values[object] - value) <= 1e-5 * Math.abs(value),
          `${column} of object ${object + 1}: ${values[object]} instead of ${value}`,
        )
      );
    }
    assert.deepEqual([...classes], expected.APOC_ObjectClassifier_CLUSTER_ID.slice(1));
  }, { ignore });
}

backendTest(`APOC's object selector keeps its objects${note}`, async (backend) => {
  const { labels, image } = await blobs();
  const selector = await ObjectSelector.load(goldenPath("golden/objects/object_selector.cl"));
  assert.equal(selector.positiveClass, 1);
  const found = await selector.predict(labels, image, { backend });
  const expected = await read("golden/objects/object_selector_labels.tif");
  assert.equal(found.count, 19);
  assert.ok(samePartition(found.data, expected.data as Uint32Array));
}, { ignore });

backendTest(`trained here, the selector keeps APOC's objects${note}`, async (backend) => {
  const { labels, image, annotation } = await blobs();
  const selector = await ObjectSelector.train({
    labels,
    image,
    annotation,
    features: "area mean_max_distance_to_centroid_ratio standard_deviation_intensity",
    positiveClass: 1,
    votes: "count",
    backend,
  });
  const apoc = await Deno.readTextFile(goldenPath("golden/objects/object_selector.cl"));
  assertSameText(selector.toString(), apoc);
  const found = await selector.predict(labels, image, { backend });
  const expected = await read("golden/objects/object_selector_labels.tif");
  assert.ok(samePartition(found.data, expected.data as Uint32Array));
}, { ignore });

for (const name of ["all", "touch"]) {
  backendTest(`${name}: APOC's object merger merges its objects${note}`, async (backend) => {
    const { labels, image } = await cells();
    const merger = await ObjectMerger.load(goldenPath(`golden/objects/object_merger_${name}.cl`));
    assert.ok(merger.integerIntensities);
    const found = await merger.predict(labels, image, { backend });
    const expected = await read(`golden/objects/object_merger_${name}_labels.tif`);
    assert.ok(samePartition(found.data, expected.data as Uint32Array));
  }, { ignore });

  backendTest(`${name}: trained here, the merger merges APOC's objects${note}`, async (backend) => {
    const { labels, image, annotation } = await cells();
    const apoc = await Deno.readTextFile(goldenPath(`golden/objects/object_merger_${name}.cl`));
    const merger = await ObjectMerger.train({
      labels,
      image,
      annotation,
      features: ObjectMerger.parse(apoc).featureSpecification,
      integerIntensities: true,
      votes: "count",
      backend,
    });
    assertSameText(merger.toString(), apoc);
    const found = await merger.predict(labels, image, { backend });
    const expected = await read(`golden/objects/object_merger_${name}_labels.tif`);
    assert.ok(samePartition(found.data, expected.data as Uint32Array));
    const again = ObjectMerger.parse(merger.toString());
    assert.ok(again.integerIntensities);
  }, { ignore });
}
