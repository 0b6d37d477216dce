import assert from "node:assert/strict";
import { measure } from "../../src/flow/measure.ts";
import { readImage } from "../../src/image/read.ts";
import { goldenJson, goldenPath, goldenTest } from "../support/golden.ts";
import { assertClose } from "./close.ts";

/**
 * The reference adds up in 32-bit floats; its distances to a centre far from the image's corner are
 * off by up to 1.1e-6, all else by less than 2e-7.
 */
const TOLERANCE = 1.1e-6;

async function blobs() {
  const [labels] = await readImage(goldenPath("golden/blobs_medium_quick/labels.tif"));
  return { labels, image: await readImage(goldenPath("data/blobs.tif")) };
}

goldenTest("blobs measure as clEsperanto measures them, column by column", async () => {
  const expected = goldenJson<Record<string, number[]>>("golden/objects/blobs_statistics.json");
  const { labels, image } = await blobs();
  const table = await measure(labels, image, { properties: "apoc" });
  assert.deepEqual(Object.keys(table.columns), Object.keys(expected));
  assert.equal(table.rowCount, expected.label.length);
  for (const [name, values] of Object.entries(expected)) {
    assertClose(table.columns[name], values, TOLERANCE, name);
  }
});
