import assert from "node:assert/strict";
import type { Connectivity } from "../../src/labeling/labels.ts";
import { rejectsDaub } from "../support/errors.ts";
import { floodFill } from "../support/flood_fill.ts";
import { drawMask, type Mask, randomMask, spiral } from "./masks.ts";
import { type LabelTwin, twinTest } from "./twins.ts";

const DENSITIES = [0.05, 0.2, 0.4, 0.5, 0.6, 0.8, 0.95];

function connectivities({ size }: Mask): Connectivity[] {
  return size.depth > 1 ? [6, 26] : [4, 8];
}

async function checkAgainstFloodFill(label: LabelTwin, mask: Mask) {
  for (const connectivity of connectivities(mask)) {
    const expected = floodFill(mask.classes, mask.size, 2, connectivity);
    const found = await label(mask.classes, mask.size, 2, connectivity);
    const what = `${mask.name}, connectivity ${connectivity}`;
    assert.equal(found.count, expected.count, what);
    assert.deepEqual(found.labels, expected.labels, what);
  }
}

const flatSizes = [[1, 1], [1, 77], [131, 1], [32, 32], [33, 19], [64, 5], [97, 61], [255, 3]];

for (const [width, height] of flatSizes) {
  twinTest(`random masks of ${width} × ${height} are labelled as by flood fill`, async (label) => {
    for (const density of DENSITIES) {
      await checkAgainstFloodFill(label, randomMask(width, height, 1, density));
    }
  });
}

for (const [width, height, depth] of [[1, 1, 9], [5, 7, 6], [40, 9, 11], [65, 3, 4], [3, 33, 5]]) {
  twinTest(
    `random volumes of ${width} × ${height} × ${depth} are labelled as by flood fill`,
    async (label) => {
      for (const density of DENSITIES) {
        await checkAgainstFloodFill(label, randomMask(width, height, depth, density));
      }
    },
  );
}

twinTest("large masks at the edge of percolation are labelled as by flood fill", async (label) => {
  await checkAgainstFloodFill(label, randomMask(521, 307, 1, 0.41));
  await checkAgainstFloodFill(label, randomMask(521, 307, 1, 0.59));
  await checkAgainstFloodFill(label, randomMask(90, 41, 37, 0.31));
});

const flat = { width: 67, height: 45, depth: 1 };
const volume = { width: 35, height: 11, depth: 9 };
const structures: Mask[] = [
  spiral(64),
  spiral(99),
  drawMask("comb, teeth up", flat, (x, y) => y === 44 || x % 2 === 0),
  drawMask("comb, teeth down", flat, (x, y) => y === 0 || x % 2 === 0),
  drawMask("comb lying on its side", flat, (x, y) => x === 66 || y % 2 === 0),
  drawMask("checkerboard", flat, (x, y) => (x + y) % 2 === 0),
  drawMask("all set", flat, () => true),
  drawMask("none set", flat, () => false),
  drawMask("snake", flat, (x, y) => y % 2 === 0 || x === (y % 4 === 1 ? 66 : 0)),
  drawMask("rings", flat, (x, y) => Math.floor(Math.hypot(x - 33, y - 22)) % 3 === 0),
  drawMask("falling diagonals", flat, (x, y) => (x - y + 90) % 5 === 0),
  drawMask("rising diagonals", flat, (x, y) => (x + y) % 5 === 0),
  drawMask("columns", flat, (x) => x % 3 !== 0),
  drawMask("checkerboard in 3D", volume, (x, y, z) => (x + y + z) % 2 === 0),
  drawMask("planes", volume, (_x, _y, z) => z % 2 === 0),
  drawMask("planes joined by a post", volume, (x, y, z) => z % 2 === 0 || (x === 34 && y === 10)),
  drawMask("diagonals through a volume", volume, (x, y, z) => x === y && y === z),
  drawMask("diagonals down a volume", volume, (x, y, z) => (x + y + 2 * z) % 7 === 0),
  drawMask("all set in 3D", volume, () => true),
];

