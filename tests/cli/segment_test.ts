import assert from "node:assert/strict";
import { join } from "node:path";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import {
  countLabels,
  drawSquares,
  read,
  threeSquares,
  voxelSize,
  withData,
  writeSquares,
  writeTiff,
} from "./support/fixtures.ts";
import { namesIn, withFolder } from "./support/folder.ts";
import { assertDone, assertRefused, segment, snapshot } from "./support/segment.ts";

/** Runs a function in a folder with an image and its strokes, and a folder for results. */
async function withSquares(
  use: (paths: { folder: string; image: string; strokes: string; out: string }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    await use({ folder, ...await writeSquares(folder), out: join(folder, "out") });
  });
}

const quick = ["--trees=5"];

Deno.test("training segments the image and keeps the classifier", async () => {
  await withSquares(async ({ image, strokes, out }) => {
    const outcome = await segment([image, "--annotation", strokes, "--out", out, ...quick]);
    assertDone(outcome);
    assert.deepEqual(await namesIn(out), [
      "ObjectSegmenter.cl",
      "squares_labels.tif",
      "squares_overlay.png",
    ]);
    const [labels] = await read(out, "squares_labels.tif");
    assert.ok(labels.data instanceof Uint16Array);
    assert.equal(countLabels(labels), 3);
    assert.deepEqual([7, 8].map((y) => labels.data[y * 40 + 7]), [1, 1]);
    assert.equal(labels.data[0], 0);
    const [red] = await read(out, "squares_overlay.png");
    assert.equal(red.width % 40, 0, "the overlay is the image, enlarged");
    const classifier = await ObjectSegmenter.load(join(out, "ObjectSegmenter.cl"));
    assert.equal(classifier.forest.trees.length, 5);
  });
});

Deno.test("the report names image, size, strokes, features, forest, backend, objects, times, files", async () => {
  await withSquares(async ({ image, strokes, out }) => {
    const { stdout } = await segment([image, "--annotation", strokes, "--out", out, ...quick]);
    for (
      const expected of [
        /Image +.*squares\.tif: 40 × 30 pixels, 1 channel, uint8/,
        /Strokes +.*strokes\.tif: 88 labelled pixels \(class 1: 76, class 2: 12\)/,
        /Features +v070: gaussian_blur=1 /,
        /Forest +5 trees of depth 2 for classes 1, 2, votes by fraction, random state 0/,
        /Backend +cpu \(.+\): asked for/,
        /Objects +3 of class 2, 4-connected/,
        /Training +read [\d.]+, features [\d.]+, train [\d.]+; [\d.]+ ms in all/,
        /Time +read [\d.]+, classify [\d.]+, label [\d.]+.*; [\d.]+ ms in all/,
        /Written +.*squares_labels\.tif/,
      ]
    ) assert.match(stdout, expected);
  });
});

Deno.test("a saved classifier gives the same labels, for files, folders and globs", async () => {
  await withSquares(async ({ folder, image, strokes, out }) => {
    assertDone(await segment([image, "--annotation", strokes, "--out", out, ...quick]));
    const classifier = join(out, "ObjectSegmenter.cl");
    const trained = await Deno.readFile(join(out, "squares_labels.tif"));
    await Deno.mkdir(join(folder, "many"));
    for (const name of ["a1", "a2", "a10"]) {
      await Deno.copyFile(image, join(folder, "many", `${name}.tif`));
    }
    for (
      const [name, ...images] of [["files", image], ["folder", "many"], ["glob", "many/*.tif"]]
    ) {
      const results = join(folder, name);
      const paths = images.map((path) => path === image ? path : join(folder, path));
      const outcome = await segment([...paths, "--classifier", classifier, "--out", results]);
      assertDone(outcome);
      const stems = name === "files" ? ["squares"] : ["a1", "a2", "a10"];
      for (const stem of stems) {
        assert.deepEqual(await Deno.readFile(join(results, `${stem}_labels.tif`)), trained);
      }
      if (name === "files") continue;
      assert.match(outcome.stdout, /a1\.tif: 40 × 30, 3 objects.*\n.*a2\.tif.*\n.*a10\.tif/);
      assert.match(outcome.stdout, /3 of 3 images done$/);
    }
  });
});

