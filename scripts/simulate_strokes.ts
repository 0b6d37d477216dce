/**
 * Paints strokes on the true objects of an image: 1 background, 2 object.
 *
 *     deno run -A scripts/simulate_strokes.ts TRUTH.tif STROKES.tif [--coverage 0.01] [--seed 1]
 *
 * @module
 */
import { DaubError, readImage, writeImage } from "../mod.ts";
import { exitCodeOf } from "../src/cli/failure.ts";
import { readLabels } from "../src/measurement/read_labels.ts";
import { parseStrokesOptions, strokesHelp } from "./strokes/options.ts";
import { simulateStrokes } from "./strokes/simulate_strokes.ts";

async function main(argv: readonly string[]): Promise<number> {
  try {
    const { truth, strokes, coverage, seed, help } = parseStrokesOptions(argv);
    if (help) {
      console.log(strokesHelp());
      return 0;
    }
    const [image] = await readImage(truth);
    const data = Uint8Array.from(readLabels(image), (label) => label > 0 ? 2 : 1);
    await writeImage(strokes, simulateStrokes({ ...image, data }, { coverage, seed }));
    return 0;
  } catch (error) {
    if (!(error instanceof DaubError)) throw error;
    console.error(`error: ${error.message}`);
    return exitCodeOf(error);
  }
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
