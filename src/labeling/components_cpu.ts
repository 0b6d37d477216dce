import type { Labels } from "../backend.ts";
import { pixelCount, type Size } from "../image/image.ts";
import { checkLabelling, neighbourhood } from "./connectivity.ts";
import type { Connectivity } from "./labels.ts";
import { findRuns, type Runs } from "./runs.ts";
import { numberSets, singletons, union } from "./union_find.ts";

/**
 * Connected components on the processor: union-find over runs, each set named by its first run, so
 * that counting the sets in order numbers them in raster order of first pixels, as scikit-image and
 * SciPy do.
 *
 * @throws {DaubError} `options` for a wrong connectivity or class number, `image` for classes that
 * do not fill the size.
 */
export function labelComponentsCpu(
  classes: Uint8Array,
  size: Size,
  positiveClass: number,
  connectivity: Connectivity,
): Labels {
  checkLabelling(classes, size, positiveClass, connectivity);
  const runs = findRuns(classes, size, positiveClass);
  const sets = connectRuns(runs, size, connectivity);
  const count = numberSets(sets);
  return { labels: paintRuns(runs, sets, size), count };
}

/** Joins every run with the runs of earlier rows that it touches. */
function connectRuns(runs: Runs, size: Size, connectivity: Connectivity): Uint32Array {
  const { height, depth } = size;
  const { rows, reach } = neighbourhood(connectivity);
  const { firstOfRow } = runs;
  const sets = singletons(runs.count);
  for (let z = 0, row = 0; z < depth; z++) {
    for (let y = 0; y < height; y++, row++) {
      if (firstOfRow[row] === firstOfRow[row + 1]) continue;
      for (const { dz, dy } of rows) {
        if (z + dz < 0 || y + dy < 0 || y + dy >= height) continue;
        connectRows(runs, sets, row + dz * height + dy, row, reach);
      }
    }
  }
  return sets;
}

/** Walks two rows from left to right at once, joining runs that touch. */
function connectRows(
  { start, end, firstOfRow }: Runs,
  sets: Uint32Array,
  earlier: number,
  later: number,
  reach: number,
): void {
  const lastA = firstOfRow[earlier + 1];
  const lastB = firstOfRow[later + 1];
  let a = firstOfRow[earlier];
  let b = firstOfRow[later];
  while (a < lastA && b < lastB) {
    if (end[a] + reach <= start[b]) a++;
    else if (end[b] + reach <= start[a]) b++;
    else {
      union(sets, a, b);
      if (end[a] < end[b]) a++;
      else b++;
    }
  }
}

/** Runs shorter than this are written faster by a loop than by a call of `fill`. */
const SHORT_RUN = 24;

function paintRuns(
  { start, end, firstOfRow }: Runs,
  labelOfRun: Uint32Array,
  size: Size,
): Uint32Array {
  const labels = new Uint32Array(pixelCount(size));
  for (let row = 0; row < firstOfRow.length - 1; row++) {
    const from = row * size.width;
    for (let run = firstOfRow[row]; run < firstOfRow[row + 1]; run++) {
      const label = labelOfRun[run];
      const last = from + end[run];
      if (end[run] - start[run] >= SHORT_RUN) labels.fill(label, from + start[run], last);
      else for (let i = from + start[run]; i < last; i++) labels[i] = label;
    }
  }
  return labels;
}
