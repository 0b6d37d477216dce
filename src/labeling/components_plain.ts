import type { Labels } from "../backend.ts";
import { pixelCount, type Size } from "../image/image.ts";
import { checkLabelling, neighbourhood } from "./connectivity.ts";
import type { Connectivity } from "./labels.ts";
import { numberSets, singletons, union } from "./union_find.ts";

/** Stretches of rows in which all pixels are of the class. */
interface Runs {
  /** The first run of every row, and behind the last row the number of runs. */
  readonly firstOfRow: Uint32Array;
  /** The column of the first pixel of every run, and that behind its last. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * Connected components in plain TypeScript, for where neither WebGPU nor WebAssembly may run: the
 * labels are those of the kernels.
 *
 * @throws {DaubError} `options` for a wrong connectivity or class number, `image` for classes that
 * do not fill the size.
 */
export function labelComponentsPlain(
  classes: Uint8Array,
  size: Size,
  positiveClass: number,
  connectivity: Connectivity,
  into?: Uint32Array,
): Labels {
  checkLabelling(classes, size, positiveClass, connectivity);
  const { width, height, depth } = size;
  const runs = findRuns(classes, width, positiveClass);
  const parents = singletons(runs.starts.length);
  const { rows, reach } = neighbourhood(connectivity);
  for (let z = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (const { dz, dy } of rows) {
        const [otherZ, otherY] = [z + dz, y + dy];
        if (otherZ < 0 || otherY < 0 || otherY >= height) continue;
        joinRows(runs, parents, z * height + y, otherZ * height + otherY, reach);
      }
    }
  }
  const count = numberSets(parents);
  const labels = into?.fill(0) ?? new Uint32Array(pixelCount(size));
  for (let row = 0; row < height * depth; row++) {
    for (let run = runs.firstOfRow[row]; run < runs.firstOfRow[row + 1]; run++) {
      labels.fill(parents[run], row * width + runs.starts[run], row * width + runs.ends[run]);
    }
  }
  return { labels, count };
}

function findRuns(classes: Uint8Array, width: number, wanted: number): Runs {
  const numRows = classes.length / width;
  const firstOfRow = new Uint32Array(numRows + 1);
  const starts: number[] = [];
  const ends: number[] = [];
  for (let row = 0; row < numRows; row++) {
    for (let x = 0; x < width; x++) {
      if (classes[row * width + x] !== wanted) continue;
      starts.push(x);
      while (x < width && classes[row * width + x] === wanted) x++;
      ends.push(x);
    }
    firstOfRow[row + 1] = starts.length;
  }
  return { firstOfRow, starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
}

/** Joins the runs of two rows that touch. */
function joinRows(
  { firstOfRow, starts, ends }: Runs,
  parents: Uint32Array,
  row: number,
  other: number,
  reach: number,
): void {
  let a = firstOfRow[row];
  let b = firstOfRow[other];
  while (a < firstOfRow[row + 1] && b < firstOfRow[other + 1]) {
    if (starts[a] < ends[b] + reach && starts[b] < ends[a] + reach) union(parents, a, b);
    if (ends[a] < ends[b]) a++;
    else b++;
  }
}
