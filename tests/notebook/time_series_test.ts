import assert from "node:assert/strict";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import type { Image } from "../../src/image/image.ts";
import { openImage } from "../../src/image/read.ts";
import { encodeTiff } from "../../src/image/tiff_writer.ts";
import { decodeChannels, encodeChannels } from "../../src/notebook/channel_codec.ts";
import { defaultEngineOptions } from "../../src/notebook/engine_options.ts";
import { openLocalEngine } from "../../src/notebook/local_engine.ts";
import { seriesKey, stillImage, type TimeSeries } from "../../src/notebook/time_series.ts";
import { backendTest } from "../support/backends.ts";
import { rejectsDaub, throwsDaub } from "../support/errors.ts";
import { randomNumbers } from "../support/random.ts";

const SIZE = { width: 40, height: 30, depth: 1 };
const PIXELS = SIZE.width * SIZE.height;

/** Bright squares that are brighter, and others, at every time point. */
function squares(frame: number): Image<Float32Array> {
  const random = randomNumbers(frame + 1);
  const data = Float32Array.from({ length: PIXELS }, (_, i) => {
    const [x, y] = [i % SIZE.width, Math.floor(i / SIZE.width)];
    return ((x + frame) % 10 < 5 && y % 10 < 5 ? 100 + 20 * frame : 10) + 8 * random();
  });
  return { data, ...SIZE };
}

const series: TimeSeries = {
  frames: 3,
  read: (frame) => Promise.resolve([squares(frame)]),
};

/** A line in the given class. */
function line(y: number, from: number, end: number, value: number): Uint8Array {
  const annotation = new Uint8Array(PIXELS);
  annotation.fill(value, y * SIZE.width + from, y * SIZE.width + end);
  return annotation;
}

function stack(...frames: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(series.frames * PIXELS);
  frames.forEach((frame, t) => all.set(frame, t * PIXELS));
  return all;
}

const ground = line(7, 0, 20, 1);
const object = line(2, 8, 12, 2);
const both = ground.map((value, i) => value || object[i]);

backendTest("strokes of all time points are learnt from, one is segmented", async (backend) => {
  const first = await ObjectSegmenter.train({
    image: squares(0),
    annotation: { data: both, ...SIZE },
    backend,
  });
  const segmenter = await first.continueTraining({
    image: squares(2),
    annotation: { data: object, ...SIZE },
    backend,
  });
  for (const featureBytes of [undefined, 0]) {
    await using engine = await openLocalEngine(squares(0), { backend, series, featureBytes });
    assert.deepEqual(engine.image.size, { ...SIZE, frames: 3 });
    const options = defaultEngineOptions(SIZE);
    const annotation = stack(both, new Uint8Array(PIXELS), object);
    for (const frame of [0, 1, 2]) {
      const result = await engine.compute({ revision: 1, annotation, frame, options });
      assert.equal(result.frame, frame);
      assert.equal(result.classifier.text, segmenter.toString());
      const expected = await segmenter.predict(squares(frame), { backend });
      assert.deepEqual(result.labels, expected);
      const { samples, train } = result.milliseconds;
      assert.equal(samples !== undefined, frame === 0, "samples are taken once");
      assert.equal(train !== undefined, frame === 0, "the forest stays at another time point");
    }
  }
});

Deno.test("time points are read when asked for, and others are refused", async () => {
  await using engine = await openLocalEngine(squares(0), { backend: "cpu", series });
  assert.deepEqual(await engine.frame(2), [squares(2)]);
  await rejectsDaub("options", /time point from 0 to 2/, () => engine.frame(3));
  await rejectsDaub("options", /time point/, () => engine.frame(-1));
  const options = defaultEngineOptions(SIZE);
  const annotation = stack(both);
  await rejectsDaub(
    "options",
    /time point/,
    () => engine.compute({ revision: 0, annotation, frame: 3, options }),
  );
  await rejectsDaub(
    "annotation",
    /like the image/,
    () => engine.compute({ revision: 0, annotation: both, options }),
  );
  const uneven = {
    ...series,
    read: () => Promise.resolve([{ ...squares(0), width: 20, height: 60 }]),
  };
  await rejectsDaub(
    "image",
    /of one size/,
    () => openLocalEngine(squares(0), { backend: "cpu", series: uneven }),
  );
});

Deno.test("a series is named by its content: its ends, its middle and its length", async () => {
  const first = [squares(0)];
  const key = await seriesKey(series, first);
  assert.match(key, /^[0-9a-f]{64}$/);
  assert.equal(await seriesKey({ ...series }, [squares(0)]), key);
  const others = [
    stillImage(first),
    { ...series, frames: 4 },
    { ...series, read: (frame: number) => series.read(frame === 2 ? 1 : frame) },
  ];
  for (const other of others) assert.notEqual(await seriesKey(other, first), key);
});

Deno.test("channels survive the way from server to page; damaged ones are refused", async () => {
  const data = await encodeTiff({
    ...SIZE,
    data: Uint16Array.from({ length: PIXELS }, (_, i) => i),
  });
  const [channel] = await (await openImage(data)).read();
  const bytes = encodeChannels([channel, { ...squares(1), name: "DAPI" }]);
  const [one, other] = decodeChannels(bytes, SIZE);
  assert.deepEqual(one.data, channel.data);
  assert.deepEqual(other, { ...squares(1), name: "DAPI" });
  throwsDaub("server", /bytes/, () => decodeChannels(bytes, { ...SIZE, width: 41 }));
  throwsDaub("server", /MessagePack/, () => decodeChannels(bytes.subarray(0, 99), SIZE));
});
