import type { Size } from "../image/image.ts";
import { forEachRow, type LabelRuns } from "./label_runs.ts";
import type { DistanceSums, PerAxis } from "./region_sums.ts";

/** Distances of objects' pixels to a point of each. */
export function sumDistances(runs: LabelRuns, size: Size, [cx, cy, cz]: PerAxis): DistanceSums {
  const sum = new Float64Array(cx.length);
  const max = new Float64Array(cx.length);
  forEachRow(runs, size, (first, last, y, z) => {
    for (let run = first; run < last; run++) {
      const o = runs.label[run] - 1;
      const x = cx[o];
      const beside = (y - cy[o]) ** 2 + (z - cz[o]) ** 2;
      const to = runs.end[run];
      let total = 0;
      for (let i = runs.start[run]; i < to; i++) total += Math.sqrt((i - x) * (i - x) + beside);
      sum[o] += total;
      const widest = Math.max(Math.abs(runs.start[run] - x), Math.abs(to - 1 - x));
      // Math.max hands on NaN, which is the distance to the centre of nothing.
      max[o] = Math.max(max[o], Math.sqrt(widest * widest + beside));
    }
  });
  return { sum, max };
}
