import assert from "node:assert/strict";
import { join } from "node:path";
import { formatClassifierFile, parseClassifierFile } from "../../src/forest/classifier_file/mod.ts";
import type { Image } from "../../src/image/image.ts";
import {
  drawSquares,
  drawStrokes,
  threeSquares,
  withData,
  writeSquares,
  writeTiff,
} from "./support/fixtures.ts";
import { namesIn, withFolder } from "./support/folder.ts";
import { canMount, withMount } from "./support/mount.ts";
import { assertDone, assertRefused, segment, snapshot } from "./support/segment.ts";

const quick = ["--trees=5"];

/** Runs with one input replaced and asserts that it is refused and nothing changes. */
function refuses(
  name: string,
  message: RegExp,
  argv: (folder: string, image: string, strokes: string) => Promise<string[]>,
  code = 1,
): void {
  Deno.test(`${name} is refused in a sentence, and nothing is written`, async () => {
    await withFolder(async (folder) => {
      const { image, strokes } = await writeSquares(folder);
      const args = await argv(folder, image, strokes);
      const before = await snapshot(folder);
      const out = args.includes("--out") ? [] : ["--out", join(folder, "out")];
      assertRefused(await segment([...args, ...out]), code, message);
      assert.deepEqual(await snapshot(folder), before);
    });
  });
}

/** Trains on an image file made of the bytes of the right one. */
function refusesImage(
  name: string,
  message: RegExp,
  damage: (bytes: Uint8Array) => Uint8Array,
): void {
  refuses(name, message, async (folder, image, strokes) => {
    const path = join(folder, "broken.tif");
    await Deno.writeFile(path, damage(await Deno.readFile(image)));
    return [path, "--annotation", strokes, ...quick];
  });
}

function refusesStrokes(name: string, message: RegExp, strokes: Image): void {
  refuses(name, message, async (folder, image) => {
    const path = await writeTiff(folder, "wrong.tif", strokes);
    return [image, "--annotation", path, ...quick];
  });
}

/** Applies a classifier file made of the text of a right one. */
function refusesClassifier(
  name: string,
  message: RegExp,
  damage: (text: string) => string,
  more: string[] = [],
  code = 1,
): void {
  refuses(name, message, async (folder, image, strokes) => {
    const path = join(folder, "trained.cl");
    assertDone(
      await segment(
        [image, "--annotation", strokes, "--out", join(folder, "old"), "--save", path, ...quick],
      ),
    );
    await Deno.writeTextFile(path, damage(await Deno.readTextFile(path)));
    return [image, "--classifier", path, ...more];
  }, code);
}

/** The place in a little-endian TIFF where the address of the first directory stands. */
const firstDirectory = (bytes: Uint8Array) => new DataView(bytes.buffer).getUint32(4, true);

refuses(
  "a missing image",
  /an image at .*nowhere\.tif but found no such file/,
  // deno-lint-ignore require-await
  async (folder, _, strokes) => [join(folder, "nowhere.tif"), "--annotation", strokes],
);
refuses(
  "a missing annotation",
  /an image at .*nowhere\.tif but found no such file/,
  // deno-lint-ignore require-await
  async (folder, image) => [image, "--annotation", join(folder, "nowhere.tif")],
);
refuses(
  "a missing classifier",
  /a file at .*nowhere\.cl but found none/,
  // deno-lint-ignore require-await
  async (folder, image) => [image, "--classifier", join(folder, "nowhere.cl")],
);
refuses(
  "an address that leads nowhere",
  /a file at http:\/\/127\.0\.0\.1:1\/a\.tif but it could not be fetched/,
  // deno-lint-ignore require-await
  async (_folder, _image, strokes) => ["http://127.0.0.1:1/a.tif", "--annotation", strokes],
);
refusesImage("an empty file", /broken\.tif/, () => new Uint8Array());
refusesImage("a truncated image", /broken\.tif/, (bytes) => bytes.subarray(0, 700));
refusesImage("a truncated header", /broken\.tif/, (bytes) => bytes.subarray(0, 6));
refusesImage(
  "a file that is no image",
  /TIFF, PNG or JPEG.*broken\.tif|broken\.tif.*TIFF, PNG or JPEG/,
  () => new TextEncoder().encode("These are the notes of Monday.\n"),
);
refusesImage("a cyclic directory", /broken\.tif/, (bytes) => {
  const view = new DataView(bytes.buffer);
  const directory = firstDirectory(bytes);
  view.setUint32(directory + 2 + 12 * view.getUint16(directory, true), directory, true);
  return bytes;
});
refusesImage("a directory that lies about its size", /broken\.tif/, (bytes) => {
  const view = new DataView(bytes.buffer);
  const directory = firstDirectory(bytes);
  // The first entries are the width and height.
  view.setUint32(directory + 2 + 8, 60_000, true);
  return bytes;
});
refusesImage("a directory beyond the end of the file", /broken\.tif/, (bytes) => {
  new DataView(bytes.buffer).setUint32(4, 0xfffffff0, true);
  return bytes;
});

