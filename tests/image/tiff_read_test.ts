import assert from "node:assert/strict";
import { deflateRawSync, deflateSync, zstdCompressSync } from "node:zlib";
import { readImage } from "../../src/image/read.ts";
import { rejectsDaub } from "../support/errors.ts";
import { buildTiff, greyFields, packed, type TestPage } from "./tiff_bytes.ts";

const TYPES = [
  ["uint", 8, 1, Uint8Array, [0, 1, 127, 128, 254, 255]],
  ["uint", 16, 1, Uint16Array, [0, 1, 255, 256, 32768, 65535]],
  ["uint", 32, 1, Uint32Array, [0, 1, 65536, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1]],
  ["uint", 64, 1, BigUint64Array, [0n, 1n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]],
  ["int", 8, 2, Int8Array, [0, 1, 127, -1, -127, -128]],
  ["int", 16, 2, Int16Array, [0, 1, 255, -256, -32768, 32767]],
  ["int", 32, 2, Int32Array, [0, 1, 65536, -1, -(2 ** 31), 2 ** 31 - 1]],
  ["int", 64, 2, BigInt64Array, [0n, 1n, -1n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 63n - 1n]],
  ["float", 32, 3, Float32Array, [0, 0.5, -1.25, 2 ** 100, 2 ** -140, Infinity]],
  ["float", 64, 3, Float64Array, [0, 0.1, -1.25, 1e300, 5e-324, -Infinity]],
] as const;

for (const littleEndian of [true, false]) {
  for (const big of [false, true]) {
    const order = littleEndian ? "little" : "big";
    Deno.test(`every sample type is read, ${order} endian, ${big ? "BigTIFF" : "classic"}`, async () => {
      for (const [kind, bits, format, array, values] of TYPES) {
        const file = buildTiff([{
          fields: greyFields(3, 2, bits, { 339: [format] }),
          segments: [packed(values, kind, bits, littleEndian)],
        }], { littleEndian, big });
        const [image, ...more] = await readImage(file);
        assert.deepEqual(more, []);
        assert.deepEqual([image.width, image.height, image.depth], [3, 2, 1]);
        assert.ok(image.data instanceof array, `${kind}${bits}`);
        assert.deepEqual([...image.data], [...values], `${kind}${bits}`);
      }
    });
  }
}

const PIXELS = [10, 20, 30, 40, 50, 60];

/** TIFF's LZW with 9-bit codes and no table: clear, the bytes, end. */
function lzw(bytes: readonly number[]): Uint8Array {
  const bits = [256, ...bytes, 257].map((code) => code.toString(2).padStart(9, "0")).join("");
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  return Uint8Array.from(padded.match(/.{8}/g)!, (byte) => parseInt(byte, 2));
}

const COMPRESSED: [name: string, code: number, bytes: Uint8Array][] = [
  ["LZW", 5, lzw(PIXELS)],
  ["deflate", 8, deflateSync(Uint8Array.from(PIXELS))],
  ["deflate of the old number", 32946, deflateSync(Uint8Array.from(PIXELS))],
  [
    "deflate with padding behind it",
    8,
    Uint8Array.of(...deflateSync(Uint8Array.from(PIXELS)), 0, 0),
  ],
  ["deflate of more rows than there are", 8, deflateSync(Uint8Array.from([...PIXELS, 9, 9, 9]))],
  ["PackBits literals", 32773, Uint8Array.of(5, ...PIXELS)],
  ["PackBits with nothing in between", 32773, Uint8Array.of(2, 10, 20, 30, 128, 2, 40, 50, 60)],
  ["zstd", 50000, zstdCompressSync(Uint8Array.from(PIXELS))],
];

for (const [name, code, bytes] of COMPRESSED) {
  Deno.test(`a strip compressed by ${name} is read`, async () => {
    const file = buildTiff([{ fields: greyFields(3, 2, 8, { 259: [code] }), segments: [bytes] }]);
    const [image] = await readImage(file);
    assert.deepEqual(image.data, Uint8Array.from(PIXELS));
  });
}

