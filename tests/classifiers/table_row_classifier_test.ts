import assert from "node:assert/strict";
import { TableRowClassifier } from "../../src/classifiers/table_row_classifier.ts";
import { rejectsDaub, throwsDaub } from "../support/errors.ts";
import { goldenJson, goldenPath, goldenTest } from "../support/golden.ts";

type Columns = Record<string, (number | null)[]>;

const table = { area: [10, 12, 11, 90, 95, 99], roundness: [1, 0.9, 0.8, 1, 0.9, 0.8] };
const groundTruth = [3, 3, 0, 7, 7, 0];

function withoutVersion(text: string): string {
  return text.replace(/^apoc_version = .*$/m, "apoc_version = ");
}

goldenTest("APOC's table row classifier opens and gives its predictions", async () => {
  const { table, prediction } = goldenJson<{ table: Columns; prediction: number[] }>(
    "golden/objects/table_row.json",
  );
  const classifier = await TableRowClassifier.load(
    goldenPath("golden/objects/table_row_classifier.cl"),
  );
  assert.deepEqual([...classifier.predict(table)], prediction);
});

goldenTest("trained on APOC's table, the file equals APOC's but for the version line", async () => {
  const { table, ground_truth, prediction } = goldenJson<
    { table: Columns; ground_truth: number[]; prediction: number[] }
  >("golden/objects/table_row.json");
  const classifier = await TableRowClassifier.train({
    table,
    groundTruth: ground_truth,
    votes: "count",
  });
  const expected = await Deno.readTextFile(
    goldenPath("golden/objects/table_row_classifier.cl"),
  );
  assert.equal(withoutVersion(classifier.toString()), withoutVersion(expected));
  assert.deepEqual([...classifier.predict(table)], prediction);
});

for (const [name, maxDepth, numTrees] of [["all", 3, 50], ["shape", 2, 100]] as const) {
  goldenTest(`${name}: from APOC's object table come APOC's classes and its file`, async () => {
    const columns = goldenJson<Columns>(`golden/objects/object_classifier_${name}_table.json`);
    const { label: _label, APOC_ObjectClassifier_CLUSTER_ID: classes, ...table } = columns;
    const text = await Deno.readTextFile(goldenPath(`golden/objects/object_classifier_${name}.cl`));
    const asRows = text.replace("= ObjectClassifier", "= TableRowClassifier");
    const classifier = TableRowClassifier.parse(asRows);
    assert.deepEqual([...classifier.predict(table)], classes);
    assert.deepEqual(classifier.featureNames, Object.keys(table));
    assert.deepEqual([classifier.forest.maxDepth, classifier.forest.trees.length], [
      maxDepth,
      numTrees,
    ]);
    assert.equal(withoutVersion(classifier.toString()), withoutVersion(asRows));
  });
}

Deno.test("class numbers are kept, whatever numbers are skipped", async () => {
  const classifier = await TableRowClassifier.train({ table, groundTruth });
  assert.deepEqual(classifier.classes, [3, 7]);
  assert.deepEqual([...classifier.predict(table)], [3, 3, 3, 7, 7, 7]);
  const again = TableRowClassifier.parse(classifier.toString());
  assert.deepEqual([...again.predict(table)], [3, 3, 3, 7, 7, 7]);
});

Deno.test("rows that miss a value are not learnt from and get class 0, infinite ones their side's", async () => {
  const holed = { area: [10, 12, NaN, 90, 95, 1e300], roundness: [1, null, 1, 1, 0.9, 1] };
  const classifier = await TableRowClassifier.train({
    table: holed,
    groundTruth: [1, 2, 2, 2, 2, 1],
  });
  assert.deepEqual([...classifier.predict(holed)], [1, 0, 0, 2, 2, 2]);
  const infinite = { area: [-Infinity, Infinity, NaN], roundness: [1, 1, Infinity] };
  assert.deepEqual([...classifier.predict(infinite)], [1, 2, 0]);
  const [row] = classifier.forest.trees;
  assert.equal(row.counts[0] + row.counts[1], 3, "three complete rows, drawn three times");
});

Deno.test("features choose columns, and their order does not matter for predicting", async () => {
  const classifier = await TableRowClassifier.train({ table, groundTruth, features: "area" });
  assert.equal(classifier.featureSpecification, "area");
  const more = { zeros: new Float64Array(6), area: Float32Array.from(table.area) };
  assert.deepEqual([...classifier.predict(more)], [3, 3, 3, 7, 7, 7]);
  assert.deepEqual([...classifier.predict({ rowCount: 6, columns: more })], [3, 3, 3, 7, 7, 7]);
});

