import type { Labels } from "../backend.ts";
import { WorkerPool } from "../cpu/pool.ts";
import { pixelCount, type Size } from "../image/image.ts";
import { checkLabelling } from "./connectivity.ts";
import type { Connectivity } from "./labels.ts";
import { type NumberedRuns, numberRuns } from "./runs_cpu.ts";

/** Less than this is not worth waking threads for. */
const MIN_SHARED_PIXELS = 2 ** 18;

const alone = new WorkerPool(1);

/**
 * Connected components on the processor: union-find over runs, each set named by its first run, so
 * that counting the sets in order numbers them in raster order of first pixels, as scikit-image and
 * SciPy do.
 *
 * @param pool The threads to compute on. Default the calling one alone.
 * @param into What is overwritten by the labels. Default a new array.
 * @throws {DaubError} `options` for a wrong connectivity or class number, `image` for classes that
 * do not fill the size.
 */
export async function labelComponentsCpu(
  classes: Uint8Array,
  size: Size,
  positiveClass: number,
  connectivity: Connectivity,
  pool: WorkerPool = alone,
  into?: Uint32Array,
): Promise<Labels> {
  checkLabelling(classes, size, positiveClass, connectivity);
  const team = pixelCount(size) < MIN_SHARED_PIXELS ? alone : pool;
  using runs = await numberRuns(team, classes, size, positiveClass, connectivity);
  return { labels: paintRuns(runs, size, into), count: runs.count };
}

/** Runs shorter than this are written faster by a loop than by a call of `fill`. */
const SHORT_RUN = 24;

function paintRuns(
  { firstOfRow, starts, ends, labels }: NumberedRuns,
  size: Size,
  into?: Uint32Array,
): Uint32Array {
  const painted = into?.fill(0) ?? new Uint32Array(pixelCount(size));
  for (let row = 0; row < firstOfRow.length - 1; row++) {
    const from = row * size.width;
    for (let run = firstOfRow[row]; run < firstOfRow[row + 1]; run++) {
      const label = labels[run];
      const start = from + starts[run];
      const end = from + ends[run];
      if (end - start >= SHORT_RUN) painted.fill(label, start, end);
      else for (let i = start; i < end; i++) painted[i] = label;
    }
  }
  return painted;
}
