import assert from "node:assert/strict";
import { join } from "node:path";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { readImageFolders } from "../../src/image/folders.ts";
import { parquetReadObjects } from "npm:hyparquet@1.31.5";
import { encodeTiff } from "../../src/image/tiff_writer.ts";
import {
  drawSquares,
  drawStrokes,
  read,
  size,
  type Squares,
  threeSquares,
  voxelSize,
  writeTiff,
} from "./support/fixtures.ts";
import { namesIn, withFolder } from "./support/folder.ts";
import { assertDone, assertRefused, segment, snapshot } from "./support/segment.ts";

const quick = ["--trees=5"];

/** Runs a function with folders `images` and `masks` of files of these names. */
async function withImages(
  names: string[],
  use: (paths: { folder: string; images: string; masks: string; out: string }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const [images, masks] = [join(folder, "images"), join(folder, "masks")];
    for (const path of [images, masks]) await Deno.mkdir(path);
    for (const name of names) {
      await writeTiff(images, `${name}.tif`, drawSquares(threeSquares));
      await writeTiff(masks, `${name}.tif`, drawStrokes());
    }
    await use({ folder, images, masks, out: join(folder, "out") });
  });
}

const modified = async (path: string) => (await Deno.stat(path)).mtime!.getTime();

Deno.test("one classifier is trained on the images and masks of two folders", async () => {
  await withImages(["a", "b", "c"], async ({ images, masks, out }) => {
    const outcome = await segment([images, "--annotation", masks, "--out", out, ...quick]);
    assertDone(outcome);
    assert.match(
      outcome.stdout,
      /Strokes +3 images: 264 labelled pixels \(class 1: 228, class 2: 36\)/,
    );
    const pairs = readImageFolders({ image: images, annotation: masks });
    const expected = await ObjectSegmenter.trainOnMany(pairs, { numTrees: 5, backend: "cpu" });
    assert.equal(await Deno.readTextFile(join(out, "ObjectSegmenter.cl")), expected.toString());
  });
});

Deno.test("images and strokes named one by one belong together in their order", async () => {
  await withImages(["a", "b"], async ({ images, masks, out }) => {
    const pairs = ["a.tif", "b.tif"].flatMap((name) => ["--annotation", join(masks, name)]);
    const argv = [join(images, "a.tif"), join(images, "b.tif"), ...pairs, "--out", out, ...quick];
    const outcome = await segment(argv);
    assertDone(outcome);
    assert.match(outcome.stdout, /Strokes +2 images: 176 labelled pixels/);
  });
});

Deno.test("strokes of one image of a folder belong to the one they are named after", async () => {
  await withImages(["a", "b"], async ({ folder, images, out }) => {
    await writeTiff(images, "a.tif", drawSquares([]));
    const painted = await writeTiff(folder, "b_annotation.tif", drawStrokes());
    assertDone(await segment([images, "--annotation", painted, "--out", out, ...quick]));
    const [labels] = await read(out, "b_labels.tif");
    assert.equal(Math.max(...Array.from(labels.data, Number)), 3);
  });
});

Deno.test("a classifier that is kept is still judged by the strokes it was trained on", async () => {
  await withImages(["a", "b"], async ({ images, masks, out }) => {
    const argv = [images, "--annotation", masks, "--out", out, "--statistics", ...quick];
    const first = await segment(argv);
    const again = await segment(argv);
    assertDone(again);
    assert.match(again.stdout, /2 of 2 images done, 2 of them before$/);
    const judged = ({ stdout }: { stdout: string }) =>
      stdout.split("\n").filter((line) => /^(Out of bag|Cross-validation|Suggestion)/.test(line));
    assert.equal(judged(first).length, 3);
    assert.deepEqual(judged(again), judged(first));
  });
});

Deno.test("images in the place of what belongs to them are refused", async () => {
  await withImages(["a", "b"], async ({ folder, images, out }) => {
    const before = await snapshot(folder);
    const image = join(images, "a.tif");
    const other = join(images, "..", "images", "a.tif");
    const cases: [string[], RegExp][] = [
      [[images, "--annotation", images], /--annotation to name another file than the image/],
      [[image, "--annotation", other], /with the strokes painted on it, but found .*a\.tif itself/],
      [[image, "--labels", image, "--measure"], /with the objects found in it.*label image/],
    ];
    for (const [argv, message] of cases) {
      assertRefused(await segment([...argv, "--out", out]), 2, message);
    }
    assert.deepEqual(await snapshot(folder), before);
  });
});

Deno.test("names that do not match are listed and nothing is trained", async () => {
  await withImages(["a", "b", "c"], async ({ folder, images, masks, out }) => {
    await Deno.rename(join(masks, "b.tif"), join(masks, "x.tif"));
    const before = await snapshot(folder);
    const argv = [images, "--annotation", masks, "--out", out, ...quick];
    assertRefused(await segment(argv), 1, /no image for x\.tif; and no annotation for b\.tif/);
    assert.deepEqual(await snapshot(folder), before);
  });
});

