import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import fc from "npm:fast-check@4.10.2";
import type { Image, PixelArray } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import { encodeTiff } from "../../src/image/tiff_writer.ts";
import { rejectsDaub } from "../support/errors.ts";

const ARRAYS: [name: string, make: (bytes: Uint8Array<ArrayBuffer>) => PixelArray][] = [
  ["uint8", (b) => new Uint8Array(b.buffer)],
  ["uint16", (b) => new Uint16Array(b.buffer)],
  ["uint32", (b) => new Uint32Array(b.buffer)],
  ["uint64", (b) => new BigUint64Array(b.buffer)],
  ["int8", (b) => new Int8Array(b.buffer)],
  ["int16", (b) => new Int16Array(b.buffer)],
  ["int32", (b) => new Int32Array(b.buffer)],
  ["int64", (b) => new BigInt64Array(b.buffer)],
  ["float32", (b) => new Float32Array(b.buffer)],
  ["float64", (b) => new Float64Array(b.buffer)],
];

const size = fc.record({
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 40 }),
  depth: fc.integer({ min: 1, max: 4 }),
});

const bytesOf = ({ data }: Image) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

for (const [name, make] of ARRAYS) {
  Deno.test(`${name} images survive writing and reading, bit by bit`, async () => {
    await fc.assert(
      fc.asyncProperty(
        size,
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom("deflate" as const, "none" as const),
        fc.boolean(),
        fc.infiniteStream(fc.nat(255)),
        async (size, count, compression, bigTiff, stream) => {
          const pixels = size.width * size.height * size.depth;
          const channels = Array.from({ length: count }, (): Image => {
            const bytes = Uint8Array.from({ length: pixels * 8 }, () => stream.next().value);
            return { ...size, data: make(bytes).subarray(0, pixels) };
          });
          const read = await readImage(await encodeTiff(channels, { compression, bigTiff }));
          assert.equal(read.length, count);
          read.forEach((image, i) => {
            const { width, height, depth } = image;
            assert.deepEqual({ width, height, depth }, { ...size });
            assert.equal(image.data.constructor, channels[i].data.constructor);
            assert.deepEqual(bytesOf(image), bytesOf(channels[i]));
          });
        },
      ),
      { numRuns: 25, seed: 2 },
    );
  });
}

Deno.test("voxel size and unit survive writing and reading", async () => {
  const extent = fc.double({ min: 1e-4, max: 1e4, noNaN: true });
  const unit = fc.constantFrom("micron", "nm", "pixel", "inch", "Ångström 🔬");
  await fc.assert(
    fc.asyncProperty(
      fc.record({ x: extent, y: extent, z: extent, unit }),
      fc.constantFrom(Uint8Array, Uint32Array, Float32Array),
      async (voxelSize, array) => {
        const image = { data: new array(12), width: 2, height: 3, depth: 2, voxelSize };
        const [read] = await readImage(await encodeTiff(image));
        assert.equal(read.voxelSize?.unit, voxelSize.unit);
        for (const axis of ["x", "y", "z"] as const) {
          const relative = read.voxelSize![axis] / voxelSize[axis] - 1;
          assert.ok(Math.abs(relative) < 1e-9, `${axis}: ${read.voxelSize![axis]}`);
        }
      },
    ),
    { numRuns: 60, seed: 3 },
  );
});

Deno.test("decimal voxel sizes come back to the digit", async () => {
  for (const x of [0.1, 0.0645, 0.325, 1 / 3, 1.24, 160]) {
    const voxelSize = { x, y: x, z: 0.3, unit: "micron" };
    const image = { data: new Uint8Array(1), width: 1, height: 1, depth: 1, voxelSize };
    const [read] = await readImage(await encodeTiff(image));
    assert.deepEqual(read.voxelSize, voxelSize);
  }
});

