import assert from "node:assert/strict";
import {
  encodeTiff,
  formatCsv,
  measure,
  ObjectSegmenter,
  openBackend,
  PixelClassifier,
  readImage,
} from "../../mod.ts";
import { LocalApplier } from "../../src/notebook/local_applier.ts";
import { buildTiff, description, greyFields, type TestPage } from "../image/tiff_bytes.ts";
import { rejectsDaub } from "../support/errors.ts";
import { samePixels } from "../support/same_pixels.ts";

const SIZE = { width: 20, height: 10, depth: 1 };
const BACKEND = { backend: "cpu" } as const;

/** Bright squares, moved to the right. */
function squares(by = 0) {
  const isIn = (x: number, y: number) => x % 10 > 3 && x % 10 < 8 && y > 2 && y < 7;
  const data = Uint8Array.from(
    { length: 200 },
    (_, i) => isIn((i + 20 - by) % 20, Math.floor(i / 20)) ? 200 : 20,
  );
  return { data, ...SIZE };
}

const training = {
  image: squares(),
  annotation: {
    data: squares().data.map((value, i) => i % 20 > 9 ? 0 : value > 100 ? 2 : 1),
    ...SIZE,
  },
  features: "original gaussian_blur=1",
  numTrees: 5,
  ...BACKEND,
};

async function applier(text: string, maxPixels?: number) {
  const made = new LocalApplier(() => openBackend("cpu"), maxPixels);
  await made.load(text, "a.cl");
  return made;
}

Deno.test("an image has the labels and measurements that the library finds", async () => {
  const segmenter = await ObjectSegmenter.train(training);
  await using applied = await applier(segmenter.toString());
  const image = squares(3);
  const progress: number[] = [];
  const found = await applied.apply({ source: await encodeTiff(image), name: "a.tif" }, {
    onProgress: ({ fraction }) => progress.push(fraction),
  });
  const expected = await segmenter.predict(image, BACKEND);
  const [{ labels, table, count }, ...others] = found.frames;
  assert.deepEqual([found.width, found.height, found.depth, count], [20, 10, 1, expected.count]);
  assert.equal(others.length, 0);
  samePixels((await readImage(labels))[0].data as Uint16Array, expected.data);
  assert.equal(table, formatCsv(await measure(expected, image, BACKEND)));
  assert.ok(found.milliseconds > 0);
  assert.equal(progress.at(-1), 1);
  assert.deepEqual(progress, progress.toSorted((a, b) => a - b));
});

Deno.test("every time point of a series is segmented", async () => {
  const segmenter = await ObjectSegmenter.train(training);
  await using applied = await applier(segmenter.toString());
  const pages = [0, 1, 5].map((by, frame): TestPage => ({
    fields: [
      ...greyFields(20, 10, 8),
      ...(frame === 0 ? [description("ImageJ=1.53c\nimages=3\nframes=3\n")] : []),
    ],
    segments: [squares(by).data],
  }));
  const { frames } = await applied.apply({ source: buildTiff(pages), name: "series.tif" });
  assert.equal(frames.length, 3);
  for (const [i, by] of [0, 1, 5].entries()) {
    const expected = await segmenter.predict(squares(by), BACKEND);
    samePixels((await readImage(frames[i].labels))[0].data as Uint16Array, expected.data);
  }
});

Deno.test("a classifier looks at the channels that are chosen, in its order, at every time point", async () => {
  const ground = { ...squares(), data: squares().data.map((value) => 255 - value) };
  const both = await ObjectSegmenter.train({ ...training, image: [squares(), ground] });
  const one = await ObjectSegmenter.train(training);
  const pages = [0, 3].flatMap((
    by,
  ) => [new Uint8Array(200), squares(by).data, squares(by).data.map((value) => 255 - value)]).map((
    data,
    page,
  ): TestPage => ({
    fields: [
      ...greyFields(20, 10, 8),
      ...(page === 0
        ? [description("ImageJ=1.53c\nimages=6\nchannels=3\nframes=2\nhyperstack=true\n")]
        : []),
    ],
    segments: [data],
  }));
  const series = { source: buildTiff(pages), name: "series.tif" };
  const cases = [[one, [1]], [both, [1, 2]]] as const;
  for (const [segmenter, channels] of cases) {
    await using applied = await applier(segmenter.toString());
    const { frames } = await applied.apply(series, { channels });
    assert.equal(frames.length, 2);
    for (const [i, by] of [0, 3].entries()) {
      const inverse = { ...squares(by), data: squares(by).data.map((value) => 255 - value) };
      const image = [squares(by), inverse].slice(0, channels.length);
      const expected = await segmenter.predict(image, BACKEND);
      assert.equal(expected.count, frames[i].count);
      samePixels((await readImage(frames[i].labels))[0].data as Uint16Array, expected.data);
      assert.equal(frames[i].table, formatCsv(await measure(expected, image, BACKEND)));
    }
  }
});

