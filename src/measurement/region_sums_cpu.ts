import type { Size } from "../image/image.ts";
import { sumDistances } from "./distance_sums_cpu.ts";
import { sumIntensities } from "./intensity_sums_cpu.ts";
import { forEachRow, type LabelRuns } from "./label_runs.ts";
import {
  type NumberArray,
  type PerAxis,
  quotients,
  type RegionSums,
  type SumRequest,
} from "./region_sums.ts";

/**
 * Sums over objects, from their runs: what depends on the shape only has a closed form for a run.
 *
 * @param runs Labelled 1 to `count`, each at least once.
 */
export function sumRegionsCpu(
  runs: LabelRuns,
  count: number,
  size: Size,
  channels: readonly NumberArray[],
  request: SumRequest,
): RegionSums {
  const area = new Float64Array(count);
  const min = perAxis(count, Infinity);
  const max = perAxis(count, -Infinity);
  const sum = perAxis(count);
  const [minX, minY, minZ] = min;
  const [maxX, maxY, maxZ] = max;
  const [sumX, sumY, sumZ] = sum;
  forEachRow(runs, size, (first, last, y, z) => {
    for (let run = first; run < last; run++) {
      const o = runs.label[run] - 1;
      const from = runs.start[run];
      const to = runs.end[run];
      const length = to - from;
      area[o] += length;
      sumX[o] += length * (from + to - 1) / 2;
      sumY[o] += length * y;
      sumZ[o] += length * z;
      if (from < minX[o]) minX[o] = from;
      if (to - 1 > maxX[o]) maxX[o] = to - 1;
      if (y < minY[o]) minY[o] = y;
      if (y > maxY[o]) maxY[o] = y;
      if (z < minZ[o]) minZ[o] = z;
      maxZ[o] = z;
    }
  });
  const shape = { area, min, max, sum };
  const centroid = quotients(sum, area);
  return {
    ...shape,
    moments: request.moments ? sumMoments(runs, size, shape) : [],
    ...(request.distances && { distances: sumDistances(runs, size, centroid) }),
    channels: channels.map((pixels) => {
      const sums = sumIntensities(runs, size, area, pixels);
      if (!request.distances) return sums;
      const centre = quotients(sums.weighted, sums.sum);
      return { ...sums, distances: sumDistances(runs, size, centre) };
    }),
  };
}

function perAxis(count: number, value = 0): PerAxis {
  const filled = () => new Float64Array(count).fill(value);
  return [filled(), filled(), filled()];
}

/** Central moments; coordinates are taken from the box's corner, so that the sums stay exact. */
function sumMoments(
  runs: LabelRuns,
  size: Size,
  { area, min, sum }: Pick<RegionSums, "area" | "min" | "sum">,
): readonly Float64Array[] {
  const moments = Array.from({ length: 6 }, () => new Float64Array(area.length));
  const [xx, yy, zz, xy, xz, yz] = moments;
  forEachRow(runs, size, (first, last, y, z) => {
    for (let run = first; run < last; run++) {
      const o = runs.label[run] - 1;
      const from = runs.start[run] - min[0][o];
      const to = runs.end[run] - min[0][o];
      const dy = y - min[1][o];
      const dz = z - min[2][o];
      const length = to - from;
      const sumX = length * (from + to - 1) / 2;
      xx[o] += sumOfSquares(to) - sumOfSquares(from);
      yy[o] += length * dy * dy;
      zz[o] += length * dz * dz;
      xy[o] += sumX * dy;
      xz[o] += sumX * dz;
      yz[o] += length * dy * dz;
    }
  });
  return centralMoments(moments, { area, min, sum });
}

/**
 * Central moments from sums of products of coordinates in the objects' boxes: xx, yy, zz, xy, xz,
 * yz.
 */
export function centralMoments(
  products: readonly Float64Array[],
  { area, min, sum }: Pick<RegionSums, "area" | "min" | "sum">,
): readonly Float64Array[] {
  const [xx, yy, zz, xy, xz, yz] = products;
  // Multiplied by n, small sums stay whole, so that objects that are as long as wide are exactly so.
  for (let o = 0; o < area.length; o++) {
    const n = area[o];
    const x = sum[0][o] - n * min[0][o];
    const y = sum[1][o] - n * min[1][o];
    const z = sum[2][o] - n * min[2][o];
    xx[o] = (n * xx[o] - x * x) / n;
    yy[o] = (n * yy[o] - y * y) / n;
    zz[o] = (n * zz[o] - z * z) / n;
    xy[o] = (n * xy[o] - x * y) / n;
    xz[o] = (n * xz[o] - x * z) / n;
    yz[o] = (n * yz[o] - y * z) / n;
  }
  return products;
}

/** 0² + 1² + … + (n − 1)². */
function sumOfSquares(n: number): number {
  return (n - 1) * n * (2 * n - 1) / 6;
}
