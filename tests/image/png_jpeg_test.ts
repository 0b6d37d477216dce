import assert from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import fc from "npm:fast-check@4.10.2";
import type { Image } from "../../src/image/image.ts";
import { encodePng } from "../../src/image/png.ts";
import { readImage, readImageInfo } from "../../src/image/read.ts";
import { rejectsDaub } from "../support/errors.ts";

/** Builds a PNG file chunk by chunk, by the specification and not by the code under test. */
function buildPng(
  [width, height, bits, colorType, interlace = 0]: number[],
  rows: readonly (readonly number[])[],
  extra: readonly [string, Uint8Array][] = [],
): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([bits, colorType, 0, 0, interlace], 8);
  const pixels = deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])));
  const chunks: [string, Uint8Array][] = [["IHDR", header], ...extra, ["IDAT", pixels]];
  chunks.push(["IEND", new Uint8Array()]);
  const bytes = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  for (const [name, data] of chunks) {
    const typed = Uint8Array.of(...new TextEncoder().encode(name), ...data);
    const number = (n: number) => [n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255];
    bytes.push(...number(data.length), ...typed, ...number(crc32(typed)));
  }
  return Uint8Array.from(bytes);
}

const PNGS: [name: string, png: Uint8Array, channels: number[][]][] = [
  ["8-bit grey", buildPng([3, 2, 8, 0], [[1, 2, 3], [4, 5, 255]]), [[1, 2, 3, 4, 5, 255]]],
  ["16-bit grey", buildPng([2, 1, 16, 0], [[1, 2, 255, 254]]), [[258, 65534]]],
  ["1-bit grey", buildPng([3, 2, 1, 0], [[0b10100000], [0b01000000]]), [[1, 0, 1, 0, 1, 0]]],
  ["4-bit grey", buildPng([3, 1, 4, 0], [[0x1f, 0x70]]), [[1, 15, 7]]],
  ["RGB", buildPng([2, 1, 8, 2], [[1, 2, 3, 4, 5, 6]]), [[1, 4], [2, 5], [3, 6]]],
  ["equal RGB", buildPng([1, 1, 8, 2], [[7, 7, 7]]), [[7], [7], [7]]],
  ["opaque RGBA", buildPng([1, 1, 8, 6], [[1, 2, 3, 255]]), [[1], [2], [3]]],
  ["translucent RGBA", buildPng([1, 1, 8, 6], [[1, 2, 3, 9]]), [[1], [2], [3], [9]]],
  ["opaque grey and alpha", buildPng([1, 2, 8, 4], [[1, 255], [2, 255]]), [[1, 2]]],
  [
    "palette",
    buildPng([2, 1, 8, 3], [[1, 0]], [["PLTE", Uint8Array.of(1, 2, 3, 4, 5, 6)]]),
    [[4, 1], [5, 2], [6, 3]],
  ],
];

for (const [name, png, expected] of PNGS) {
  Deno.test(`a PNG of ${name} is read`, async () => {
    const channels = await readImage(png);
    assert.deepEqual(channels.map(({ data }) => [...data]), expected);
    const { width, height, format } = await readImageInfo(png);
    assert.deepEqual([width, height, format], [channels[0].width, channels[0].height, "png"]);
  });
}

Deno.test("16-bit PNG channels have 16 bits", async () => {
  const [image] = await readImage(PNGS[1][1]);
  assert.ok(image.data instanceof Uint16Array);
});

for (const [array, bits] of [[Uint8Array, 8], [Uint16Array, 16]] as const) {
  Deno.test(`images of ${bits} bits survive PNG`, async () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }));
    await fc.assert(
      fc.asyncProperty(
        sizes,
        fc.constantFrom(1, 3),
        fc.infiniteStream(fc.nat(2 ** bits - 1)),
        async ([width, height], count, stream) => {
          const channels = Array.from({ length: count }, (): Image => ({
            data: new array(width * height).map(() => stream.next().value),
            width,
            height,
            depth: 1,
          }));
          assert.deepEqual(await readImage(await encodePng(channels)), channels);
        },
      ),
      { numRuns: 25, seed: 4 },
    );
  });
}

