import { usageError } from "../../src/cli/usage_error.ts";
import { describeSize, type Image } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import { defaultEngineOptions } from "../../src/notebook/engine_options.ts";
import { openLocalEngine } from "../../src/notebook/local_engine.ts";
import { readRepeated } from "./features.ts";
import { median } from "./median.ts";
import type { BenchOptions } from "./options.ts";
import { withPeakMemory } from "./peak_memory.ts";
import type { Row } from "./row.ts";

/** So many pixels a stroke adds where rows are long enough. */
const NEW_PIXELS = 40;

/** From 40 more painted pixels to the new labels, as the notebook's engine goes there. */
export async function benchStroke(options: BenchOptions): Promise<Row[]> {
  const [strokes] = await readImage(options.annotation);
  const rows: Row[] = [];
  for (const tile of options.tile === 1 && !options.quick ? [1, 8] : [options.tile]) {
    rows.push(await timeStrokes(await readRepeated(options.image, tile), strokes, options));
  }
  return rows;
}

async function timeStrokes(
  image: readonly Image[],
  strokes: Image,
  { backend, features, depth: maxDepth, trees: numTrees, positiveClass, repeat }: BenchOptions,
): Promise<Row> {
  const { width, height } = image[0];
  const length = Math.min(NEW_PIXELS, width);
  const annotation = new Uint8Array(width * height);
  for (let y = 0; y < strokes.height; y++) {
    const row = strokes.data.subarray(y * strokes.width, (y + 1) * strokes.width);
    annotation.set(row as Uint8Array, y * width);
  }
  await using engine = await openLocalEngine(image, { backend });
  const grow = { features, maxDepth, numTrees, positiveClass };
  const engineOptions = { ...defaultEngineOptions(engine.image.size), ...grow };
  let revision = 0;
  const compute = () =>
    engine.compute({
      revision: ++revision,
      annotation: annotation.slice(),
      options: engineOptions,
    });
  await compute();
  const { result: times, peakMB } = await withPeakMemory(async () => {
    const times: number[] = [];
    let row = 0;
    for (let i = 0; i <= repeat; i++) {
      row = paintRow(annotation, width, length, row);
      const start = performance.now();
      await compute();
      if (i > 0) times.push(performance.now() - start);
    }
    return times;
  });
  const work = `stroke of ${length} pixels → labels, ${describeSize(image[0])}`;
  return { work, ms: median(times), peakMB };
}

/** Paints background into the next row that has room, and returns the row behind it. */
function paintRow(annotation: Uint8Array, width: number, length: number, row: number): number {
  for (; row * width < annotation.length; row++) {
    const at = row * width;
    const free: number[] = [];
    for (let x = 0; x < width && free.length < length; x++) {
      if (annotation[at + x] === 0) free.push(at + x);
    }
    if (free.length < length) continue;
    for (const pixel of free) annotation[pixel] = 1;
    return row + 1;
  }
  throw usageError(
    `Expected room for a stroke of ${length} pixels in another row but found none. Take a larger ` +
      `image, or a smaller --repeat.`,
    { where: "--repeat" },
  );
}
