import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { Image } from "../../src/image/image.ts";
import { formatGeoJson } from "../../src/measurement/geojson.ts";
import { randomNumbers } from "../support/random.ts";
import { runPython } from "../support/python.ts";
import { randomCells } from "./random_labels.ts";

const hasShapely = await runPython(["-c", "import shapely.geometry, scipy.ndimage"]) !== undefined;
const note = hasShapely ? "" : " (skipped: there is no Shapely)";

/** Rows of digits, a label each. */
function draw(...rows: string[]): Image<Uint32Array> {
  const data = Uint32Array.from(rows.join(""), Number);
  return { data, width: rows[0].length, height: rows.length, depth: 1 };
}

function noise(density: number, kinds: number, seed: number): Image<Uint32Array> {
  const next = randomNumbers(seed);
  const data = Uint32Array.from(
    { length: 31 * 23 },
    () => next() < density ? 1 + Math.floor(next() * kinds) : 0,
  );
  return { data, width: 31, height: 23, depth: 1 };
}

Deno.test({
  name: `GeoJSON has the valid shapes, windings, holes and areas that Shapely wants${note}`,
  ignore: !hasShapely,
  async fn() {
    const images = [
      draw("1"),
      draw("10", "01"),
      draw("111", "101", "111"),
      draw("1111", "1011", "1101", "1111"),
      draw("1111", "1001", "1010", "1110"),
      draw("11111", "10001", "10201", "10001", "11111"),
      draw("11111", "10001", "10101", "10001", "11111"),
      draw("0110", "1001", "1001", "0110"),
      draw("2222222", "2111112", "2100012", "2103012", "2100012", "2111112", "2222222"),
      randomCells({ width: 61, height: 47, depth: 1 }, 30, 1),
      ...[0.2, 0.5, 0.6, 0.8, 0.95].flatMap((density) => [
        noise(density, 1, density * 100),
        noise(density, 4, density * 100),
      ]),
    ];
    const script = fileURLToPath(new URL("./shapely_geojson.py", import.meta.url));
    const input = images.map((labels) => ({
      labels: [...labels.data],
      shape: [labels.height, labels.width],
      geojson: formatGeoJson(labels),
    }));
    const faults: string[][] = JSON.parse((await runPython([script], JSON.stringify(input)))!);
    assert.deepEqual(faults, images.map(() => []));
  },
});
