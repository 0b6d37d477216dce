import type { Size } from "../image/image.ts";
import type { LabelRuns } from "./label_runs.ts";

/**
 * The length of every object's border in a plane, as scikit-image's `perimeter` with 4 neighbours
 * estimates it (Benkrid and Crookes, Design and FPGA implementation of a perimeter estimator,
 * 2000): border pixels weigh 1, √2 or (1 + √2) / 2 by how many of their neighbours are border.
 */
export function findPerimeters(
  runs: LabelRuns,
  count: number,
  { width, height }: Size,
): Float64Array {
  const weights = neighbourWeights();
  const perimeters = new Float64Array(count);
  // Labels with a column of background on either side, and the same where a pixel is border.
  const row = () => new Uint32Array(width + 2);
  let [above, here, below] = [row(), row(), row()];
  let [borderAbove, border, borderBelow] = [row(), row(), row()];
  paint(runs, 0, below);
  for (let y = 0; y <= height; y++) {
    [above, here, below] = [here, below, above];
    below.fill(0);
    if (y + 1 < height) paint(runs, y + 1, below);
    [borderAbove, border, borderBelow] = [border, borderBelow, borderAbove];
    borderBelow.fill(0);
    if (y < height) markBorder(runs, y, above, here, below, borderBelow);
    if (y > 0) addRow(runs, y - 1, borderAbove, border, borderBelow, weights, perimeters);
  }
  return perimeters;
}

function paint({ firstOfRow, start, end, label }: LabelRuns, row: number, into: Uint32Array): void {
  for (let run = firstOfRow[row]; run < firstOfRow[row + 1]; run++) {
    into.fill(label[run], start[run] + 1, end[run] + 1);
  }
}

/** Border is what has a neighbour of another label left, right, above or below. */
function markBorder(
  { firstOfRow, start, end, label }: LabelRuns,
  row: number,
  above: Uint32Array,
  here: Uint32Array,
  below: Uint32Array,
  border: Uint32Array,
): void {
  for (let run = firstOfRow[row]; run < firstOfRow[row + 1]; run++) {
    const own = label[run];
    const last = end[run];
    for (let i = start[run] + 1; i <= last; i++) {
      const isInner = above[i] === own && below[i] === own && here[i - 1] === own &&
        here[i + 1] === own;
      border[i] = isInner ? 0 : own;
    }
  }
}

function addRow(
  { firstOfRow, start, end, label }: LabelRuns,
  row: number,
  above: Uint32Array,
  here: Uint32Array,
  below: Uint32Array,
  weights: Float64Array,
  perimeters: Float64Array,
): void {
  for (let run = firstOfRow[row]; run < firstOfRow[row + 1]; run++) {
    const own = label[run];
    const last = end[run];
    let sum = 0;
    for (let i = start[run] + 1; i <= last; i++) {
      if (here[i] !== own) continue;
      const faces = Number(above[i] === own) + Number(here[i - 1] === own) +
        Number(here[i + 1] === own) + Number(below[i] === own);
      const corners = Number(above[i - 1] === own) + Number(above[i + 1] === own) +
        Number(below[i - 1] === own) + Number(below[i + 1] === own);
      sum += weights[corners * 5 + faces];
    }
    perimeters[own - 1] += sum;
  }
}

/** By 5 times the number of neighbours at corners plus the number of those at faces. */
function neighbourWeights(): Float64Array {
  const weights = new Float64Array(25);
  const set = (weight: number, ...neighbours: (readonly [corners: number, faces: number])[]) => {
    for (const [corners, faces] of neighbours) weights[corners * 5 + faces] = weight;
  };
  set(1, [0, 2], [0, 3], [1, 2], [1, 3], [2, 2], [2, 3]);
  set(Math.SQRT2, [2, 0], [3, 1]);
  set((1 + Math.SQRT2) / 2, [1, 1], [2, 1]);
  return weights;
}
