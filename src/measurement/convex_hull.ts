import type { Objects } from "./objects.ts";

/**
 * How many pixels the convex hull of every object covers, in a plane: those whose middle is in the
 * hull of the middles of the edges of the object's pixels, as in scikit-image's
 * `convex_hull_image`.
 */
export function findConvexAreas(objects: Objects): Float64Array {
  const { sums, count } = objects;
  const extremes = findExtremes(objects);
  const areas = new Float64Array(count);
  for (let o = 0; o < count; o++) {
    const rows = sums.max[1][o] - sums.min[1][o] + 1;
    const first = extremes.first[o];
    const left = extremes.left.subarray(first, first + rows);
    const right = extremes.right.subarray(first, first + rows);
    // Mirrored, the right border of the hull is a left one.
    const starts = hullBorder(left);
    const ends = hullBorder(right.map((x) => -x));
    for (let row = 0; row < rows; row++) areas[o] += Math.max(0, 1 - ends[row] - starts[row]);
  }
  return areas;
}

/** The first and last column of every object in each row of its box. */
function findExtremes({ runs, sums, count, size }: Objects) {
  const first = new Uint32Array(count + 1);
  for (let o = 0; o < count; o++) first[o + 1] = first[o] + sums.max[1][o] - sums.min[1][o] + 1;
  const left = new Float64Array(first[count]).fill(Infinity);
  const right = new Float64Array(first[count]).fill(-Infinity);
  for (let y = 0; y < size.height; y++) {
    for (let run = runs.firstOfRow[y]; run < runs.firstOfRow[y + 1]; run++) {
      const o = runs.label[run] - 1;
      const row = first[o] + y - sums.min[1][o];
      left[row] = Math.min(left[row], runs.start[run]);
      right[row] = Math.max(right[row], runs.end[run] - 1);
    }
  }
  return { first, left, right };
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
