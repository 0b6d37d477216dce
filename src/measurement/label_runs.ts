import { canRunKernels, startKernels } from "../cpu/kernels.ts";
import * as source from "../cpu/measuring_wasm.ts";
import { Block } from "../cpu/memory.ts";
import type { Size } from "../image/image.ts";

/** The objects of a label image as runs: stretches of a row with one label, in raster order. */
export interface LabelRuns {
  /** The number of runs; the arrays may be longer. */
  readonly length: number;
  /** The first run of every row (z × height + y), and behind the last row the number of runs. */
  readonly firstOfRow: Uint32Array;
  /** The x of a run's first pixel. */
  readonly start: Uint32Array;
  /** The x behind a run's last pixel. */
  readonly end: Uint32Array;
  /** The run's label. */
  readonly label: Uint32Array;
}

/** Smaller images are done before a kernel has started. */
const MIN_KERNEL_PIXELS = 2 ** 14;

/** Pixels that are copied to the kernels at once. */
const PIECE = 2 ** 18;

/** Finds the runs of all labels but 0, the background. */
export function findLabelRuns(labels: Uint32Array, size: Size): LabelRuns {
  const isLarge = labels.length >= MIN_KERNEL_PIXELS;
  return isLarge && canRunKernels(source)
    ? findRunsWasm(labels, size)
    : findRunsPlainly(labels, size);
}

/** {@linkcode findLabelRuns} by the kernels, piece by piece. */
function findRunsWasm(labels: Uint32Array, { width, height, depth }: Size): LabelRuns {
  const rows = height * depth;
  const pieceRows = Math.min(rows, Math.max(1, Math.floor(PIECE / width)));
  const bytes = 4 * pieceRows * width;
  using piece = new Block(bytes + 128);
  const blocks = Array.from({ length: 3 }, () => new Block(bytes));
  using starts = blocks[0], ends = blocks[1], found = blocks[2];
  using first = new Block(4 * pieceRows);
  const { findRuns } = startKernels<source.Kernels>(source);
  const firstOfRow = new Uint32Array(rows + 1);
  const lists = blocks.map(() => new Uint32Array(1024));
  let length = 0;
  for (let row = 0; row < rows; row += pieceRows) {
    const numRows = Math.min(pieceRows, rows - row);
    piece.int32(64).set(labels.subarray(row * width, (row + numRows) * width));
    const count = findRuns(
      piece.pointer + 64,
      width,
      numRows,
      starts.pointer,
      ends.pointer,
      found.pointer,
      first.pointer,
    );
    blocks.forEach((block, i) => {
      const longer = Math.max(lists[i].length * 2, length + count);
      if (length + count > lists[i].length) lists[i] = grow(lists[i], longer);
      lists[i].set(block.int32(0, count), length);
    });
    first.int32(0, numRows).forEach((before, i) => firstOfRow[row + i] = length + before);
    length += count;
  }
  firstOfRow[rows] = length;
  const [start, end, label] = lists;
  return { length, firstOfRow, start, end, label };
}

/** {@linkcode findLabelRuns} where there are no kernels, and to check them with. */
export function findRunsPlainly(labels: Uint32Array, size: Size): LabelRuns {
  const { width } = size;
  const rows = size.height * size.depth;
  const firstOfRow = new Uint32Array(rows + 1);
  let start = new Uint32Array(Math.max(width, 1024));
  let end = new Uint32Array(start.length);
  let label = new Uint32Array(start.length);
  let length = 0;
  for (let row = 0; row < rows; row++) {
    if (length + width > start.length) {
      const longer = Math.max(start.length * 2, length + width);
      start = grow(start, longer);
      end = grow(end, longer);
      label = grow(label, longer);
    }
    length = findRunsOfRow(labels, row * width, width, start, end, label, length);
    firstOfRow[row + 1] = length;
  }
  return { length, firstOfRow, start, end, label };
}

/** Visits the rows that have runs, in raster order. */
export function forEachRow(
  { firstOfRow }: LabelRuns,
  { height, depth }: Size,
  visit: (first: number, last: number, y: number, z: number) => void,
): void {
  for (let z = 0, row = 0; z < depth; z++) {
    for (let y = 0; y < height; y++, row++) {
      if (firstOfRow[row] < firstOfRow[row + 1]) visit(firstOfRow[row], firstOfRow[row + 1], y, z);
    }
  }
}

function findRunsOfRow(
  labels: Uint32Array,
  from: number,
  width: number,
  start: Uint32Array,
  end: Uint32Array,
  label: Uint32Array,
  length: number,
): number {
  const to = from + width;
  // Four pixels at a time while nothing changes.
  const lastFour = to - 4;
  let i = from;
  while (true) {
    while (i <= lastFour && (labels[i] | labels[i + 1] | labels[i + 2] | labels[i + 3]) === 0) {
      i += 4;
    }
    while (i < to && labels[i] === 0) i++;
    if (i >= to) return length;
    const found = labels[i];
    start[length] = i - from;
    i++;
    while (
      i <= lastFour &&
      ((labels[i] ^ found) | (labels[i + 1] ^ found) | (labels[i + 2] ^ found) |
          (labels[i + 3] ^ found)) === 0
    ) i += 4;
    while (i < to && labels[i] === found) i++;
    end[length] = i - from;
    label[length++] = found;
  }
}

function grow(array: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(length);
  grown.set(array);
  return grown;
}