Deno.test("images that are done are kept, incomplete ones are made anew, others are refused", async () => {
  await withImages(["a", "b", "c", "d"], async ({ images, masks, out }) => {
    const argv = [images, "--annotation", masks, "--out", out, "--measure", ...quick];
    assertDone(await segment(argv));
    const labels = (name: string) => join(out, `${name}_labels.tif`);
    const [bytes, time] = [await Deno.readFile(labels("a")), await modified(labels("a"))];
    const table = await Deno.readTextFile(join(out, "labels.csv"));
    await Deno.remove(labels("b"));
    await Deno.remove(join(out, "labels.csv"));
    const again = await segment(argv);
    assertDone(again);
    assert.match(again.stdout, /ObjectSegmenter\.cl: kept/);
    assert.match(again.stdout, /a\.tif: 40 × 30, 3 objects, kept/);
    assert.match(again.stdout, /b\.tif: 40 × 30, 3 objects, [\d.]+ ms/);
    assert.match(again.stdout, /4 of 4 images done, 3 of them before$/);
    assert.equal(await modified(labels("a")), time);
    assert.deepEqual(await Deno.readFile(labels("b")), bytes);
    assert.equal(await Deno.readTextFile(join(out, "labels.csv")), table);

    const before = await snapshot(out);
    assertRefused(await segment([...argv, "--depth=3"]), 1, /no earlier results but found/);
    await Deno.writeTextFile(labels("c"), "precious");
    assertRefused(await segment(argv), 1, /found .*c_labels\.tif/);
    assert.equal(await Deno.readTextFile(labels("c")), "precious");
    await Deno.writeFile(labels("c"), bytes);
    assert.deepEqual(await snapshot(out), before);
  });
});

Deno.test("an image that was changed is not taken for done", async () => {
  await withImages(["a", "b"], async ({ images, masks, out }) => {
    const trained = await segment([images, "--annotation", masks, "--out", out, ...quick]);
    assertDone(trained);
    const argv = [images, "--classifier", join(out, "ObjectSegmenter.cl"), "--out", join(out, "2")];
    assertDone(await segment(argv));
    await writeTiff(images, "b.tif", drawSquares([[5, 5, 10]]));
    assertRefused(await segment(argv), 1, /found .*b_labels\.tif/);
    const outcome = await segment([...argv, "--overwrite"]);
    assertDone(outcome);
    assert.match(outcome.stdout, /b\.tif: 40 × 30, 1 object, [\d.]+ ms/);
  });
});

Deno.test("several images at a time give the same files as one after the other", async () => {
  await withImages(["a", "b", "c", "d", "e"], async ({ images, masks, folder }) => {
    const results = [];
    for (const jobs of ["1", "3"]) {
      const out = join(folder, `out${jobs}`);
      const argv = [images, "--annotation", masks, "--out", out, "--jobs", jobs, "--memory=1"];
      assertDone(await segment([...argv, "--measure", ...quick]));
      const names = (await namesIn(out)).filter((name) => !name.startsWith("."));
      results.push(
        await Promise.all(
          names.map(async (name) => [name, (await Deno.readFile(join(out, name))).toHex()]),
        ),
      );
    }
    assert.deepEqual(results[1], results[0]);
    assert.equal(results[0].length, 5 * 3 + 2);
  });
});

Deno.test("a broken image among several at a time is told and does not hold up the others", async () => {
  await withImages(["a", "b", "c", "d"], async ({ images, masks, out }) => {
    await Deno.writeTextFile(join(images, "c.tif"), "nothing");
    const classifier = join(out, "ObjectSegmenter.cl");
    const one = [join(images, "a.tif"), "--annotation", join(masks, "a.tif"), "--out", out];
    assertDone(await segment([...one, ...quick]));
    const argv = [images, "--classifier", classifier, "--out", join(out, "2"), "--jobs=2"];
    const outcome = await segment([...argv, "--continue-on-error"]);
    assertRefused(outcome, 1, /c\.tif/);
    assert.match(outcome.stdout, /3 of 4 images done, 1 failed$/);
  });
});

