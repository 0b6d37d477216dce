import * as source from "../cpu/labeling_wasm.ts";
import { startKernels } from "../cpu/kernels.ts";
import { Block, pointerOf } from "../cpu/memory.ts";
import type { WorkerPool } from "../cpu/pool.ts";
import type { Size } from "../image/image.ts";
import { neighbourhood } from "./connectivity.ts";
import type { Connectivity } from "./labels.ts";

/** Classes that are copied to the kernels at once. */
const PIECE_BYTES = 8 * 2 ** 20;

/** Rows in which a thread looks for runs at a time. */
const SHARED_ROWS = 32;

/** How many strips each of several threads is given, so that all end at about the same time. */
const STRIPS_PER_THREAD = 4;

/** Words of a job but for its neighbours, as `cpu/assembly/labeling.as.ts` reads them. */
const JOB_WORDS = 16;

/** Stretches of a row in which all pixels are of one class, numbered by the object they are in. */
export interface NumberedRuns extends Disposable {
  /** The first run of every row, and behind the last row the number of runs. */
  readonly firstOfRow: Int32Array;
  /** The column of the first pixel of every run, and that behind its last. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** The object of every run. */
  readonly labels: Int32Array;
  /** The number of objects. */
  readonly count: number;
}

/** Finds the runs of a class and joins those that touch, on the threads of a pool. */
export async function numberRuns(
  pool: WorkerPool,
  classes: Uint8Array,
  { width, height, depth }: Size,
  positiveClass: number,
  connectivity: Connectivity,
): Promise<NumberedRuns> {
  const rows = height * depth;
  const { rows: neighbours, reach } = neighbourhood(connectivity);
  const { connectSeams, numberSets } = startKernels<source.Kernels>(source);
  using stack = new DisposableStack();
  const make = (bytes: number) => stack.use(new Block(bytes));
  const job = make(4 * (JOB_WORDS + 2 * neighbours.length));
  const lists = Array.from({ length: pool.numThreads }, () => [job.pointer]);
  const run = (kernel: "countRuns" | "connectStrips") => pool.run(source, kernel, lists);
  const firstRuns = make(4 * (rows + 1));
  {
    using bits = new Block(8 * Math.ceil(width / 64) * rows);
    const inside = pointerOf(classes);
    const pieceRows = inside === undefined
      ? Math.min(rows, Math.max(1, Math.floor(PIECE_BYTES / width)))
      : rows;
    using piece = new Block(inside === undefined ? pieceRows * width : 0);
    const fill = (numRows: number, stripRows: number, from: number, firstRow: number) =>
      job.int32().set([
        ...[0, Math.ceil(numRows / stripRows), stripRows, numRows, width, from, firstRow],
        ...[positiveClass, bits.pointer, firstRuns.pointer],
      ]);
    for (let row = 0; row < rows; row += pieceRows) {
      const numRows = Math.min(pieceRows, rows - row);
      if (inside === undefined) {
        piece.uint8().set(classes.subarray(row * width, (row + numRows) * width));
      }
      fill(numRows, SHARED_ROWS, inside ?? piece.pointer, row);
      await run("countRuns");
    }
    const numRuns = sumUp(firstRuns.int32());
    const [starts, ends, parents] = [make(4 * numRuns), make(4 * numRuns), make(4 * numRuns)];
    const stripRows = stripLength(height, depth, pool.numThreads);
    fill(rows, stripRows, 0, 0);
    job.int32().set([starts.pointer, ends.pointer, parents.pointer, height, reach], 10);
    job.int32().set([neighbours.length, ...neighbours.flatMap(({ dz, dy }) => [dz, dy])], 15);
    await run("connectStrips");
    connectSeams(job.pointer);
    const count = numberSets(parents.pointer, numRuns);
    const blocks = stack.move();
    return {
      firstOfRow: firstRuns.int32(),
      starts: starts.int32(),
      ends: ends.int32(),
      labels: parents.int32(),
      count,
      [Symbol.dispose]: () => blocks.dispose(),
    };
  }
}

/** Strips of volumes are whole slices, because all of a slice touches the one before it. */
function stripLength(height: number, depth: number, numThreads: number): number {
  const numStrips = numThreads > 1 ? STRIPS_PER_THREAD * numThreads : 1;
  return depth > 1
    ? height * Math.ceil(depth / numStrips)
    : Math.max(1, Math.ceil(height / numStrips));
}

/** Replaces counts by the sums of those before them; returns the sum of all. */
function sumUp(counts: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < counts.length - 1; i++) {
    const count = counts[i];
    counts[i] = sum;
    sum += count;
  }
  counts[counts.length - 1] = sum;
  return sum;
}
