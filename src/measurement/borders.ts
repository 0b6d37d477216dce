import type { Size } from "../image/image.ts";
import { forEachRow, type LabelRuns } from "./label_runs.ts";

/** The faces of pixels, inside the image, that every object shares with others or background. */
export function findBorders(runs: LabelRuns, count: number, size: Size): Uint32Array {
  const borders = new Uint32Array(count);
  const { firstOfRow, start, end, label } = runs;
  const { width, height, depth } = size;
  forEachRow(runs, size, (first, last, y, z) => {
    const row = z * height + y;
    // Pixels have a face to each row beside theirs, of which those to their own object are none.
    const rows = [y > 0, y < height - 1, z > 0, z < depth - 1].filter((isInside) =>
      isInside
    ).length;
    for (let run = first; run < last; run++) {
      const ends = (start[run] > 0 ? 1 : 0) + (end[run] < width ? 1 : 0);
      borders[label[run] - 1] += ends + rows * (end[run] - start[run]);
    }
    for (const other of [y > 0 ? row - 1 : -1, z > 0 ? row - height : -1]) {
      if (other < 0) continue;
      let a = firstOfRow[other];
      for (let b = first; a < firstOfRow[other + 1] && b < last;) {
        const shared = Math.min(end[a], end[b]) - Math.max(start[a], start[b]);
        if (shared > 0 && label[a] === label[b]) borders[label[b] - 1] -= 2 * shared;
        if (end[a] < end[b]) a++;
        else b++;
      }
    }
  });
  return borders;
}
