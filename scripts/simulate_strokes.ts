/**
 * Paints strokes on the true objects of an image: 1 background, 2 object.
 *
 *     deno run -A scripts/simulate_strokes.ts TRUTH.tif STROKES.tif [--coverage 0.01] [--seed 1]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { DaubError, readImage, writeImage } from "../mod.ts";
import { simulateStrokes } from "./strokes/simulate_strokes.ts";

const USAGE = "deno run -A scripts/simulate_strokes.ts TRUTH.tif STROKES.tif [--coverage 0.01] " +
  "[--seed 1]";

async function main(args: string[]): Promise<number> {
  const { values, positionals: [truthPath, strokesPath] } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      coverage: { type: "string", default: "0.01" },
      seed: { type: "string", default: "1" },
    },
  });
  const coverage = Number(values.coverage);
  const seed = Number(values.seed);
  if (!strokesPath || !(coverage > 0 && coverage <= 1) || !Number.isInteger(seed) || seed < 0) {
    console.error(
      `Expected a true label image, a file to write, a coverage above 0 and at most 1 and a seed: ` +
        `${USAGE}`,
    );
    return 2;
  }
  try {
    const [truth] = await readImage(truthPath);
    const { width, height, depth, data: labels } = truth;
    const data = new Uint8Array(labels.length);
    for (let i = 0; i < data.length; i++) data[i] = Number(labels[i]) > 0 ? 2 : 1;
    const strokes = simulateStrokes({ data, width, height, depth }, { coverage, seed });
    await writeImage(strokesPath, strokes);
    return 0;
  } catch (error) {
    if (!(error instanceof DaubError)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