Deno.test("training goes on with further images", async () => {
  await withSquares(async ({ folder, image, strokes, out }) => {
    const other = await writeTiff(folder, "other.tif", drawSquares([[5, 5, 10]]));
    assertDone(await segment([image, other, "--annotation", strokes, "--out", out, ...quick]));
    const [labels] = await read(out, "other_labels.tif");
    assert.equal(countLabels(labels), 1);
    assert.equal(labels.data[9 * 40 + 9], 1);
  });
});

Deno.test("the strokes are no image even where they lie in the folder of images", async () => {
  await withSquares(async ({ folder, strokes, out }) => {
    assertDone(await segment([folder, "--annotation", strokes, "--out", out, ...quick]));
    assert.deepEqual((await namesIn(out)).filter((name) => name.startsWith("strokes")), []);
  });
});

Deno.test("json is one object per image on standard output and nothing else", async () => {
  await withSquares(async ({ folder, image, strokes, out }) => {
    const dark = await writeTiff(folder, "dark.tif", drawSquares([]));
    const outcome = await segment(
      [image, dark, "--annotation", strokes, "--out", out, "--json", ...quick],
    );
    assertDone(outcome);
    const [first, second, ...more] = outcome.stdout.split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(more, []);
    const { device, ms, ...facts } = first;
    assert.deepEqual(facts, {
      image,
      size: [40, 30],
      objects: 3,
      classes: facts.classes,
      backend: "cpu",
      files: ["squares_labels.tif", "squares_overlay.png", "ObjectSegmenter.cl"]
        .map((name) => join(out, name)),
    });
    const [labels] = await read(out, "squares_labels.tif");
    const inside = Array.from(labels.data, Number).filter((label) => label > 0).length;
    assert.deepEqual(facts.classes, { 1: 1200 - inside, 2: inside });
    assert.equal(typeof device, "string");
    for (const stage of ["read", "classify", "label", "overlay", "encode", "write", "total"]) {
      assert.ok(ms[stage] >= 0, stage);
    }
    assert.equal(second.objects, 0);
    assert.deepEqual(second.classes, { 1: 1200, 2: 0 });
    assert.match(outcome.stderr, /2 of 2 images done/);
  });
});

Deno.test("quiet runs print nothing, quiet json only the objects", async () => {
  await withSquares(async ({ image, strokes, out }) => {
    const argv = [image, "--annotation", strokes, "--out", out, "--quiet", ...quick];
    assert.deepEqual(await segment(argv), { code: 0, stdout: "", stderr: "" });
    const { stdout, stderr } = await segment([...argv, "--json", "--overwrite"]);
    assert.equal(JSON.parse(stdout).objects, 3);
    assert.equal(stderr, "");
  });
});

Deno.test("an image without objects is no failure", async () => {
  await withSquares(async ({ folder, image, strokes, out }) => {
    assertDone(await segment([image, "--annotation", strokes, "--out", out, ...quick]));
    const dark = await writeTiff(folder, "dark.tif", drawSquares([]));
    const outcome = await segment(
      [dark, "--classifier", join(out, "ObjectSegmenter.cl"), "--out", out],
    );
    assertDone(outcome);
    assert.match(outcome.stdout, /Objects +0 of class 2/);
    const [labels] = await read(out, "dark_labels.tif");
    assert.ok(labels.data.every((label) => Number(label) === 0));
  });
});

Deno.test("every kind writes its own results", async () => {
  await withSquares(async ({ image, strokes, out }) => {
    for (const kind of ["pixel", "probability"]) {
      const argv = [image, "--annotation", strokes, "--kind", kind, "--out", join(out, kind)];
      assertDone(await segment([...argv, ...quick]));
    }
    assert.deepEqual(await namesIn(join(out, "pixel")), [
      "PixelClassifier.cl",
      "squares_classes.tif",
      "squares_overlay.png",
    ]);
    const [classes] = await read(out, "pixel/squares_classes.tif");
    assert.ok(classes.data instanceof Uint8Array);
    assert.deepEqual([...new Set(classes.data)].sort(), [1, 2]);
    assert.deepEqual(await namesIn(join(out, "probability")), [
      "ProbabilityMapper.cl",
      "squares_probability.tif",
    ]);
    const pages = await read(out, "probability/squares_probability.tif");
    assert.equal(pages.length, 2);
    assert.ok(pages[0].data instanceof Float32Array);
    for (let i = 0; i < 1200; i++) {
      const [background, object] = pages.map(({ data }) => Number(data[i]));
      assert.ok(Math.abs(background + object - 1) < 1e-6, "probabilities add up to 1");
      assert.equal(object > background, classes.data[i] === 2);
    }
  });
});

