import assert from "node:assert/strict";
import { cutRegion, pasteRegion, planTiles, shrinkTile } from "../../src/flow/tiles.ts";
import { pixelCount, type Size } from "../../src/image/image.ts";
import { throwsDaub } from "../support/errors.ts";

const sizes: Size[] = [
  { width: 1, height: 1, depth: 1 },
  { width: 100, height: 70, depth: 1 },
  { width: 7, height: 500, depth: 1 },
  { width: 31, height: 17, depth: 23 },
];

Deno.test("the cores of the tiles cover every pixel once and stay within the limit", () => {
  for (const size of sizes) {
    for (const maxPixels of [1e9, 3000, 900]) {
      const halo = [4, 3, size.depth > 1 ? 2 : 0] as const;
      const seen = new Uint8Array(pixelCount(size));
      for (const { core, tile } of planTiles(size, halo, maxPixels)) {
        assert.ok(pixelCount(tile) <= maxPixels, `${pixelCount(tile)} > ${maxPixels}`);
        for (let z = core.z; z < core.z + core.depth; z++) {
          for (let y = core.y; y < core.y + core.height; y++) {
            for (let x = core.x; x < core.x + core.width; x++) {
              seen[(z * size.height + y) * size.width + x]++;
            }
          }
        }
      }
      assert.ok(seen.every((count) => count === 1));
    }
  }
});

Deno.test("a tile reaches a halo beyond its core, except where the image ends", () => {
  const size = { width: 40, height: 50, depth: 1 };
  for (const { core, tile, coreInTile } of planTiles(size, [5, 6, 0], 800)) {
    assert.equal(tile.x, Math.max(0, core.x - 5));
    assert.equal(tile.y, Math.max(0, core.y - 6));
    assert.equal(tile.x + tile.width, Math.min(40, core.x + core.width + 5));
    assert.equal(tile.y + tile.height, Math.min(50, core.y + core.height + 6));
    assert.equal(coreInTile.x, core.x - tile.x);
    assert.equal(coreInTile.y, core.y - tile.y);
  }
});

Deno.test("an image that fits is one tile without a halo", () => {
  const [tile, ...others] = planTiles({ width: 9, height: 8, depth: 7 }, [100, 100, 100], 504);
  assert.equal(others.length, 0);
  assert.deepEqual(tile.tile, { x: 0, y: 0, z: 0, width: 9, height: 8, depth: 7 });
});

Deno.test("rows stay whole where that costs little, and are cut where it would cost much", () => {
  const wide = planTiles({ width: 2048, height: 2032, depth: 1 }, [22, 22, 0], 3_500_000);
  assert.deepEqual(wide.map(({ core }) => [core.width, core.height]), [[2048, 1016], [2048, 1016]]);
  const flat = planTiles({ width: 30_000, height: 40, depth: 1 }, [15, 15, 0], 700_000);
  assert.deepEqual(flat.map(({ core }) => [core.width, core.height]), [[15_000, 40], [15_000, 40]]);
});

Deno.test("a halo that no tile can hold is refused", () => {
  throwsDaub("features", /smallest tile/, () => {
    planTiles({ width: 1000, height: 1000, depth: 1 }, [200, 200, 0], 10_000);
  });
});

Deno.test("a tile shrunk to a smaller core keeps the halo that this core needs", () => {
  const [placement] = planTiles({ width: 100, height: 100, depth: 1 }, [5, 5, 0], 1e6);
  const core = { x: 2, y: 40, z: 0, width: 10, height: 3, depth: 1 };
  const { tile, coreInTile } = shrinkTile(placement, core, [5, 5, 0]);
  assert.deepEqual(tile, { x: 0, y: 35, z: 0, width: 17, height: 13, depth: 1 });
  assert.deepEqual([coreInTile.x, coreInTile.y], [2, 5]);
});

Deno.test("cutting tiles and pasting their cores gives the image back", () => {
  for (const size of sizes) {
    const plane = Float32Array.from({ length: pixelCount(size) }, (_, i) => i);
    const copy = new Float32Array(plane.length).fill(-1);
    for (const { core } of planTiles(size, [2, 2, size.depth > 1 ? 2 : 0], 1000)) {
      pasteRegion(cutRegion(plane, size, core), copy, size, core);
    }
    assert.deepEqual(copy, plane);
  }
});