Deno.test("importances and statistics are told by column", async () => {
  const classifier = await TableRowClassifier.train({ table, groundTruth });
  const { area, roundness } = classifier.featureImportances();
  assert.ok(area > roundness && Math.abs(area + roundness - 1) < 1e-12);
  const [ofArea, ofRoundness] = classifier.statistics();
  assert.equal(ofArea.name, "area");
  assert.equal(ofArea.shares[0] + ofRoundness.shares[0], 1);
});

Deno.test("training goes on with further tables as if trained on all at once", async () => {
  const half = (keep: (row: number) => boolean) => ({
    area: table.area.filter((_, row) => keep(row)),
    roundness: table.roundness.filter((_, row) => keep(row)),
  });
  const first = await TableRowClassifier.train({
    table: half((row) => row % 3 === 0),
    groundTruth: [3, 7],
    numTrees: 7,
    maxDepth: 3,
    randomState: 5,
  });
  const both = await first.continueTraining({
    table: half((row) => row % 3 > 0),
    groundTruth: [3, 0, 7, 0],
  });
  const order = [0, 3, 1, 2, 4, 5];
  const atOnce = await TableRowClassifier.train({
    table: {
      area: order.map((row) => table.area[row]),
      roundness: order.map((row) => table.roundness[row]),
    },
    groundTruth: order.map((row) => groundTruth[row]),
    numTrees: 7,
    maxDepth: 3,
    randomState: 5,
  });
  assert.equal(both.toString(), atOnce.toString());
});

Deno.test("a classifier read from its text cannot be trained further", async () => {
  const text = (await TableRowClassifier.train({ table, groundTruth })).toString();
  await rejectsDaub(
    "classifier",
    /read from a file/,
    () => TableRowClassifier.parse(text).continueTraining({ table, groundTruth }),
  );
});

Deno.test("tables that cannot be learnt from are refused", async () => {
  const train = (options: Partial<Parameters<typeof TableRowClassifier.train>[0]>) => () =>
    TableRowClassifier.train({ table, groundTruth, ...options });
  await rejectsDaub("features", /at least one column/, train({ table: {} }));
  await rejectsDaub(
    "features",
    /"area_µm"\.$/,
    train({ table: { "area µm": [1, 2, 3, 4, 5, 6] } }),
  );
  await rejectsDaub(
    "features",
    /6 rows.*found 2 in "b"/,
    train({ table: { ...table, b: [1, 2] } }),
  );
  await rejectsDaub(
    "features",
    /"nucleus" in row 0/,
    train({ table: { ...table, name: Array(6).fill("nucleus") } }),
  );
  await rejectsDaub(
    "features",
    /missing or infinite in all of them: empty\. Leave out/,
    train({ table: { ...table, empty: new Float64Array(6).fill(NaN) } }),
  );
  await rejectsDaub("features", /column "aera".*Is it area\?/, train({ features: "aera" }));
  await rejectsDaub("features", /names of features/, train({ features: " , " }));
  await rejectsDaub("annotation", /6 class numbers.*found 2/, train({ groundTruth: [1, 2] }));
  await rejectsDaub(
    "annotation",
    /found 256 for row 5/,
    train({ groundTruth: [1, 2, 1, 2, 1, 256] }),
  );
  await rejectsDaub(
    "annotation",
    /found NaN for row 0/,
    train({ groundTruth: Array(6).fill(NaN) }),
  );
  await rejectsDaub("annotation", /rows with a class/, train({ groundTruth: Array(6).fill(0) }));
  await rejectsDaub("annotation", /only class 4/, train({ groundTruth: Array(6).fill(4) }));
});

Deno.test("a table without a column of the classifier is refused", async () => {
  const classifier = await TableRowClassifier.train({ table, groundTruth });
  throwsDaub("features", /"roundness".*found area/, () => classifier.predict({ area: [1] }));
  throwsDaub("features", /found no columns/, () => classifier.predict({}));
  assert.deepEqual([...classifier.predict({ area: [], roundness: [] })], []);
});

Deno.test("a file of another kind or with other features is refused", async () => {
  const text = (await TableRowClassifier.train({ table, groundTruth })).toString();
  throwsDaub(
    "classifier",
    /Expected a TableRowClassifier but found an ObjectMerger/,
    () => TableRowClassifier.parse(text.replace("TableRowClassifier", "ObjectMerger")),
  );
  throwsDaub(
    "classifier",
    /name 2 features.*found 1/,
    () => TableRowClassifier.parse(text.replace("area roundness", "area")),
  );
});
