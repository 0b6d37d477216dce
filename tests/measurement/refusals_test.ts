import assert from "node:assert/strict";
import { DaubError } from "../../src/errors.ts";
import { measure } from "../../src/flow/measure.ts";
import { rejectsDaub } from "../support/errors.ts";

const row = <Data extends Uint8Array | Float64Array | Int32Array | Float32Array>(data: Data) => ({
  data,
  width: data.length,
  height: 1,
  depth: 1,
});

const labels = row(Uint8Array.of(1, 0, 2));
const image = row(Float32Array.of(5, 6, 7));
const cpu = { backend: "cpu" } as const;

Deno.test("labels and image of different sizes are refused, with both sizes", () =>
  rejectsDaub(
    "image",
    /labels of 3 × 1 and an image of 2 × 1/,
    () => measure(labels, row(Float32Array.of(1, 2)), cpu),
  ));

Deno.test("pixels that are no labels are refused, with their place", async () => {
  for (const value of [-1, 1.5, NaN, Infinity]) {
    await rejectsDaub(
      "image",
      new RegExp(`found ${value} at \\(1, 0\\)`),
      () => measure(row(Float64Array.of(0, value)), undefined, cpu),
    );
  }
  await rejectsDaub(
    "image",
    /found -7 at \(0, 0\)/,
    () => measure(row(Int32Array.of(-7)), undefined, cpu),
  );
});

Deno.test("what needs an image is refused without one, by its name", () =>
  rejectsDaub(
    "options",
    /mean_intensity is measured from/,
    () => measure(labels, undefined, { ...cpu, properties: ["area", "mean_intensity"] }),
  ));

Deno.test("what needs a voxel size is refused without one", () =>
  rejectsDaub(
    "options",
    /voxel size, in whose unit area_physical/,
    () => measure(labels, undefined, { ...cpu, properties: ["area_physical"] }),
  ));

Deno.test("a misspelt name is answered with the right one", () =>
  rejectsDaub(
    "options",
    /Did you mean mean_intensity\?/,
    () => measure(labels, image, { ...cpu, properties: ["mean_intesity"] }),
  ));

Deno.test("a name needs the number that belongs to it", async () => {
  for (
    const [name, expected] of [
      ["average_distance_of_n_nearest_neighbors=0", /whole number from 1 to 1000/],
      ["average_distance_of_n_nearest_neighbors=1.5", /whole number from 1 to 1000/],
      ["percentile_intensity=101", /number from 0 to 100/],
      ["percentile_intensity=", /number from 0 to 100/],
      ["average_distance_of_n_nearest_neighbors=-1", /whole number from 1 to 1000/],
      ["average_distance_of_n_nearest_neighbors=1001", /whole number from 1 to 1000/],
      ["average_distance_of_n_nearest_neighbors=0x10", /whole number from 1 to 1000/],
      ["proximal_neighbor_count_d-3", /number of at least 0/],
      ["proximal_neighbor_count_d1e999", /number of at least 0/],
    ] as const
  ) {
    await rejectsDaub("options", expected, () =>
      measure(labels, image, {
        ...cpu,
        properties: [name],
      }));
  }
  await rejectsDaub(
    "options",
    /whole number from 1 to 1000/,
    () => measure(labels, image, { ...cpu, properties: "all", nearest: [0] }),
  );
});

Deno.test("a channel that is not there and a set that is none are refused", async () => {
  await rejectsDaub(
    "options",
    /one of 2 channels but found channel 3/,
    () => measure(labels, [image, image], { ...cpu, properties: ["mean_intensity_channel3"] }),
  );
  await rejectsDaub(
    "options",
    /"default", "apoc", "neighbors" or "all" but found "some"/,
    () => measure(labels, image, { ...cpu, properties: "some" as "all" }),
  );
});

Deno.test("channels count from 1", () =>
  rejectsDaub(
    "options",
    /one of 1 channels but found channel 0/,
    () => measure(labels, image, { ...cpu, properties: ["mean_intensity_channel0"] }),
  ));

Deno.test("numbers of any size are part of a name that can be asked for again", async () => {
  const names = [
    "percentile_intensity=0.0000001",
    "proximal_neighbor_count_d99999999999999999999999",
  ];
  const { columns } = await measure(labels, image, { ...cpu, properties: names });
  const again = await measure(labels, image, { ...cpu, properties: Object.keys(columns) });
  assert.deepEqual(Object.keys(again.columns), [
    "percentile_intensity=1e-7",
    "proximal_neighbor_count_d1e+23",
  ]);
  assert.deepEqual([...again.columns["proximal_neighbor_count_d1e+23"]], [1, 1]);
});

