import type { Size } from "../image/image.ts";
import { forEachRow, type LabelRuns } from "./label_runs.ts";
import {
  type ChannelSums,
  type DistanceSums,
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
    channels: channels.map((pixels) => sumChannel(runs, size, area, pixels, request)),
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

function sumDistances(runs: LabelRuns, size: Size, [cx, cy, cz]: PerAxis): DistanceSums {
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

function sumChannel(
  runs: LabelRuns,
  size: Size,
  area: Float64Array,
  pixels: NumberArray,
  request: SumRequest,
): ChannelSums {
  const count = area.length;
  const min = new Float64Array(count).fill(Infinity);
  const max = new Float64Array(count).fill(-Infinity);
  const sum = new Float64Array(count);
  const squares = new Float64Array(count);
  const weighted = perAxis(count);
  // Differences to one of an object's own values lose nothing where they are squared.
  const pivots = new Float64Array(count);
  const differences = new Float64Array(count);
  forEachRow(runs, size, (first, last, y, z) => {
    const row = (z * size.height + y) * size.width;
    for (let run = first; run < last; run++) {
      const o = runs.label[run] - 1;
      const from = row + runs.start[run];
      const to = row + runs.end[run];
      if (min[o] > max[o]) pivots[o] = pixels[from];
      const pivot = pivots[o];
      let low = min[o];
      let high = max[o];
      let total = 0;
      let moment = 0;
      let square = 0;
      for (let i = from; i < to; i++) {
        const value = pixels[i];
        if (value < low) low = value;
        if (value > high) high = value;
        const difference = value - pivot;
        total += difference;
        square += difference * difference;
        moment += (i - from) * value;
      }
      min[o] = low;
      max[o] = high;
      differences[o] += total;
      squares[o] += square;
      const whole = total + pivot * (to - from);
      sum[o] += whole;
      weighted[0][o] += moment + whole * runs.start[run];
      weighted[1][o] += whole * y;
      weighted[2][o] += whole * z;
    }
  });
  for (let o = 0; o < count; o++) {
    squares[o] = Math.max(0, squares[o] - differences[o] * differences[o] / area[o]);
  }
  const distances = request.distances && sumDistances(runs, size, quotients(weighted, sum));
  return { min, max, sum, weighted, squares, ...(distances && { distances }) };
}