Deno.test("a picture of interleaved RGB becomes a PNG of three channels", async () => {
  const png = await encodePng({ width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  const channels = await readImage(png);
  assert.deepEqual(channels.map(({ data }) => [...data]), [[1, 4], [2, 5], [3, 6]]);
});

Deno.test("images that PNG cannot hold are refused", async () => {
  const make = (data: Image["data"], depth = 1): Image => ({
    data,
    width: 1,
    height: data.length / depth,
    depth,
  });
  const byte = make(new Uint8Array(1));
  await rejectsDaub("image", /a 2D image/, () => encodePng(make(new Uint8Array(2), 2)));
  await rejectsDaub("image", /Float32Array/, () => encodePng(make(new Float32Array(1))));
  await rejectsDaub("image", /Uint32Array/, () => encodePng(make(new Uint32Array(1))));
  await rejectsDaub(
    "image",
    /Uint8Array and Uint16Array/,
    () => encodePng([byte, make(new Uint16Array(1))]),
  );
  await rejectsDaub("image", /1 to 4 channels/, () => encodePng([byte, byte, byte, byte, byte]));
});

Deno.test("a PNG cut off anywhere, changed or lying about its size is refused", async () => {
  const [, png] = PNGS[0];
  for (let length = 8; length < png.length; length++) {
    await rejectsDaub("file", /cut off or damaged/, () => readImage(png.subarray(0, length)));
  }
  const changed = png.slice();
  changed[png.length - 20] ^= 1;
  await rejectsDaub("file", /cannot be decoded/, () => readImage(changed));
  const few = buildPng([3, 3, 8, 0], [[1, 2, 3], [4, 5, 6]]);
  await rejectsDaub("file", /cannot be decoded/, () => readImage(few));
  const huge = buildPng([2 ** 31 - 1, 2 ** 31 - 1, 8, 0], [[1]]);
  await rejectsDaub("file", /too few/, () => readImageInfo(huge));
  const interlaced = buildPng([3, 1, 4, 0, 1], [[0x1f, 0x70]]);
  await rejectsDaub("image", /interlac/, () => readImage(interlaced));
});

const decodeBase64 = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** 16 × 8 pixels, 16 x, quality 90. */
const GREY = decodeBase64(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgMCAgMDAwMEAwMEBQgFBQQEBQoHBwYIDAoMDAsKCwsNDhIQDQ4RDgsLEBYQ" +
    "ERMUFRUVDA8XGBYUGBIUFRT/wAALCAAIABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAACAn/xAAXEAADAQAAAAAAAAAAAAAA" +
    "AAAACESB/9oACAEBAAA/AB+tsuFVVtlw/9k=",
);

/** 16 × 8 pixels, progressive, quality 95: red 200 | 40 along x, green 30 | 220 along y, blue 120. */
const RGB = decodeBase64(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsI" +
    "CQoKCgoKBggLDAsKDAkKCgr/2wBDAQICAgICAgUDAwUKBwYHCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoK" +
    "CgoKCgoKCgoKCgoKCgr/wgARCAAIABADAREAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAABgf/xAAXAQADAQAAAAAAAAAA" +
    "AAAAAAAFBgcI/9oADAMBAAIQAxAAAAFMApkfdsv/AP/EABUQAQEAAAAAAAAAAAAAAAAAAAAX/9oACAEBAAEFAo0jT//EABgR" +
    "AAIDAAAAAAAAAAAAAAAAAAAXZKLi/9oACAEDAQE/AWRFvgZEW+D/xAAYEQACAwAAAAAAAAAAAAAAAAAAFmSi4v/aAAgBAgEB" +
    "PwF5j2yPMe2T/8QAFxAAAwEAAAAAAAAAAAAAAAAAADak4v/aAAgBAQAGPwJjj2Mcez//xAAUEAEAAAAAAAAAAAAAAAAAAAAQ" +
    "/9oACAEBAAE/ITM//9oADAMBAAIAAwAAABAD/8QAFBEBAAAAAAAAAAAAAAAAAAAAEP/aAAgBAwEBPxAqv//EABQRAQAAAAAA" +
    "AAAAAAAAAAAAABD/2gAIAQIBAT8QDP8A/8QAFBABAAAAAAAAAAAAAAAAAAAAEP/aAAgBAQABPxARP//Z",
);

/** 16 × 8 pixels of four inks. */
const CMYK = decodeBase64(
  "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwAQCwwODAoQDg0OEhEQExgoGhgWFhgxIyUdKDozPTw5Mzg3QEhcTkBEV0U3OFBtUVdf" +
    "YmdoZz5NcXlwZHhcZWdj/8AAFAgACAAQBEMRAE0RAFkRAEsRAP/EABgAAAIDAAAAAAAAAAAAAAAAAAAHAgMG/8QAGBABAAMB" +
    "AAAAAAAAAAAAAAAAABZlo+L/2gAOBEMATQBZAEsAAD8A0iMGscOlZgFeINY4dAP/2Q==",
);

function expectNear(image: Image, expected: (x: number, y: number) => number): void {
  assert.deepEqual([image.width, image.height, image.depth], [16, 8, 1]);
  for (let i = 0; i < image.data.length; i++) {
    const [x, y] = [i % 16, Math.floor(i / 16)];
    const difference = Math.abs(Number(image.data[i]) - expected(x, y));
    assert.ok(difference <= 6, `(${x}, ${y}): ${image.data[i]}`);
  }
}

Deno.test("a grey JPEG is one channel", async () => {
  assert.equal((await readImageInfo(GREY)).channels, 1);
  const [image, ...more] = await readImage(GREY);
  assert.deepEqual(more, []);
  expectNear(image, (x) => 16 * x);
});

Deno.test("a progressive RGB JPEG is three channels", async () => {
  const [red, green, blue, ...more] = await readImage(RGB);
  assert.deepEqual(more, []);
  expectNear(red, (x) => x < 8 ? 200 : 40);
  expectNear(green, (_, y) => y < 4 ? 30 : 220);
  expectNear(blue, () => 120);
});

Deno.test("a JPEG of four inks is refused by name", async () => {
  await rejectsDaub("image", /4 components/, () => readImage(CMYK));
});

Deno.test("a JPEG cut off anywhere is refused", async () => {
  for (let length = 4; length < GREY.length - 2; length++) {
    await rejectsDaub("file", /cut off or damaged/, () => readImage(GREY.subarray(0, length)));
  }
});

Deno.test("a frame other than the only one is refused", async () => {
  await rejectsDaub("options", /frame 0, the only one/, () => readImage(GREY, { frame: 1 }));
});