Deno.test("measuring writes a table beside each label image and one of all with the file", async () => {
  await withImages(["a", "b"], async ({ images, masks, out }) => {
    const argv = [images, "--annotation", masks, "--out", out, "--measure=geojson", ...quick];
    assertDone(await segment(argv));
    const [header, ...rows] = (await Deno.readTextFile(join(out, "a_labels.csv"))).trim().split(
      "\n",
    );
    assert.equal(rows.length, 3);
    const area = header.split(",").findIndex((name) => name.startsWith("area"));
    const areas = rows.map((row) => Number(row.split(",")[area]));
    const [labels] = await read(out, "a_labels.tif");
    const pixels = [1, 2, 3].map((n) => labels.data.filter((v: number | bigint) => v === n).length);
    const voxel = 0.25 * 0.5;
    areas.forEach((value, i) => {
      const isPixels = value === pixels[i];
      assert.ok(isPixels || Math.abs(value - pixels[i] * voxel) < 1e-9, `${value} ${pixels[i]}`);
    });
    const all = (await Deno.readTextFile(join(out, "labels.csv"))).trim().split("\n");
    assert.equal(all[0], `file,${header}`);
    assert.deepEqual(
      all.slice(1),
      ["a", "b"].flatMap((name) => rows.map((row) => `${join(images, `${name}.tif`)},${row}`)),
    );
    const { features } = JSON.parse(await Deno.readTextFile(join(out, "b_labels.geojson")));
    assert.equal(features.length, 3);
  });
});

Deno.test("a Parquet table holds what the CSV table holds, and is kept with it", async () => {
  await withImages(["a", "b"], async ({ images, masks, out }) => {
    const argv = [images, "--annotation", masks, "--out", out, "--measure=parquet", ...quick];
    assertDone(await segment(argv));
    for (const name of ["a", "b"]) {
      const text = (await Deno.readTextFile(join(out, `${name}_labels.csv`))).trim();
      const [names, ...rows] = text.split("\n").map((line) => line.split(","));
      const file = (await Deno.readFile(join(out, `${name}_labels.parquet`))).buffer;
      const objects = await parquetReadObjects({ file });
      assert.deepEqual(Object.keys(objects[0]), names);
      assert.equal(objects.length, 3);
      objects.forEach((object, row) =>
        names.forEach((column, i) => {
          const [found, written] = [object[column], rows[row][i]];
          // A value that is not defined is empty in CSV.
          const isEqual = written === "" ? Number.isNaN(found) : Object.is(+found, +written);
          assert.ok(isEqual, `${column}: ${found} and ${written}`);
        })
      );
    }
    await Deno.remove(join(out, "b_labels.parquet"));
    const again = await segment(argv);
    assertDone(again);
    assert.match(again.stdout, /2 of 2 images done, 1 of them before$/);
    assert.ok((await namesIn(out)).includes("b_labels.parquet"));
  });
});

Deno.test("the table of all images names the time frame of objects where images have several", async () => {
  await withImages(["a"], async ({ images, masks, out }) => {
    const [one, ...shown] = [[], threeSquares, [[5, 5, 10]]] as Squares[];
    const series = { ...size, depth: 3, data: new Uint8Array(3 * 1200) };
    [one, ...shown].forEach((squares, i) => series.data.set(drawSquares(squares).data, i * 1200));
    const bytes = await encodeTiff({ ...series, voxelSize }, { compression: "none" });
    // The planes of a stack become frames by what ImageJ calls them.
    const text = new TextDecoder("latin1").decode(bytes).replace("slices=3", "frames=3");
    const renamed = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    await Deno.writeFile(join(images, "series.tif"), renamed);
    const trained = [join(images, "a.tif"), "--annotation", join(masks, "a.tif"), ...quick];
    assertDone(await segment([...trained, "--out", out]));
    const argv = [images, "--classifier", join(out, "ObjectSegmenter.cl")];
    const second = join(out, "2");
    assertDone(await segment([...argv, "--out", second, "--measure"]));
    const all = (await Deno.readTextFile(join(second, "labels.csv"))).trim().split("\n");
    assert.match(all[0], /^file,frame,label,/);
    assert.deepEqual(
      all.slice(1).map((row) => row.split(",").slice(0, 3)),
      [
        ...["1", "2", "3"].map((label) => [join(images, "a.tif"), "", label]),
        ...["1", "2", "3"].map((label) => [join(images, "series.tif"), "1", label]),
        [join(images, "series.tif"), "2", "1"],
      ],
    );
  });
});

Deno.test("the truth tells how well objects were found, and the mean of several images", async () => {
  await withImages(["a", "b"], async ({ folder, images, masks, out }) => {
    const training = [images, "--annotation", masks, "--out", out, ...quick];
    assertDone(await segment(training));
    const truth = join(folder, "truth");
    await Deno.mkdir(truth);
    await Deno.copyFile(join(out, "a_labels.tif"), join(truth, "a.tif"));
    const [labels] = await read(out, "b_labels.tif");
    const missing = (labels.data as Uint16Array).map((value) => value === 3 ? 0 : value);
    await writeTiff(truth, "b_truth.tif", { ...labels, data: missing });
    const outcome = await segment([
      ...[images, "--classifier", join(out, "ObjectSegmenter.cl"), "--out", join(out, "2")],
      ...["--truth", truth, "--json"],
    ]);
    assert.equal(outcome.code, 0, outcome.stderr);
    const found = outcome.stdout.split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(found.map(({ scores }) => scores.f1), [1, 0.8]);
    assert.match(outcome.stderr, /Truth: mean of 2 images F1 0\.900/);
  });
});