Deno.test("hostile names are refused in a sentence of bounded length", async () => {
  for (const name of ["__proto__", "constructor", "area\0", "area*/", "a".repeat(1e6), ""]) {
    await assert.rejects(
      () => measure(labels, image, { ...cpu, properties: [name] }),
      (error) =>
        error instanceof DaubError && error.tag === "options" && error.message.length < 3000,
    );
  }
});

Deno.test("a voxel size that is not positive is refused, with its axis", async () => {
  for (const y of [0, -1, NaN, Infinity]) {
    await rejectsDaub(
      "image",
      new RegExp(`more than 0 along y but found ${y} micron`),
      () => measure({ ...labels, voxelSize: { x: 1, y, z: 1, unit: "micron" } }, image, cpu),
    );
  }
});

Deno.test("without an image or without pixels there is nothing to measure", async () => {
  for (const nothing of [undefined, null, "labels.tif"]) {
    await rejectsDaub(
      "image",
      /Expected an image, which has pixels/,
      () => measure(nothing as unknown as typeof labels, undefined, cpu),
    );
  }
  await rejectsDaub(
    "image",
    /one image but found a list of 1, as readImage/,
    () => measure([labels] as unknown as typeof labels, undefined, cpu),
  );
  for (const size of [{ width: 0 }, { height: 0 }, { depth: 0 }, { width: -3 }, { width: 1.5 }]) {
    const empty = { ...row(new Uint8Array(0)), width: 1, ...size };
    await rejectsDaub("image", /integer greater than 0/, () => measure(empty, undefined, cpu));
  }
});

Deno.test("labels take 32 bits, and no more", async () => {
  const large = row(Float64Array.of(2 ** 31 + 5, 2 ** 32 - 1, 0, 2 ** 31 + 5));
  const { columns } = await measure(large, undefined, { ...cpu, properties: ["label", "area"] });
  assert.deepEqual([...columns.label], [2 ** 31 + 5, 2 ** 32 - 1]);
  assert.deepEqual([...columns.area], [2, 1]);
  for (const value of [2 ** 32, -(2 ** 31)]) {
    await rejectsDaub(
      "image",
      new RegExp(`found ${value} at`),
      () => measure(row(Float64Array.of(value)), undefined, cpu),
    );
  }
});

Deno.test("intensities that are not finite are refused, with their place", () =>
  rejectsDaub(
    "image",
    /found NaN at \(2, 0\)/,
    () => measure(labels, row(Float32Array.of(1, 2, NaN)), cpu),
  ));

Deno.test("a label image without objects gives a table without rows", async () => {
  const { rowCount, columns } = await measure(row(Uint8Array.of(0, 0, 0)), image, {
    ...cpu,
    properties: "all",
  });
  assert.equal(rowCount, 0);
  assert.ok(Object.keys(columns).length > 50);
  for (const [name, values] of Object.entries(columns)) assert.equal(values.length, 0, name);
});

Deno.test("gaps in the numbering leave no rows; the column label keeps the numbers", async () => {
  const gaps = row(Float64Array.of(7, 0, 3, 3));
  const { rowCount, columns } = await measure(gaps, row(Float32Array.of(1, 2, 3, 5)), {
    ...cpu,
    properties: ["label", "area", "mean_intensity", "touching_neighbor_count"],
  });
  assert.equal(rowCount, 2);
  assert.deepEqual([...columns.label], [3, 7]);
  assert.deepEqual([...columns.area], [2, 1]);
  assert.deepEqual([...columns.mean_intensity], [4, 1]);
});

Deno.test("every channel has its columns, or the one that is named", async () => {
  const channels = [image, row(Float32Array.of(10, 20, 30))];
  const both = await measure(labels, channels, { ...cpu, properties: ["area", "max_intensity"] });
  assert.deepEqual(Object.keys(both.columns), [
    "area",
    "max_intensity_channel1",
    "max_intensity_channel2",
  ]);
  assert.deepEqual([...both.columns.max_intensity_channel2], [10, 30]);
  const one = await measure(labels, channels, {
    ...cpu,
    properties: ["max_intensity_channel2"],
  });
  assert.deepEqual(Object.keys(one.columns), ["max_intensity_channel2"]);
});

Deno.test("a measurement that was cancelled ends", () =>
  rejectsDaub(
    "cancelled",
    /cancelled/,
    () => measure(labels, image, { ...cpu, signal: AbortSignal.abort() }),
  ));
