import assert from "node:assert/strict";
import { labelComponentsGpu } from "../../src/labeling/components_gpu.ts";
import type { Connectivity } from "../../src/labeling/labels.ts";
import { planStrips } from "../../src/labeling/strips.ts";
import { floodFill } from "../support/flood_fill.ts";
import { drawMask, type Mask, randomMask, spiral } from "./masks.ts";
import { bytesForRows, gpuTest } from "./twins.ts";

Deno.test("strips cover all rows once, in order, within the limit, and never cut two planes", () => {
  for (const [height, depth] of [[1, 1], [7, 1], [100, 1], [5, 8], [12, 3], [1, 9]]) {
    for (const maxRows of [1, 2, 3, 5, 11, 12, 13, 40, 1000]) {
      let next = 0;
      for (const strip of planStrips({ width: 3, height, depth }, maxRows)) {
        assert.equal(strip.firstRow, next);
        assert.equal(strip.rows, strip.height * strip.depth);
        assert.ok(strip.rows >= 1 && strip.rows <= maxRows);
        if (strip.depth > 1) assert.equal(strip.height, height);
        if (strip.height < height) assert.ok((next % height) + strip.height <= height);
        next += strip.rows;
      }
      assert.equal(next, height * depth);
    }
  }
});

const plane = { width: 45, height: 21, depth: 1 };
const masks: Mask[] = [
  ...[0.4, 0.6].map((density) => randomMask(53, 22, 1, density)),
  ...[0.2, 0.35].map((density) => randomMask(34, 7, 6, density)),
  spiral(41),
  drawMask("comb", plane, (x, y) => y === 20 || x % 2 === 0),
  drawMask("checkerboard", plane, (x, y) => (x + y) % 2 === 0),
  drawMask("none set", plane, () => false),
  drawMask("only the last row", plane, (x, y) => y === 20 && x % 3 > 0),
  drawMask("one column", { width: 1, height: 30, depth: 1 }, (_x, y) => y % 5 > 0),
];

for (const mask of masks) {
  for (const rowsPerStrip of mask.size.width > 40 ? [5, 15] : [1, 4, 15]) {
    gpuTest(`${mask.name}: strips of ${rowsPerStrip} rows change nothing`, async (gpu) => {
      const maxBytes = bytesForRows(rowsPerStrip, mask.size.width);
      for (const connectivity of (mask.size.depth > 1 ? [6, 26] : [4, 8]) as Connectivity[]) {
        const expected = floodFill(mask.classes, mask.size, 2, connectivity);
        const found = await labelComponentsGpu(
          gpu,
          mask.classes,
          mask.size,
          2,
          connectivity,
          maxBytes,
        );
        assert.equal(found.count, expected.count);
        assert.deepEqual(found.labels, expected.labels);
      }
    });
  }
}

gpuTest("a row that no binding holds is labelled all the same", async (gpu) => {
  const { classes, size } = randomMask(300, 2, 1, 0.5);
  const found = await labelComponentsGpu(gpu, classes, size, 2, 8, 1024);
  assert.deepEqual(found, floodFill(classes, size, 2, 8));
});
