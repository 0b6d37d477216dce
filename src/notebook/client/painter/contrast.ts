import type { Image } from "../../../image/image.ts";

/** The values shown darkest and brightest. */
export interface Contrast {
  readonly low: number;
  readonly high: number;
}

/** About how many pixels are looked at; enough for percentiles to a tenth of a per cent. */
const SAMPLE = 50_000;

/** The smallest and the largest value of an image, and a contrast that suits it. */
export function measureContrast({ data }: Image): { range: Contrast; auto: Contrast } {
  const step = Math.max(1, Math.floor(data.length / SAMPLE));
  const sample = new Float64Array(Math.ceil(data.length / step));
  for (let i = 0, j = 0; j < data.length; i++, j += step) sample[i] = Number(data[j]);
  const finite = sample.filter(Number.isFinite).sort();
  if (finite.length === 0) return { range: { low: 0, high: 1 }, auto: { low: 0, high: 1 } };
  const at = (part: number) => finite[Math.round(part * (finite.length - 1))];
  const range = spread(finite[0], finite[finite.length - 1]);
  const auto = at(0.998) > at(0.002) ? { low: at(0.002), high: at(0.998) } : range;
  return { range, auto };
}

/** A contrast with some distance between its ends, also for an image of one value. */
function spread(low: number, high: number): Contrast {
  return high > low ? { low, high } : { low: Math.min(0, low), high: Math.max(low, 1) };
}