for (const value of [NaN, Infinity, -Infinity]) {
  refuses(
    `an image that holds ${value}`,
    new RegExp(`dark\\.tif: Expected finite pixel values but found ${value} at \\(7, 2\\)`),
    async (folder, _, strokes) => {
      const dark = drawSquares([]);
      const data = Float32Array.from(dark.data);
      data[2 * 40 + 7] = value;
      const path = await writeTiff(folder, "dark.tif", withData(dark, data));
      return [path, "--annotation", strokes, ...quick];
    },
  );
}

const strokes = drawStrokes();
refusesStrokes(
  "an annotation of another size",
  /40 × 30 pixels.*found one of 30 × 40/,
  { ...strokes, width: 30, height: 40 },
);
refusesStrokes(
  "an annotation without labels",
  /labelled pixels but found no/,
  withData(strokes, new Uint8Array(1200)),
);
refusesStrokes(
  "an annotation with one class",
  /classes but found only|but found.*(one|only) class|one class|only class 2/,
  withData(strokes, strokes.data.map((value) => value === 1 ? 0 : value)),
);
refusesStrokes(
  "an annotation with negative numbers",
  /wrong\.tif: .*-1, which is negative/,
  withData(strokes, Int16Array.from(strokes.data, (value) => -value)),
);
refusesStrokes(
  "an annotation with fractions",
  /wrong\.tif: .*0\.5, which is not a whole number/,
  withData(strokes, Float32Array.from(strokes.data, (value) => value / 2)),
);
refuses(
  "a coloured annotation",
  /one channel, holding class numbers, but found 3/,
  async (folder, image) => {
    const path = await writeTiff(folder, "colour.tif", [strokes, strokes, strokes]);
    return [image, "--annotation", path, ...quick];
  },
);
refuses(
  "a positive class that was not painted",
  /one of the painted classes 1, 2 but found 7/,
  // deno-lint-ignore require-await
  async (_, image, strokes) => [image, "--annotation", strokes, "--class=7", ...quick],
  2,
);
refuses(
  "an unknown feature",
  /--features: Expected a known feature but found "gausian_blur".*gaussian_blur/,
  // deno-lint-ignore require-await
  async (_, image, strokes) => [image, "--annotation", strokes, "--features=gausian_blur=1"],
  2,
);
refuses(
  "a 3D connectivity for a 2D image",
  /connectivity of a 2D image to be 4 or 8 but found 26/,
  // deno-lint-ignore require-await
  async (_, image, strokes) => [image, "--annotation", strokes, "--connectivity=26", ...quick],
  2,
);
refuses(
  "an unknown option",
  /Did you mean --annotation\?/,
  // deno-lint-ignore require-await
  async (_, image, strokes) => [image, "--anotation", strokes],
  2,
);