Deno.test("PackBits runs are repeated", async () => {
  const bytes = Uint8Array.of(0xfd, 7, 0, 8, 0xff, 9);
  const file = buildTiff([{ fields: greyFields(7, 1, 8, { 259: [32773] }), segments: [bytes] }]);
  const [image] = await readImage(file);
  assert.deepEqual(image.data, Uint8Array.of(7, 7, 7, 7, 8, 9, 9));
});

Deno.test("damaged compressed strips are refused", async () => {
  const damage: [number, Uint8Array][] = COMPRESSED
    .filter(([, code, bytes]) => code !== 8 || bytes.length < 16)
    .map(([, code, bytes]) => [code, bytes.subarray(0, bytes.length - 4)]);
  const flipped = deflateSync(Uint8Array.from(PIXELS));
  flipped[flipped.length - 1] ^= 1;
  // A block of the reserved type, in a frame that keeps silent about its size.
  const reserved = zstdCompressSync(Uint8Array.from(PIXELS));
  reserved[6] |= 6;
  damage.push([8, flipped], [8, deflateRawSync("no")], [50000, reserved]);
  for (const [code, bytes] of damage) {
    const file = buildTiff([{ fields: greyFields(3, 2, 8, { 259: [code] }), segments: [bytes] }]);
    await rejectsDaub("file", /cut off or damaged/, () => readImage(file));
  }
});

Deno.test("horizontal differences are summed row by row, modulo the type", async () => {
  const rows = [250, 10, 10, 1, 255, 1];
  const file = buildTiff([{
    fields: greyFields(3, 2, 8, { 259: [8], 317: [2] }),
    segments: [deflateSync(Uint8Array.from(rows))],
  }]);
  const [image] = await readImage(file);
  assert.deepEqual(image.data, Uint8Array.of(250, 4, 14, 1, 0, 1));
});

Deno.test("horizontal differences of 64 bits are summed", async () => {
  const deltas = packed([2n ** 63n, 5n, 2n ** 64n - 1n], "uint", 64, false);
  const file = buildTiff([{
    fields: greyFields(3, 1, 64, { 259: [8], 317: [2] }),
    segments: [deflateSync(deltas)],
  }], { littleEndian: false });
  const [image] = await readImage(file);
  assert.deepEqual(image.data, BigUint64Array.of(2n ** 63n, 2n ** 63n + 5n, 2n ** 63n + 4n));
});

Deno.test("the floating point predictor is undone", async () => {
  // 1 is 3f 80 00 00 and 2 is 40 00 00 00: byte planes 3f 40, 80 00, 00 00, 00 00, as differences.
  const stored = Uint8Array.of(0x3f, 0x01, 0x40, 0x80, 0x00, 0x00, 0x00, 0x00);
  const file = buildTiff([{
    fields: greyFields(2, 1, 32, { 259: [8], 317: [3], 339: [3] }),
    segments: [deflateSync(stored)],
  }]);
  const [image] = await readImage(file);
  assert.deepEqual(image.data, Float32Array.of(1, 2));
});

Deno.test("tiles are cut at the edges and their differences start anew in each", async () => {
  const tile = (value: number) => {
    const rows = new Uint8Array(16 * 16);
    for (let y = 0; y < 16; y++) rows.set([value + y, 1, 1], y * 16);
    return deflateSync(rows);
  };
  const file = buildTiff([{
    fields: greyFields(18, 17, 8, { 259: [8], 317: [2], 322: [16], 323: [16] }),
    segments: [tile(0), tile(50), tile(100), tile(150)],
    tiled: true,
  }]);
  const [{ data }] = await readImage(file);
  for (let y = 0; y < 17; y++) {
    for (let x = 0; x < 18; x++) {
      const start = (x < 16 ? 0 : 50) + (y < 16 ? 0 : 100) + y % 16;
      assert.equal(data[y * 18 + x], start + Math.min(x % 16, 2), `(${x}, ${y})`);
    }
  }
});

