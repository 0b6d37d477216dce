import assert from "node:assert/strict";
import { join } from "node:path";
import type { Image } from "../../src/image/image.ts";
import { read, writeTiff } from "./support/fixtures.ts";
import { namesIn, withFolder } from "./support/folder.ts";
import { assertDone, assertRefused, segment } from "./support/segment.ts";

const size = { width: 40, height: 6, depth: 1 };
/** Ten boxes side by side; every second one is bright. */
const boxes: Image<Uint8Array> = {
  ...size,
  data: Uint8Array.from({ length: 240 }, (_, i) => 1 + Math.floor((i % 40) / 4)),
};
const image = { ...size, data: boxes.data.map((box) => box % 2 === 0 ? 200 : 50) };
/** Strokes over the first four boxes: class 1 on dark ones, 2 on bright ones. */
const strokes = { ...size, data: boxes.data.map((box) => box > 4 ? 0 : box % 2 === 0 ? 2 : 1) };

async function withBoxes(
  use: (argv: string[], folder: string) => Promise<void>,
  annotation: Image = strokes,
): Promise<void> {
  await withFolder(async (folder) => {
    const path = await writeTiff(folder, "boxes.tif", image);
    const labels = await writeTiff(folder, "boxes_labels.tif", boxes);
    const painted = await writeTiff(folder, "boxes_annotation.tif", annotation);
    await use([path, "--labels", labels, "--annotation", painted, "--trees=5"], folder);
  });
}

Deno.test("objects are classified, and a saved classifier does the same", async () => {
  await withBoxes(async (argv, folder) => {
    const out = join(folder, "out");
    const run = ["--kind=object-classifier", "--features=mean_intensity", "--measure"];
    const outcome = await segment([...argv, ...run, "--out", out]);
    assertDone(outcome);
    assert.match(outcome.stdout, /Objects +10 \(class 1: 5, class 2: 5\)/);
    assert.deepEqual(await namesIn(out), [
      "ObjectClassifier.cl",
      "boxes_object_classes.csv",
      "boxes_object_classes.tif",
      "boxes_object_classes_overlay.png",
    ]);
    const [classes] = await read(out, "boxes_object_classes.tif");
    assert.deepEqual([...classes.data], Array.from(boxes.data, (box) => box % 2 === 0 ? 2 : 1));
    const table = (await Deno.readTextFile(join(out, "boxes_object_classes.csv"))).trim();
    const [header, ...rows] = table.split("\n").map((line) => line.split(","));
    const column = header.indexOf("class");
    assert.deepEqual(rows.map((row) => Number(row[column])), [1, 2, 1, 2, 1, 2, 1, 2, 1, 2]);
    const again = join(folder, "again");
    const classifier = join(out, "ObjectClassifier.cl");
    assertDone(await segment([...argv.slice(0, 3), "--classifier", classifier, "--out", again]));
    assert.deepEqual(
      await Deno.readFile(join(again, "boxes_object_classes.tif")),
      await Deno.readFile(join(out, "boxes_object_classes.tif")),
    );
  });
});

Deno.test("objects of one class are selected", async () => {
  await withBoxes(async (argv, folder) => {
    const out = join(folder, "out");
    const run = ["--kind=object-selector", "--features=mean_intensity", "--class=1"];
    const outcome = await segment([...argv, ...run, "--out", out]);
    assertDone(outcome);
    const [selected] = await read(out, "boxes_selected.tif");
    const expected = Array.from(boxes.data, (box) => box % 2 === 0 ? 0 : (box + 1) / 2);
    assert.deepEqual([...selected.data], expected);
  });
});

Deno.test("objects are merged across borders as painted", async () => {
  // 1, to merge, between the first two boxes, 2, to keep, between the next two: all are alike.
  const merge = {
    ...size,
    data: Uint8Array.from(
      { length: 240 },
      (_, i) => [3, 4].includes(i % 40) ? 1 : [11, 12].includes(i % 40) ? 2 : 0,
    ),
  };
  await withBoxes(async (argv, folder) => {
    const shaded = await writeTiff(folder, "boxes.tif", {
      ...size,
      data: Uint8Array.from({ length: 240 }, (_, i) => [3, 4, 27, 28].includes(i % 40) ? 200 : 50),
    });
    assert.equal(shaded, argv[0]);
    const out = join(folder, "out");
    const run = ["--kind=object-merger", "--features=mean_touch_intensity", "--out", out];
    assertDone(await segment([...argv, ...run]));
    const [merged] = await read(out, "boxes_merged.tif");
    const row = Array.from({ length: 10 }, (_, box) => Number(merged.data[4 * box]));
    assert.deepEqual(row, [1, 1, 2, 3, 4, 5, 6, 6, 7, 8].map((n) => n));
  }, merge);
});

Deno.test("labels alone are measured and compared with the truth", async () => {
  await withFolder(async (folder) => {
    const labels = await writeTiff(folder, "boxes_labels.tif", boxes);
    const out = join(folder, "out");
    const outcome = await segment([
      "--labels",
      labels,
      "--measure",
      "--truth",
      labels,
      "--out",
      out,
    ]);
    assertDone(outcome);
    assert.match(outcome.stdout, /Truth +10 of 10 true objects/);
    assert.deepEqual(await namesIn(out), ["boxes_labels.csv"]);
  });
});

Deno.test("a label image without objects is no failure", async () => {
  await withBoxes(async (argv, folder) => {
    const out = join(folder, "out");
    const run = ["--kind=object-selector", "--features=mean_intensity", "--out", out];
    assertDone(await segment([...argv, ...run]));
    const empty = await writeTiff(folder, "empty.tif", { ...size, data: new Uint8Array(240) });
    const classifier = join(out, "ObjectSelector.cl");
    const outcome = await segment(
      [argv[0], "--labels", empty, "--classifier", classifier, "--out", join(folder, "2")],
    );
    assertDone(outcome);
    assert.match(outcome.stdout, /Objects +0/);
  });
});

Deno.test("labels for a saved classifier of pixels are refused before anything is computed", async () => {
  await withBoxes(async (argv, folder) => {
    const [path, , labels, , painted] = argv;
    const out = join(folder, "out");
    assertDone(await segment([path, "--annotation", painted, "--out", out, "--trees=5"]));
    const classifier = join(out, "ObjectSegmenter.cl");
    const outcome = await segment([path, "--labels", labels, "--classifier", classifier]);
    assertRefused(
      outcome,
      2,
      /--labels with --kind object-classifier, .*--kind object, which finds/,
    );
  });
});

Deno.test("statistics tell importances, out-of-bag accuracy, cross-validation and a suggestion", async () => {
  await withBoxes(async ([path, , , , painted], folder) => {
    const argv = [
      path,
      "--annotation",
      painted,
      "--trees=20",
      "--features=original gaussian_blur=1",
    ];
    const { code, stdout, stderr } = await segment(
      [...argv, "--statistics", "--json", "--out", join(folder, "out")],
    );
    assert.equal(code, 0, stderr);
    const { statistics } = JSON.parse(stdout.split("\n")[0]);
    const { importances, depths, outOfBag, crossValidation, suggestion } = statistics;
    assert.deepEqual(Object.keys(importances), ["original", "gaussian_blur=1"]);
    assert.equal(depths.length, 2);
    assert.equal(outOfBag.confusion.rows.flat().reduce((a: number, b: number) => a + b), 96);
    assert.ok(crossValidation.accuracy > 0 && crossValidation.accuracy <= 1);
    assert.match(suggestion.features, /original|gaussian_blur=1/);
  });
});
