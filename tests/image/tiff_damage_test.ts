import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import fc from "npm:fast-check@4.10.2";
import { DaubError } from "../../src/errors.ts";
import { readImage, readImageInfo } from "../../src/image/read.ts";
import { encodeTiff } from "../../src/image/tiff_writer.ts";
import { rejectsDaub } from "../support/errors.ts";
import { buildTiff, description, greyFields, type TestPage } from "./tiff_bytes.ts";

const page: TestPage = { fields: greyFields(3, 2, 8), segments: [new Uint8Array(6)] };

for (const big of [false, true]) {
  const kind = big ? "BigTIFF" : "classic TIFF";
  /** Where the first directory of a file of one such page lies. */
  const first = (big ? 16 : 8) + 6;

  Deno.test(`a directory that leads to itself is refused, ${kind}`, async () => {
    const file = buildTiff([{ ...page, next: first }], { big });
    await rejectsDaub("file", /leading back to an earlier one/, () => readImage(file));
    await rejectsDaub("file", /leading back/, () => readImageInfo(file));
  });

  Deno.test(`a chain of directories that comes back is refused, ${kind}`, async () => {
    const file = buildTiff([page, page, { ...page, next: first }], { big });
    await rejectsDaub("file", /directory 4 leading back/, () => readImage(file));
  });

  Deno.test(`a directory outside of the file is refused, ${kind}`, async () => {
    const file = buildTiff([{ ...page, next: 1_000_000 }], { big });
    await rejectsDaub("file", /directory 2 within the file/, () => readImage(file));
  });

  Deno.test(`a file cut off anywhere is refused, ${kind}`, async () => {
    const strips = [deflateSync(new Uint8Array(600).fill(7)), deflateSync(new Uint8Array(400))];
    const fields = greyFields(100, 10, 8, { 259: [8], 278: [6] });
    const file = buildTiff([{ fields: [...fields, description("x")], segments: strips }], { big });
    assert.equal((await readImage(file))[0].data.length, 1000);
    for (let length = 0; length < file.length; length++) {
      await rejectsDaub(
        length < 4 ? length === 0 ? "file" : "image" : "file",
        /cut off|empty|TIFF, PNG or JPEG/,
        () => readImage(file.subarray(0, length)),
      );
    }
  });
}

const LIES: [name: string, page: TestPage, message: RegExp][] = [
  ["no width", { ...page, fields: page.fields.filter(({ tag }) => tag !== 256) }, /a width/],
  ["a height of 0", { ...page, fields: greyFields(3, 0, 8) }, /height greater than 0/],
  ["a strip beyond the end", { ...page, offsets: [5000] }, /strips within/],
  ["a strip longer than the file", { ...page, lengths: [5000] }, /strips within/],
  ["a strip shorter than its rows", { ...page, lengths: [5] }, /one of 5 bytes/],
  ["too few strips", { ...page, fields: greyFields(3, 2, 8, { 278: [1] }) }, /2 strips/],
  ["too few strip lengths", {
    fields: greyFields(3, 2, 8, { 259: [8], 278: [1] }),
    segments: [new Uint8Array(3), new Uint8Array(3)],
    lengths: [3],
  }, /lengths of 2 strips/],
  ["a huge image in few bytes", { ...page, fields: greyFields(2 ** 31, 2 ** 31, 8) }, /bytes/],
  [
    "a huge compressed image in few bytes",
    { ...page, fields: greyFields(2 ** 31, 2 ** 31, 8, { 259: [50000] }) },
    /bytes/,
  ],
  ["a tile width of 0", { ...page, fields: greyFields(3, 2, 8, { 322: [0], 323: [16] }) }, /tile/],
  [
    "a count of values beyond the end",
    { ...page, fields: page.fields.map((f) => f.tag === 258 ? { ...f, count: 9e8 } : f) },
    /field 258/,
  ],
  [
    "more ImageJ slices than there are bytes",
    { ...page, fields: [...page.fields, description("ImageJ=1.53\nimages=9\nslices=9\n")] },
    /9 planes/,
  ],
  [
    "more planes in its shape than there are bytes",
    { ...page, fields: [...page.fields, description('{"shape": [1000000000, 2, 3]}')] },
    /1000000000 planes/,
  ],
  [
    "more planes in its OME metadata than pages",
    {
      ...page,
      fields: [
        ...page.fields,
        description('<OME><Image><Pixels SizeZ="4" SizeX="3" SizeY="2"></Pixels></Image></OME>'),
      ],
    },
    /4 planes/,
  ],
];

for (const [name, lie, message] of LIES) {
  Deno.test(`a TIFF with ${name} is refused`, async () => {
    await rejectsDaub("file", message, () => readImage(buildTiff([lie])));
  });
}

Deno.test("any bytes changed lead to an image or to an error in words", async () => {
  const image = {
    data: Uint16Array.from({ length: 120 }, (_, i) => i * 500),
    width: 6,
    height: 5,
    depth: 4,
    voxelSize: { x: 0.5, y: 0.5, z: 2, unit: "micron" },
  };
  const files = [await encodeTiff(image), await encodeTiff(image, { compression: "none" })];
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), changes, async (file, changes) => {
      const bytes = file.slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      const result = await readImage(bytes).catch((error) => error);
      assert.ok(Array.isArray(result) || result instanceof DaubError, String(result));
    }),
    { numRuns: 300, seed: 1 },
  );
});