/** The fields of all directories, parsed by the specification. */
function parse(bytes: Uint8Array): Map<number, number[]>[] {
  const view = new DataView(bytes.buffer);
  const pages = [];
  for (let at = view.getUint32(4, true); at !== 0;) {
    const count = view.getUint16(at, true);
    const page = new Map<number, number[]>();
    for (let i = 0; i < count; i++) {
      const entry = at + 2 + i * 12;
      const type = view.getUint16(entry + 2, true);
      const size = [0, 1, 1, 2, 4, 8][type];
      const values = view.getUint32(entry + 4, true);
      const from = size * values <= 4 ? entry + 8 : view.getUint32(entry + 8, true);
      const read = (k: number) =>
        size === 1
          ? bytes[from + k]
          : size === 2
          ? view.getUint16(from + 2 * k, true)
          : view.getUint32(from + size * k, true);
      page.set(view.getUint16(entry, true), Array.from({ length: values }, (_, k) => read(k)));
    }
    pages.push(page);
    at = view.getUint32(at + 2 + count * 12, true);
  }
  return pages;
}

Deno.test("fields are sorted and uncompressed pages adjoin, as ImageJ needs them", async () => {
  const image = { data: new Uint8Array(5 * 3 * 4), width: 5, height: 3, depth: 4 };
  const bytes = await encodeTiff(image, { compression: "none" });
  const pages = parse(bytes);
  assert.equal(pages.length, 4);
  pages.forEach((page, i) => {
    const tags = [...page.keys()];
    assert.deepEqual(tags, tags.toSorted((a, b) => a - b));
    assert.deepEqual(page.get(273), [8 + i * 15]);
    assert.deepEqual(page.get(279), [15]);
  });
  const text = String.fromCharCode(...pages[0].get(270)!);
  assert.match(text, /^ImageJ=1\.\d+.\nimages=4\nslices=4\n/);
  assert.match(text, /\n\0$/);
});

Deno.test("compressed strips are zlib streams of about a mebibyte", async () => {
  const image = { data: new Uint8Array(3000 * 1000).fill(5), width: 3000, height: 1000, depth: 1 };
  const bytes = await encodeTiff(image);
  const [page] = parse(bytes);
  assert.deepEqual(page.get(259), [8]);
  const rows = page.get(278)![0];
  assert.equal(page.get(273)!.length, Math.ceil(1000 / rows));
  const [at, length] = [page.get(273)![0], page.get(279)![0]];
  const strip = inflateSync(bytes.subarray(at, at + length));
  assert.equal(strip.length, rows * 3000);
  assert.ok(bytes.length < image.data.length / 100);
});

Deno.test("types that ImageJ does not have are described as tifffile does", async () => {
  const voxelSize = { x: 1, y: 1, z: 2, unit: "µm" };
  const channel = { data: new Uint32Array(12), width: 2, height: 3, depth: 2, voxelSize };
  const [page] = parse(await encodeTiff([channel, channel, channel]));
  const text = new TextDecoder().decode(Uint8Array.from(page.get(270)!.slice(0, -1)));
  // deno-lint-ignore no-control-regex
  assert.match(text, /^[\x00-\x7f]*$/);
  assert.deepEqual(JSON.parse(text), {
    shape: [2, 3, 3, 2],
    axes: "ZCYX",
    unit: "µm",
    spacing: 2,
  });
});

Deno.test("channels of different types or sizes are refused", async () => {
  const size = { width: 2, height: 1, depth: 1 };
  const bytes = { ...size, data: new Uint8Array(2) };
  const floats = { ...size, data: new Float32Array(2) };
  const large = { data: new Uint8Array(4), width: 2, height: 2, depth: 1 };
  await rejectsDaub("image", /one type/, () => encodeTiff([bytes, floats]));
  await rejectsDaub("image", /all channels/, () => encodeTiff([bytes, large]));
  await rejectsDaub("image", /at least one channel/, () => encodeTiff([]));
});

Deno.test("encoding can be cancelled", async () => {
  const image = { data: new Uint8Array(1), width: 1, height: 1, depth: 1 };
  const signal = AbortSignal.abort();
  await rejectsDaub("cancelled", /cancelled/, () => encodeTiff(image, { signal }));
});