Deno.test("the kind of a saved classifier is found out", async () => {
  await withSquares(async ({ image, strokes, out }) => {
    const argv = [image, "--annotation", strokes, "--kind=pixel", "--out", out, ...quick];
    assertDone(await segment(argv));
    const classifier = join(out, "PixelClassifier.cl");
    const again = join(out, "again");
    assertDone(await segment([image, "--classifier", classifier, "--out", again]));
    assert.deepEqual(await namesIn(again), ["squares_classes.tif", "squares_overlay.png"]);
  });
});

Deno.test("labels and classes are written as png on request", async () => {
  await withSquares(async ({ image, strokes, out }) => {
    const argv = [image, "--annotation", strokes, "--out", out, "--format=png", ...quick];
    assertDone(await segment(argv));
    assertDone(await segment([...argv, "--kind=pixel", "--overwrite"]));
    const [labels] = await read(out, "squares_labels.png");
    assert.ok(labels.data instanceof Uint16Array);
    assert.equal(countLabels(labels), 3);
    const [classes] = await read(out, "squares_classes.png");
    assert.ok(classes.data instanceof Uint8Array);
    assert.deepEqual([...new Set(classes.data)].sort(), [1, 2]);
  });
});

Deno.test("voxel size and unit are kept in every result", async () => {
  await withSquares(async ({ image, strokes, out }) => {
    for (const kind of ["object", "pixel", "probability"]) {
      const argv = [image, "--annotation", strokes, "--kind", kind, "--out", join(out, kind)];
      assertDone(await segment([...argv, ...quick]));
    }
    for (
      const name of [
        "object/squares_labels.tif",
        "pixel/squares_classes.tif",
        "probability/squares_probability.tif",
      ]
    ) {
      for (const page of await read(out, name)) assert.deepEqual(page.voxelSize, voxelSize, name);
    }
  });
});

Deno.test("channels are used together and a volume gives a volume", async () => {
  await withFolder(async (folder) => {
    const plane = drawSquares(threeSquares);
    const flat = withData(plane, new Uint8Array(1200).fill(7));
    const depth = 3;
    const volume = {
      ...plane,
      depth,
      data: Uint8Array.from({ length: 1200 * depth }, (_, i) => plane.data[i % 1200]),
    };
    const { strokes } = await writeSquares(folder);
    const deep = (await read(folder, "strokes.tif"))[0];
    const strokes3d = await writeTiff(folder, "strokes3d.tif", {
      ...deep,
      depth,
      data: Uint8Array.from({ length: 1200 * depth }, (_, i) => Number(deep.data[i % 1200])),
    });
    const two = await writeTiff(folder, "two.tif", [flat, plane]);
    const three = await writeTiff(folder, "three.tif", volume);
    const out = join(folder, "out");
    const flags = ["--features=original gaussian_blur=1", "--overwrite", "--out", out, ...quick];
    assertDone(await segment([two, "--annotation", strokes, ...flags]));
    assert.equal(countLabels((await read(out, "two_labels.tif"))[0]), 3);
    const classifier = await ObjectSegmenter.load(join(out, "ObjectSegmenter.cl"));
    assert.equal(classifier.numChannels, 2);
    const outcome = await segment([three, "--annotation", strokes3d, ...flags]);
    assertDone(outcome);
    assert.match(outcome.stdout, /40 × 30 × 3 pixels[\s\S]*3 of class 2, 6-connected/);
    const [labels] = await read(out, "three_labels.tif");
    assert.equal(labels.depth, depth);
    assert.equal(countLabels(labels), 3);
  });
});

