import type { Objects } from "./objects.ts";

/**
 * How many pixels the convex hull of every object covers, in a plane: those whose middle is in the
 * hull of the middles of the edges of the object's pixels, as in scikit-image's
 * `convex_hull_image`.
 */
export function findConvexAreas(objects: Objects): Float64Array {
  const { sums, count, size } = objects;
  const { first, rows, left, right } = findExtremes(objects);
  const areas = new Float64Array(count);
  const lefts = new Float64Array(size.height);
  const mirrored = new Float64Array(size.height);
  for (let o = 0; o < count; o++) {
    const top = sums.min[1][o];
    const height = sums.max[1][o] - top + 1;
    // Mirrored, the right border of the hull is a left one.
    lefts.fill(Infinity, 0, height);
    mirrored.fill(Infinity, 0, height);
    for (let i = first[o]; i < first[o + 1]; i++) {
      lefts[rows[i] - top] = left[i];
      mirrored[rows[i] - top] = -right[i];
    }
    const starts = hullBorder(lefts.subarray(0, height));
    const ends = hullBorder(mirrored.subarray(0, height));
    for (let row = 0; row < height; row++) areas[o] += Math.max(0, 1 - ends[row] - starts[row]);
  }
  return areas;
}

/** The rows in which every object is, and its first and last column in each of them. */
function findExtremes({ runs: { firstOfRow, start, end, label }, count, size }: Objects) {
  const lastRow = new Int32Array(count).fill(-1);
  const first = new Uint32Array(count + 1);
  const forEachRun = (visit: (object: number, y: number, run: number) => void) => {
    for (let y = 0; y < size.height; y++) {
      for (let run = firstOfRow[y]; run < firstOfRow[y + 1]; run++) visit(label[run] - 1, y, run);
    }
  };
  forEachRun((o, y) => {
    if (lastRow[o] !== y) first[o + 1]++;
    lastRow[o] = y;
  });
  for (let o = 0; o < count; o++) first[o + 1] += first[o];
  const rows = new Uint32Array(first[count]);
  const left = new Uint32Array(first[count]);
  const right = new Uint32Array(first[count]);
  const next = first.slice();
  lastRow.fill(-1);
  forEachRun((o, y, run) => {
    if (lastRow[o] !== y) {
      lastRow[o] = rows[next[o]] = y;
      left[next[o]++] = start[run];
    }
    right[next[o] - 1] = end[run] - 1;
  });
  return { first, rows, left, right };
}

/**
 * The first column in the hull, row by row. Everything is in half pixels, where the middles of
 * edges are whole numbers, so nothing is rounded (monotone chain, Andrew 1979).
 *
 * @param left The object's first column in each row, infinite where it has none.
 */
function hullBorder(left: Float64Array): Float64Array {
  const xs: number[] = [];
  const ys: number[] = [];
  const add = (x: number, y: number) => {
    if (x === Infinity) return;
    while (xs.length > 1) {
      const [x1, y1] = [xs[xs.length - 1], ys[ys.length - 1]];
      const [x0, y0] = [xs[xs.length - 2], ys[ys.length - 2]];
      if ((x1 - x0) * (y - y0) < (x - x0) * (y1 - y0)) break;
      xs.pop();
      ys.pop();
    }
    xs.push(x);
    ys.push(y);
  };
  add(2 * left[0], -1);
  for (let row = 0; row < left.length; row++) {
    add(2 * left[row] - 1, 2 * row);
    add(2 * Math.min(left[row], left[row + 1] ?? Infinity), 2 * row + 1);
  }
  const border = new Float64Array(left.length);
  for (let row = 0, edge = 0; row < border.length; row++) {
    while (ys[edge + 1] < 2 * row) edge++;
    const [x0, y0] = [xs[edge], ys[edge]];
    const [x1, y1] = [xs[edge + 1], ys[edge + 1]];
    border[row] = Math.ceil((x0 * (y1 - y0) + (x1 - x0) * (2 * row - y0)) / (2 * (y1 - y0)));
  }
  return border;
}