refusesClassifier(
  "a classifier of another kind",
  /a PixelClassifier but found an ObjectSegmenter in .*trained\.cl/,
  (text) => text,
  ["--kind=pixel"],
);
refusesClassifier(
  "a classifier of objects without objects",
  /--labels LABELS beside --kind object-classifier/,
  (text) => text.replaceAll("ObjectSegmenter", "ObjectClassifier"),
  [],
  2,
);
refusesClassifier(
  "a classifier with unknown features",
  /trained\.cl|gaussian_blob/,
  (text) => text.replaceAll("gaussian_blur", "gaussian_blob"),
);
for (const share of [0, 0.02, 0.5, 0.98]) {
  refusesClassifier(
    `a classifier cut at ${100 * share} percent`,
    /trained\.cl/,
    (text) => text.slice(0, Math.floor(text.length * share)),
  );
}
refusesClassifier(
  "a classifier that is something else",
  /trained\.cl to be a classifier file/,
  () => "These are the notes of Monday.\n",
);
refusesClassifier(
  "a classifier that expects more channels",
  /squares\.tif: Expected an image of 2 channels.*found 1/,
  (text) => {
    const { forest, ...file } = parseClassifierFile(text);
    const featureImportances = new Float64Array(8).fill(1 / 8);
    return formatClassifierFile({
      ...file,
      forest: { ...forest, numFeatures: 8, featureImportances },
    });
  },
);
refuses(
  "a volume for a classifier of planes",
  /a 2D image.*40 × 30 × 2/,
  async (folder, image, s) => {
    const out = join(folder, "old");
    assertDone(await segment([image, "--annotation", s, "--out", out, ...quick]));
    const volume = { ...drawSquares([]), depth: 2, data: new Uint8Array(2400) };
    const path = await writeTiff(folder, "volume.tif", volume);
    return [path, "--classifier", join(out, "ObjectSegmenter.cl")];
  },
);

refuses(
  "a volume to be written as png",
  /a 2D image for --format png.*2 planes/,
  async (folder) => {
    const volume = { ...drawSquares([]), depth: 2, data: new Uint8Array(2400) };
    const path = await writeTiff(folder, "volume.tif", volume);
    const strokes = await writeTiff(folder, "volume_annotation.tif", volume);
    return [path, "--annotation", strokes, "--format=png"];
  },
);

refuses(
  "an output folder under a file",
  /write to the folder .*squares\.tif.out but a part of its name is a file.*--out/,
  // deno-lint-ignore require-await
  async (_, image, strokes) => [
    ...[image, "--annotation", strokes, "--out", join(image, "out"), ...quick],
  ],
);
if (Deno.build.os === "linux") {
  refuses(
    "a folder that is read-only",
    /write to the folder \/proc\/results but .*--out/,
    // deno-lint-ignore require-await
    async (_, image, strokes) => [image, "--annotation", strokes, "--out", "/proc/results"],
  );
}

const mountable = await canMount();
for (
  const [name, option, message] of [
    ["a full disk", "size=4k", /write .*squares_overlay\.png but the disk is full.*Make room/],
    ["a read-only disk", "ro", /write to the folder .*mounted but its file system is read-only/],
  ] as const
) {
  Deno.test({
    name: `${name} is refused in a sentence${
      mountable ? "" : " (skipped: nothing can be mounted)"
    }`,
    ignore: !mountable,
    async fn() {
      await withFolder(async (folder) => {
        const { image, strokes } = await writeSquares(folder);
        await withMount(folder, [option], async (out) => {
          const argv = [image, "--annotation", strokes, "--out", out, ...quick];
          assertRefused(await segment(argv), 1, message);
          assert.deepEqual(await namesIn(out), []);
        });
      });
    },
  });
}