for (const mask of structures) {
  twinTest(`${mask.name} is labelled as by flood fill`, (label) => {
    return checkAgainstFloodFill(label, mask);
  });
}

twinTest("the arms of a spiral are one object, a checkerboard's fields are many", async (label) => {
  const { classes, size } = spiral(65);
  assert.equal((await label(classes, size, 2, 4)).count, 1);
  const board = drawMask("board", { width: 8, height: 6, depth: 1 }, (x, y) => (x + y) % 2 === 0);
  assert.equal((await label(board.classes, board.size, 2, 4)).count, 24);
  assert.equal((await label(board.classes, board.size, 2, 8)).count, 1);
});

twinTest("objects are numbered by their first pixels in raster order", async (label) => {
  const rows = [
    ". . # . # .",
    "# . # . . .",
    "# # # . . #",
    ". . . . # .",
  ];
  const expected = [
    [0, 0, 1, 0, 2, 0],
    [1, 0, 1, 0, 0, 0],
    [1, 1, 1, 0, 0, 3],
    [0, 0, 0, 0, 4, 0],
  ];
  const classes = Uint8Array.from(rows.join(" ").split(" "), (pixel) => pixel === "#" ? 7 : 0);
  const { labels, count } = await label(classes, { width: 6, height: 4, depth: 1 }, 7, 4);
  assert.deepEqual([...labels], expected.flat());
  assert.equal(count, 4);
});

twinTest("only the positive class is labelled, be it 0 or 255", async (label) => {
  const classes = Uint8Array.of(0, 255, 255, 1, 0, 2, 254, 127, 255);
  const size = { width: 9, height: 1, depth: 1 };
  const find = async (positive: number) => [...(await label(classes, size, positive, 4)).labels];
  assert.deepEqual(await find(0), [1, 0, 0, 0, 2, 0, 0, 0, 0]);
  assert.deepEqual(await find(255), [0, 1, 1, 0, 0, 0, 0, 0, 2]);
  assert.deepEqual(await find(127), [0, 0, 0, 0, 0, 0, 0, 1, 0]);
  assert.deepEqual(await find(3), [0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

twinTest("classes may begin anywhere in their memory", async (label) => {
  const { classes, size } = randomMask(29, 31, 1, 0.6);
  const expected = floodFill(classes, size, 2, 4);
  for (const offset of [1, 2, 3, 4]) {
    const memory = new Uint8Array(offset + classes.length);
    memory.set(classes, offset);
    assert.deepEqual((await label(memory.subarray(offset), size, 2, 4)).labels, expected.labels);
  }
});

twinTest("the classes are left as they were", async (label) => {
  const { classes, size } = randomMask(50, 20, 1, 0.5);
  const before = classes.slice();
  await label(classes, size, 2, 4);
  assert.deepEqual(classes, before);
});

twinTest("a connectivity of other dimensions is refused by name", async (label) => {
  const plane = randomMask(5, 4, 1, 0.5);
  const cube = randomMask(5, 4, 3, 0.5);
  await rejectsDaub("options", /2D image to be 4 or 8 but found 6/, async () => {
    await label(plane.classes, plane.size, 2, 6);
  });
  await rejectsDaub("options", /3D image to be 6 or 26 but found 8/, async () => {
    await label(cube.classes, cube.size, 2, 8);
  });
});

twinTest(
  "a class number that is no byte and classes that do not fit are refused",
  async (label) => {
    const { classes, size } = randomMask(5, 4, 1, 0.5);
    for (const positive of [-1, 256, 1.5, NaN]) {
      await rejectsDaub("options", /integer from 0 to 255/, async () => {
        await label(classes, size, positive, 4);
      });
    }
    await rejectsDaub("image", /20 classes for an image of 5 × 4 but found 19/, async () => {
      await label(classes.subarray(1), size, 2, 4);
    });
  },
);
