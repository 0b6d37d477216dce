import assert from "node:assert/strict";
import { measure } from "../../src/flow/measure.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import type { Image, Size } from "../../src/image/image.ts";
import { findLabelRuns } from "../../src/measurement/label_runs.ts";
import type { RegionSums } from "../../src/measurement/region_sums.ts";
import { sumRegionsCpu } from "../../src/measurement/region_sums_cpu.ts";
import { sumRegionsGpu } from "../../src/measurement/region_sums_gpu.ts";
import { readImage } from "../../src/image/read.ts";
import type { Table } from "../../src/measurement/table.ts";
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

backendTest("intensities keep the digits that 32-bit floats do not have", async (backend) => {
  const labels = { data: Uint8Array.of(1, 1, 0, 2, 2), width: 5, height: 1, depth: 1 };
  const properties = ["min_intensity", "mean_intensity", "standard_deviation_intensity"];
  for (
    const data of [
      Float64Array.of(1000.000001, 1000.000003, 0, 2 ** 30 + 1, 2 ** 30 + 3),
      Int32Array.of(16_777_217, 16_777_219, 0, -16_777_221, -16_777_219),
      Uint32Array.of(4_294_967_293, 4_294_967_295, 0, 16_777_217, 16_777_219),
      BigInt64Array.of(2n ** 40n + 1n, 2n ** 40n + 3n, 0n, -1n, 1n),
    ]
  ) {
    const { columns } = await measure(labels, { ...labels, data }, { properties, backend });
    const values = Array.from(data as ArrayLike<number | bigint>, Number);
    const pairs = [values.slice(0, 2), values.slice(3)];
    assertClose(columns.min_intensity, pairs.map(([a]) => a), 0, "least");
    assertClose(columns.mean_intensity, pairs.map(([a, b]) => (a + b) / 2), 1e-15, "mean");
    const deviations = pairs.map(([a, b]) => (b - a) / 2);
    assertClose(columns.standard_deviation_intensity, deviations, 1e-12, "deviation");
  }
});

gpuTest(
  "every column is the same on both backends to 1e-6, and in every run to the bit",
  async () => {
    for (const size of [flat, deep, { width: 3, height: 3, depth: 60 }]) {
      const voxelSize = { x: 0.3, y: 0.3, z: 1.1, unit: "micron" };
      const labels = { ...randomCells(size, 30, 7), voxelSize };
      const noise = randomIntensities(size, 8);
      const bytes = { ...size, data: Uint8Array.from(noise.data, (v, i) => v * 7 + i * i) };
      const signed = { ...size, data: Float32Array.from(noise.data, (v) => v - 125) };
      const options = { properties: "all", nearest: [1, 3], percentiles: [1.5, 75] } as const;
      const tables: Table[] = [];
      for (const backend of ["cpu", "gpu", "cpu", "gpu"] as const) {
        tables.push(await measure(labels, [noise, bytes, signed], { ...options, backend }));
      }
      const [cpu, gpu, cpuAgain, gpuAgain] = tables.map(({ columns }) => columns);
      assert.ok(Object.keys(cpu).length > 100);
      for (const name of Object.keys(cpu)) {
        assertClose(gpu[name], cpu[name], 1e-6, name);
        assert.deepEqual(cpuAgain[name], cpu[name], name);
        assert.deepEqual(gpuAgain[name], gpu[name], name);
      }
    }
  },
);

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