Deno.test("samples of a pixel are channels, interleaved or in planes", async () => {
  const rgb = { 258: [8, 8, 8], 262: [2], 277: [3], 278: [1] };
  const interleaved = buildTiff([{
    fields: greyFields(2, 2, 8, rgb),
    segments: [Uint8Array.of(1, 11, 21, 2, 12, 22), Uint8Array.of(3, 13, 23, 4, 14, 24)],
  }]);
  const planar = buildTiff([{
    fields: greyFields(2, 2, 8, { ...rgb, 284: [2] }),
    segments: [[1, 2], [3, 4], [11, 12], [13, 14], [21, 22], [23, 24]].map((row) =>
      Uint8Array.from(row)
    ),
  }]);
  const expected = [[1, 2, 3, 4], [11, 12, 13, 14], [21, 22, 23, 24]];
  for (const file of [interleaved, planar]) {
    const channels = await readImage(file);
    assert.deepEqual(channels.map(({ data }) => [...data]), expected);
  }
});

Deno.test("white-is-zero and palette images keep their stored values", async () => {
  for (const photometric of [0, 3]) {
    const file = buildTiff([{
      fields: greyFields(3, 2, 8, { 262: [photometric] }),
      segments: [Uint8Array.from(PIXELS)],
    }]);
    const [image] = await readImage(file);
    assert.deepEqual([...image.data], PIXELS);
  }
});

Deno.test("the bytes of the source are left as they were", async () => {
  const file = buildTiff([{
    fields: greyFields(3, 1, 16),
    segments: [packed([1, 2, 3], "uint", 16, false)],
  }], { littleEndian: false });
  const before = file.slice();
  await readImage(file);
  assert.deepEqual(file, before);
});

const grey = (more: Record<number, readonly number[]>, bits = 8): TestPage => ({
  fields: greyFields(3, 2, bits, more),
  segments: [new Uint8Array(6 * Math.max(1, bits / 8))],
});

const UNREAD: [name: string, page: TestPage, message: RegExp, big?: boolean][] = [
  ["JPEG compression", grey({ 259: [7] }), /JPEG \(7\)/],
  ["an unknown compression", grey({ 259: [4711] }), /found 4711/],
  ["YCbCr colours", grey({ 262: [6] }), /YCbCr/],
  ["1 bit", grey({}, 1), /1 bits, unsigned/],
  ["12 bits", grey({}, 12), /12 bits/],
  ["complex numbers", grey({ 339: [6] }, 64), /64 bits, complex/],
  ["16-bit floats", grey({ 339: [3] }, 16), /16 bits, floating point/],
  ["samples of several types", grey({ 258: [8, 16], 277: [2] }), /several at once/],
  ["reversed bits", grey({ 266: [2] }), /bit order/],
  ["an unknown predictor", grey({ 259: [8], 317: [4] }), /predictor/],
  ["PackBits with a predictor", grey({ 259: [32773], 317: [2] }), /PackBits/],
  ["float prediction of integers", grey({ 259: [8], 317: [3] }), /predictor/],
  ["volumes in a page", grey({ 32997: [2] }), /depth per page/],
  ["LZW of before 1992", { ...grey({ 259: [5] }), segments: [Uint8Array.of(0, 1, 2)] }, /1992/],
  ["an empty strip", { ...grey({ 259: [8] }), segments: [new Uint8Array()] }, /empty/],
];

for (const [name, page, message] of UNREAD) {
  Deno.test(`a TIFF with ${name} is refused by name`, async () => {
    await rejectsDaub("image", message, () => readImage(buildTiff([page])));
  });
}

Deno.test("the floating point predictor of a big-endian file is refused by name", async () => {
  const page = grey({ 259: [8], 317: [3], 339: [3] }, 32);
  const file = buildTiff([page], { littleEndian: false });
  await rejectsDaub("image", /big-endian/, () => readImage(file));
});
