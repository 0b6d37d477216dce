import assert from "node:assert/strict";
import type { Backend } from "../../src/backend.ts";
import { GpuBackend } from "../../src/backends/gpu_backend.ts";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { computeFeaturesGpu, sampleFeaturesGpu } from "../../src/features/stack_gpu.ts";
import { cutTile, openSource } from "../../src/flow/source.ts";
import { cutRegion } from "../../src/flow/tiles.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import type { PackedPixels } from "../../src/image/image.ts";
import { gpuTest } from "../support/gpu.ts";
import { samePixels } from "../support/same_pixels.ts";
import { watchTransfers } from "../support/transfers.ts";
import { withTileLimit } from "../support/tile_limit.ts";
import { chainPlan, isotropic, randomNumbers } from "./chain_plan.ts";

/** Pixels of every value from the least to the largest of their type, the rest at random. */
function pixelsOf<T extends PackedPixels>(data: T, least: number, largest: number): T {
  const random = randomNumbers(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = least + Math.floor(random() * (largest - least + 1));
    data[i] = i === 0 ? least : i === 1 ? largest : i === 2 ? -1 : value;
  }
  return data;
}

/** Not a multiple of the pixels that a word holds. */
const size = { width: 53, height: 31, depth: 1 };
const PIXELS: readonly PackedPixels[] = [
  pixelsOf(new Uint8Array(53 * 31), 0, 255),
  pixelsOf(new Int8Array(53 * 31), -128, 127),
  pixelsOf(new Uint16Array(53 * 31), 0, 65_535),
  pixelsOf(new Int16Array(53 * 31), -32_768, 32_767),
  // A view that does not begin where a word does.
  pixelsOf(new Uint8Array(53 * 31 + 3).subarray(3), 0, 255),
];

const plan = chainPlan(2, [
  [],
  [{ kind: "gaussian", sigma: isotropic(1, 2) }],
  [{ kind: "stencil", name: "sobel" }],
]);

for (const data of PIXELS) {
  const name = `${data.constructor.name}${data.byteOffset > 0 ? " amid a buffer" : ""}`;
  gpuTest(`features of a ${name} are those of the same pixels as floats`, async () => {
    using gpu = await Gpu.open();
    const floats = { ...size, channels: [new Float32Array(data)] };
    const image = { ...size, data };
    for (
      const region of [wholeRegion(size), {
        x: 5,
        y: 3,
        z: 0,
        width: 17,
        height: 9,
        depth: 1,
      }]
    ) {
      const core = wholeRegion(region);
      const expected = await computeFeaturesGpu(
        gpu,
        cutTile(floats, region),
        plan,
        core,
        new Map(),
      );
      const tile = cutTile(openSource(image), region);
      assert.ok(tile.packed?.(0)?.BYTES_PER_ELEMENT! < 4, "pixels of fewer bits");
      const found = await computeFeaturesGpu(gpu, tile, plan, core, new Map());
      found.forEach((plane, i) => samePixels(plane, expected[i]));
      samePixels(found[0], tile.channels[0]);
    }
    const pixels = Uint32Array.of(0, 1, 2, data.length - 1);
    const tile = cutTile(openSource(image), wholeRegion(size));
    const samples = await sampleFeaturesGpu(gpu, tile, plan, pixels, new Map());
    samePixels(samples.filter((_, i) => i % 3 === 0), [...pixels].map((pixel) => data[pixel]));
    assert.equal(gpu.pool.numUsed, 0);
  });
}

gpuTest(
  "pixels whose memory was handed on after the image was opened are sent as floats",
  async () => {
    using gpu = await Gpu.open();
    const data = pixelsOf(new Uint8Array(53 * 31), 0, 255);
    const source = openSource({ ...size, data });
    const expected = Float32Array.from(data);
    structuredClone(data, { transfer: [data.buffer] });
    assert.equal(data.length, 0);
    const part = { x: 5, y: 3, z: 0, width: 17, height: 9, depth: 1 };
    for (const region of [wholeRegion(size), part]) {
      const tile = cutTile(source, region);
      const core = wholeRegion(region);
      const [original] = await computeFeaturesGpu(gpu, tile, plan, core, new Map());
      samePixels(original, cutRegion(expected, size, region));
    }
  },
);

const large = { width: 400, height: 300, depth: 1 };
const values = Uint8Array.from(
  { length: 400 * 300 },
  (_, i) => (i % 400 >> 4 ^ Math.floor(i / 400) >> 4) & 1 ? 200 - i % 7 : 20 + i % 11,
);
const annotation = { ...large, data: values.map((v, i) => i % 97 ? 0 : v > 100 ? 2 : 1) };

for (const fuse of [false, true]) {
  const where = fuse ? "in workgroup memory" : "in planes";
  gpuTest(
    `an image of 8 or 16 bits is sent in them and segmented as floats are ${where}`,
    async () => {
      const gpu = await Gpu.open();
      const transfers = watchTransfers(gpu.device);
      await using backend = new GpuBackend(gpu, "test", { fuse });
      const image = { ...large, data: new Float32Array(values) };
      const segmenter = await ObjectSegmenter.train({ image, annotation, backend });
      const segment = async (data: PackedPixels | Float32Array, on: Backend = backend) => {
        transfers.clear();
        const labels = (await segmenter.predict({ ...large, data }, { backend: on })).data;
        return { labels, bytes: transfers.uploaded };
      };
      await segment(image.data);
      const floats = await segment(image.data);
      assert.ok(floats.labels.some((label) => label > 10), "objects");
      for (const data of [values, new Uint16Array(values)]) {
        const packed = await segment(data);
        samePixels(packed.labels, floats.labels);
        // The forest is there already; what remains are parameters, the program of a kernel among them.
        assert.ok(packed.bytes >= data.byteLength, `${packed.bytes} bytes`);
        assert.ok(packed.bytes < data.byteLength + 32_768, `${packed.bytes} bytes`);
        const inTiles = await segment(data, withTileLimit(backend, 60_000));
        samePixels(inTiles.labels, floats.labels);
      }
    },
  );
}