Deno.test("a run stops at the first image that fails, unless it is to go on", async () => {
  await withFolder(async (folder) => {
    const { image, strokes } = await writeSquares(folder);
    const broken = join(folder, "broken.tif");
    await Deno.writeTextFile(broken, "nothing");
    const last = await writeTiff(folder, "last.tif", drawSquares(threeSquares));
    const argv = [image, broken, last, "--annotation", strokes, ...quick];
    const [stopped, went] = [join(folder, "stopped"), join(folder, "went")];
    assertRefused(await segment([...argv, "--out", stopped]), 1, /broken\.tif/);
    assert.deepEqual(await namesIn(stopped), [
      ".daub_results.jsonl",
      "ObjectSegmenter.cl",
      "squares_labels.tif",
      "squares_overlay.png",
    ]);
    const outcome = await segment([...argv, "--out", went, "--continue-on-error"]);
    assertRefused(outcome, 1, /broken\.tif/);
    assert.match(outcome.stdout, /2 of 3 images done, 1 failed$/);
    assert.deepEqual((await namesIn(went)).filter((name) => name.endsWith("_labels.tif")), [
      "last_labels.tif",
      "squares_labels.tif",
    ]);
  });
});

Deno.test("a run does not go on without the image to train on", async () => {
  await withFolder(async (folder) => {
    const { image, strokes } = await writeSquares(folder);
    const argv = ["--annotation", strokes, "--continue-on-error", "--out", join(folder, "out")];
    const before = await snapshot(folder);
    assertRefused(await segment([join(folder, "nowhere.tif"), image, ...argv]), 1, /nowhere\.tif/);
    const broken = join(folder, "broken.tif");
    await Deno.writeTextFile(broken, "nothing");
    assertRefused(await segment([broken, image, ...argv]), 1, /broken\.tif/);
    await Deno.remove(broken);
    assert.deepEqual(await snapshot(folder), before);
  });
});

Deno.test("an image that fails after training leaves the classifier to the next", async () => {
  await withFolder(async (folder) => {
    const { image, strokes } = await writeSquares(folder);
    const other = await writeTiff(folder, "other.tif", drawSquares(threeSquares));
    const out = join(folder, "out");
    await Deno.mkdir(join(out, "squares_overlay.png/full"), { recursive: true });
    const argv = [image, other, "--annotation", strokes, "--out", out, "--overwrite", ...quick];
    const outcome = await segment([...argv, "--continue-on-error"]);
    assertRefused(outcome, 1, /squares_overlay\.png but a folder has this name/);
    assert.deepEqual(await namesIn(out), [
      ".daub_results.jsonl",
      "ObjectSegmenter.cl",
      "other_labels.tif",
      "other_overlay.png",
      "squares_overlay.png",
    ]);
  });
});

Deno.test("debugging shows where an error arose, and nothing else does", async () => {
  await withFolder(async (folder) => {
    const argv = [join(folder, "nowhere.tif"), "--annotation", join(folder, "s.tif")];
    assert.doesNotMatch((await segment(argv)).stderr, /^\s+at /m);
    assert.match((await segment([...argv, "--debug"])).stderr, /^\s+at /m);
  });
});

Deno.test("an interrupted run says so and leaves nothing behind", async () => {
  await withFolder(async (folder) => {
    const { image, strokes } = await writeSquares(folder);
    const before = await snapshot(folder);
    const controller = new AbortController();
    controller.abort("SIGINT");
    const argv = [image, "--annotation", strokes, "--out", join(folder, "out")];
    assertRefused(await segment(argv, controller.signal), 130, /was interrupted/);
    assert.deepEqual(await snapshot(folder), before);
  });
});

refuses(
  "strokes that are missing",
  /^error: Expected [^:]*missing\.tif/,
  (folder, image) =>
    Promise.resolve([image, "--annotation", join(folder, "missing.tif"), ...quick]),
);

for (const address of ["http://", "file://elsewhere/cells.tif"]) {
  refuses(
    `the address ${address}`,
    /Expected an address such as .* Check the address\./,
    (_folder, _image, strokes) => Promise.resolve([address, "--annotation", strokes, ...quick]),
  );
}