Deno.test("channels that do not fit the classifier or the image are told of by their numbers", async () => {
  await using applied = await applier((await ObjectSegmenter.train(training)).toString());
  const three = await encodeTiff([squares(), squares(1), squares(2)]);
  const cases: [readonly number[] | undefined, "image" | "options", RegExp][] = [
    [
      undefined,
      "image",
      /1 channel, as the classifier.*found 3 in a\.tif\. Choose the channel that/,
    ],
    [[3], "image", /a channel 4 but found 3 channels in a\.tif/],
    [[0, 1], "options", /Expected 1 channel to be chosen.*found 2/],
    [[], "options", /Expected 1 channel to be chosen.*found 0/],
  ];
  for (const [channels, tag, message] of cases) {
    await rejectsDaub(
      tag,
      message,
      () => applied.apply({ source: three, name: "a.tif" }, { channels }),
    );
  }
  await using pair = await applier(
    (await ObjectSegmenter.train({ ...training, image: [squares(), squares(1)] })).toString(),
  );
  const source = await encodeTiff(squares());
  await rejectsDaub(
    "image",
    /2 channels.*found 1 in b\.tif\. Leave/,
    () => pair.apply({ source, name: "b.tif" }),
  );
});

Deno.test("what is no classifier of objects is refused, and the one before it is not applied", async () => {
  const text = (await ObjectSegmenter.train(training)).toString();
  await using applied = await applier(text);
  const wrong: [string, RegExp][] = [
    ["", /a.cl/],
    ["II*\0 is an image", /a.cl/],
    [text.slice(0, text.length / 2), /a.cl/],
    [(await PixelClassifier.train(training)).toString(), /ObjectSegmenter but found a Pixel/],
    [text.replace(/num_trees = \d+/, "num_trees = 4000000000"), /a.cl/],
  ];
  for (const [other, message] of wrong) {
    await rejectsDaub("classifier", message, () => applied.load(other, "a.cl"));
    const source = await encodeTiff(squares());
    await rejectsDaub("classifier", /found none/, () => applied.apply({ source, name: "a.tif" }));
  }
  const hostile = [["gaussian_blur=1e9", "features"], ["../../etc/passwd", "features"], [
    Array(50_000).fill("original").join(" "),
    "classifier",
  ]] as const;
  for (const [features, tag] of hostile) {
    const other = text.replace(/(feature_specification = ).*/, `$1${features}`);
    await rejectsDaub(tag, /Expected/, () => applied.load(other, "a.cl"));
  }
});

Deno.test("an image that is too large, damaged or of other dimensions is refused by its name", async () => {
  const text = (await ObjectSegmenter.train(training)).toString();
  await using applied = await applier(text, 200);
  const large = await encodeTiff({ data: new Uint8Array(201), width: 201, height: 1, depth: 1 });
  const volume = await encodeTiff({ data: new Uint8Array(64), width: 4, height: 4, depth: 4 });
  const whole = await encodeTiff(squares());
  const cases: [Uint8Array, "image" | "file", RegExp][] = [
    [large, "image", /at most 200 pixels.*201 in a\.tif/],
    [volume, "image", /2D image/],
    [whole.subarray(0, 60), "file", /a\.tif/],
    [new Uint8Array(0), "file", /a\.tif/],
  ];
  for (const [source, tag, message] of cases) {
    await rejectsDaub(tag, message, () => applied.apply({ source, name: "a.tif" }));
  }
  const { frames } = await applied.apply({ source: whole, name: "a.tif" });
  assert.equal(frames[0].count, 2, "the next one is segmented");
});

Deno.test("work stops when it is cancelled", async () => {
  const text = (await ObjectSegmenter.train(training)).toString();
  await using applied = await applier(text);
  const controller = new AbortController();
  const source = await encodeTiff(squares());
  await rejectsDaub("cancelled", /cancelled/, () =>
    applied.apply({ source, name: "a.tif" }, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    }));
});
