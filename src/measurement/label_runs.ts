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

/** Finds the runs of all labels but 0, the background. */
export function findLabelRuns(labels: Uint32Array, size: Size): LabelRuns {
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
