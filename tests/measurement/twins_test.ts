import assert from "node:assert/strict";
import { measure } from "../../src/flow/measure.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import type { Image, Size } from "../../src/image/image.ts";
import { findLabelRuns } from "../../src/measurement/label_runs.ts";
import type { RegionSums } from "../../src/measurement/region_sums.ts";
import { sumRegionsCpu } from "../../src/measurement/region_sums_cpu.ts";
import { sumRegionsGpu } from "../../src/measurement/region_sums_gpu.ts";
import { readImage } from "../../src/image/read.ts";
import { backendTest } from "../support/backends.ts";
import { goldenJson, goldenPath, hasGolden } from "../support/golden.ts";
import { gpuTest } from "../support/gpu.ts";
import { assertClose } from "./close.ts";
import { randomCells, randomIntensities } from "./random_labels.ts";

const REQUEST = { moments: true, distances: true };

/** Every column of sums with its name. */
function columns(sums: RegionSums): [string, Float64Array][] {
  return [
    ["area", sums.area],
    ...["min", "max", "sum"].flatMap((name) =>
      sums[name as "min"].map((values, axis): [string, Float64Array] => [`${name} ${axis}`, values])
    ),
    ...sums.moments.map((values, i): [string, Float64Array] => [`moment ${i}`, values]),
    ["distance sum", sums.distances!.sum],
    ["distance max", sums.distances!.max],
    ...sums.channels.flatMap((channel, c): [string, Float64Array][] => [
      [`min of ${c}`, channel.min],
      [`max of ${c}`, channel.max],
      [`sum of ${c}`, channel.sum],
      ...channel.weighted.map((v, axis): [string, Float64Array] => [`weighted ${axis} of ${c}`, v]),
      [`squares of ${c}`, channel.squares],
      [`mass distance sum of ${c}`, channel.distances!.sum],
      [`mass distance max of ${c}`, channel.distances!.max],
    ]),
  ];
}

function assertSame(actual: RegionSums, expected: RegionSums): void {
  const found = columns(actual);
  for (const [i, [name, values]] of columns(expected).entries()) {
    // Moments of different axes may cancel: what counts is how they compare with the extent.
    const floor = /^moment [345]/.test(name)
      ? expected.area.map((n, o) => n * (expected.max[0][o] - expected.min[0][o] + 1))
      : undefined;
    found[i][1].forEach((value, o) => {
      const tolerance = 1e-6 * Math.max(Math.abs(values[o]), floor?.[o] ?? 0);
      const isSame = Object.is(value, values[o]) || Math.abs(value - values[o]) <= tolerance;
      assert.ok(isSame, `${name}[${o}]: the CPU has ${values[o]}, the GPU ${value}`);
    });
  }
}

async function compare(labels: Image<Uint32Array>, images: readonly Image[], maxBytes?: number) {
  const runs = findLabelRuns(labels.data, labels);
  const count = labels.data.reduce((most, label) => Math.max(most, label), 0);
  const channels = images.map(({ data }) => data as Float32Array);
  using gpu = await Gpu.open();
  const actual = await sumRegionsGpu(gpu, runs, count, labels, channels, REQUEST, maxBytes);
  assertSame(actual, sumRegionsCpu(runs, count, labels, channels, REQUEST));
}

const flat: Size = { width: 131, height: 97, depth: 1 };
const deep: Size = { width: 31, height: 27, depth: 14 };

gpuTest("both twins sum up the same objects, flat and deep, in several channels", async () => {
  for (const size of [flat, deep]) {
    const labels = randomCells(size, 40, 3);
    const bytes = { ...labels, data: Uint8Array.from(labels.data, (v, i) => v * 7 + i * i) };
    await compare(labels, [randomIntensities(size, 4), bytes]);
  }
});

gpuTest("in strips that a small device can hold, the sums are the same", async () => {
  const labels = randomCells(deep, 40, 3);
  await compare(labels, [randomIntensities(deep, 4)], 4096);
});

gpuTest("bright offsets, negative values, outliers and constants lose no digits", async () => {
  const labels = randomCells(flat, 12, 5);
  const noise = randomIntensities(flat, 6).data;
  const images = [
    noise.map((value) => 60_000 + value / 100),
    noise.map((value) => -value * 1e-12),
    noise.map((value, i) => i % 1000 === 0 ? 1e7 : value),
    noise.map(() => 3),
    noise.map((value) => value * 1e30),
  ];
  await compare(labels, images.map((data) => ({ ...labels, data })));
});

gpuTest("one object that fills a large image is summed up exactly", async () => {
  const size = { width: 3000, height: 1500, depth: 1 };
  const labels = { data: new Uint32Array(4_500_000).fill(1), ...size };
  const data = Uint16Array.from(labels.data, (_, i) => i * 2654435761 >>> 16);
  await compare(labels, [{ ...size, data }]);
});

gpuTest("intensities whose sum is 0 have no mass centre in either twin", async () => {
  const size = { width: 4, height: 1, depth: 1 };
  const labels = { data: Uint32Array.of(1, 1, 2, 2), ...size };
  await compare(labels, [{ ...size, data: Float32Array.of(0, 0, 1, 3) }]);
});

backendTest(
  `blobs measure as in the reference${hasGolden ? "" : " (skipped: DAUB_GOLDEN is not set)"}`,
  async (backend) => {
    const expected = goldenJson<Record<string, number[]>>("golden/objects/blobs_statistics.json");
    const [labels] = await readImage(goldenPath("golden/blobs_medium_quick/labels.tif"));
    const image = await readImage(goldenPath("data/blobs.tif"));
    const table = await measure(labels, image, { properties: "apoc", backend });
    assert.deepEqual(Object.keys(table.columns), Object.keys(expected));
    for (const [name, values] of Object.entries(expected)) {
      // The reference adds up in 32-bit floats, which costs its largest distances 1.1e-6.
      assertClose(table.columns[name], values, 1.3e-6, name);
    }
  },
  { ignore: !hasGolden },
);