Deno.test("the channels that are chosen are the image, in training and with a saved classifier", async () => {
  await withFolder(async (folder) => {
    const plane = drawSquares(threeSquares);
    const noise = withData(
      plane,
      Uint8Array.from({ length: 1200 }, (_, i) => (i * 2654435761) >>> 24),
    );
    const { image, strokes } = await writeSquares(folder);
    const three = await writeTiff(folder, "three.tif", [noise, plane, noise]);
    const out = join(folder, "out");
    const flags = ["--features=original gaussian_blur=1", "--out", out, ...quick];
    assertDone(await segment([image, "--annotation", strokes, ...flags]));
    const saved = await Deno.readTextFile(join(out, "ObjectSegmenter.cl"));
    const [labels] = await read(out, "squares_labels.tif");
    const apply = ["--classifier", join(out, "ObjectSegmenter.cl"), "--out", out, "--channels"];
    assertDone(await segment([three, ...apply, "2"]));
    assert.deepEqual((await read(out, "three_labels.tif"))[0].data, labels.data);
    const none = await segment([three, ...apply, "2,4", "--overwrite"]);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /three\.tif to have channel 4 but found 3 channels.*--channels/);
    assertDone(
      await segment([three, "--annotation", strokes, "--channels=2", ...flags, "--overwrite"]),
    );
    assert.equal(await Deno.readTextFile(join(out, "ObjectSegmenter.cl")), saved);
  });
});

Deno.test("results of other channels are not taken for results, and none are chosen of labels alone", async () => {
  await withFolder(async (folder) => {
    const plane = drawSquares(threeSquares);
    const flat = withData(plane, new Uint8Array(1200).fill(7));
    const { image, strokes } = await writeSquares(folder);
    const out = join(folder, "out");
    assertDone(await segment([image, "--annotation", strokes, "--out", out, ...quick]));
    const pair = [
      await writeTiff(folder, "a.tif", [plane, flat]),
      await writeTiff(folder, "b.tif", [plane, flat]),
    ];
    const apply = ["--classifier", join(out, "ObjectSegmenter.cl"), "--out", out];
    assertDone(await segment([...pair, ...apply, "--channels=1"]));
    assert.equal(countLabels((await read(out, "a_labels.tif"))[0]), 3);
    assertDone(await segment([...pair, ...apply, "--channels=1"]));
    const other = await segment([...pair, ...apply, "--channels=2"]);
    assert.equal(other.code, 1);
    assert.match(other.stderr, /a_labels\.tif.*--overwrite/);
    const labels = join(out, "a_labels.tif");
    const refused = await segment(["--labels", labels, "--measure", "--channels=1", "--out", out]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /an IMAGE beside --channels/);
  });
});

Deno.test("time frames are segmented one by one and named by number", async () => {
  await withFolder(async (folder) => {
    const { strokes } = await writeSquares(folder);
    const frames = [threeSquares, [[5, 5, 10]], []] as const;
    const data = new Uint8Array(frames.length * 1200);
    frames.forEach((squares, i) => data.set(drawSquares(squares).data, i * 1200));
    const path = await writeTiff(folder, "movie.tif", { ...drawSquares([]), depth: 3, data });
    // The planes of a stack become frames by what ImageJ calls them.
    const bytes = await Deno.readFile(path);
    const text = new TextDecoder("latin1").decode(bytes);
    const at = text.indexOf("slices=3");
    assert.ok(at > 0);
    bytes.set(new TextEncoder().encode("frames=3"), at);
    await Deno.writeFile(path, bytes);
    const out = join(folder, "out");
    const argv = [path, "--annotation", strokes, "--out", out, ...quick];
    const { code, stdout, stderr } = await segment([...argv, "--json"]);
    assert.equal(code, 0, stderr);
    const lines = stdout.split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ frame, objects }) => [frame, objects]), [[0, 3], [1, 1], [2, 0]]);
    assert.deepEqual((await namesIn(out)).filter((name) => name.endsWith(".tif")), [
      "movie_t0000_labels.tif",
      "movie_t0001_labels.tif",
      "movie_t0002_labels.tif",
    ]);
    const before = await snapshot(folder);
    assertRefused(await segment(argv), 1, /movie_t0000_labels\.tif/);
    assert.deepEqual(await snapshot(folder), before);
  });
});
