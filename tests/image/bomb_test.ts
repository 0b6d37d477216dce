import assert from "node:assert/strict";
import { readImage, readImageInfo } from "../../src/image/read.ts";
import { lzwBeyond } from "../../src/image/tiff/lzw_beyond.ts";
import {
  giantJpeg,
  giantPng,
  giantTiff,
  pngBomb,
  pngWithWrongProfile,
  tiffBombs,
} from "../support/bombs.ts";
import { rejectsDaub } from "../support/errors.ts";

Deno.test("a PNG that holds more than its pixels is refused before it is unpacked", async () => {
  const bytes = pngBomb();
  assert.ok(bytes.length < 100_000, `${bytes.length} bytes`);
  await rejectsDaub("file", /at most \d+ bytes of pixels .* found more/, () => readImage(bytes));
});

Deno.test("profiles and texts of a PNG are not unpacked", async () => {
  const [image] = await readImage(pngWithWrongProfile());
  assert.deepEqual([...image.data], [0, 0]);
});

for (const [name, make] of Object.entries(tiffBombs)) {
  Deno.test(`a TIFF whose strip holds far more than its rows is refused, ${name}`, async () => {
    const bytes = make();
    assert.ok(bytes.length < 200_000, `${bytes.length} bytes`);
    await rejectsDaub("file", /at most \d+ bytes in a strip .* found more/, () => readImage(bytes));
  });
}

Deno.test("files of a few bytes that speak of giant images are refused by their header", async () => {
  const giants = [giantPng(), giantJpeg(), giantTiff(1), giantTiff(5), giantTiff(8)];
  for (const bytes of giants) {
    await rejectsDaub("file", /cut off or damaged/, () => readImageInfo(bytes));
  }
});

Deno.test("the length of LZW codes is followed to the byte", () => {
  // Clear, A, B, AB (258), BA (259), the end: nine bits each.
  const codes = [256, 65, 66, 258, 259, 257];
  const bits = codes.map((code) => code.toString(2).padStart(9, "0")).join("").padEnd(56, "0");
  const bytes = Uint8Array.from(bits.match(/.{8}/g)!, (byte) => parseInt(byte, 2));
  assert.equal(lzwBeyond(bytes, 6), false);
  assert.equal(lzwBeyond(bytes, 5), true);
});
