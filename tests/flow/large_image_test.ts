import assert from "node:assert/strict";
import type { Tile } from "../../src/backend.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { predictImage } from "../../src/flow/predict.ts";
import type { Source } from "../../src/flow/source.ts";
import { wholeRegion } from "../../src/features/regions.ts";
import { cutRegion } from "../../src/flow/tiles.ts";
import { readImage } from "../../src/image/read.ts";
import { gpuTest } from "../support/gpu.ts";
import { withTileLimit } from "../support/tile_limit.ts";

const SIDE = 8192;
/** What 16 features leave room for in a binding of 128 MiB. */
const TILE_PIXELS = 2 ** 27 / 4 / 16;

const sample = (name: string) => readImage(new URL(`../../samples/${name}.tif`, import.meta.url));

gpuTest(
  "8192 × 8192 pixels with 16 features run in bands of 128 MiB and equal their unbanded parts",
  async () => {
    const [small] = await sample("blobs");
    const channel = new Float32Array(SIDE * SIDE);
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        // Brightness drifts, so that no two bands look alike.
        const pixel = (y % small.height) * small.width + (x % small.width);
        channel[y * SIDE + x] = Number(small.data[pixel]) + Math.floor((x + 2 * y) / 400) % 30;
      }
    }
    const source: Source = { width: SIDE, height: SIDE, depth: 1, channels: [channel] };
    await using gpu = await openBackend("gpu");
    const segmenter = await ObjectSegmenter.train({
      image: small,
      annotation: await sample("blobs_annotation"),
      features: "object_size_1_to_5_px",
      numTrees: 10,
      backend: gpu,
    });
    const plan = planFeatures(segmenter.featureSpecification, { numChannels: 1, dimensions: 2 });
    assert.equal(plan.features.length, 16);
    const banded = withTileLimit(gpu, TILE_PIXELS);
    const { classes } = await predictImage(banded, source, plan, segmenter.forest, {
      classes: true,
    });

    const [halo] = plan.halo;
    for (const [x, y] of [[0, 0], [3500, 4000], [SIDE - 700, SIDE - 700]]) {
      const core = { x, y, z: 0, width: 700, height: 700, depth: 1 };
      const left = Math.max(0, x - halo);
      const top = Math.max(0, y - halo);
      const tile = {
        x: left,
        y: top,
        z: 0,
        width: Math.min(SIDE, x + 700 + halo) - left,
        height: Math.min(SIDE, y + 700 + halo) - top,
        depth: 1,
      };
      const part: Tile = { ...tile, channels: [cutRegion(channel, source, tile)] };
      const whole = await gpu.predictTile(
        part,
        plan,
        { ...core, x: x - left, y: y - top },
        new Map(),
        segmenter.forest,
        { classes: true },
      );
      for (let row = 0; row < 700; row++) {
        const from = (y + row) * SIDE + x;
        assert.deepEqual(
          classes!.subarray(from, from + 700),
          whole.classes!.subarray(row * 700, (row + 1) * 700),
          `row ${y + row}`,
        );
      }
    }

    await using cpu = await openBackend("cpu");
    const region = wholeRegion(source);
    const labels = await gpu.labelComponents(classes!, region, 2, 4);
    const expected = await cpu.labelComponents(classes!, region, 2, 4);
    assert.equal(labels.count, expected.count);
    assert.ok(labels.count > 10_000);
    assert.ok(labels.labels.every((label, i) => label === expected.labels[i]));
  },
);
