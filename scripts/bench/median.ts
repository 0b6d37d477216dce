/** What a function returned last and the median of the milliseconds it took. */
export interface Timing<T> {
  readonly result: T;
  readonly ms: number;
}

/**
 * Times a function: once without the clock, so that everything is compiled and loaded, then
 * `repeat` times. Of an even number of times, the upper of the two middle ones is taken.
 *
 * @param run Is given its last result, whose memory it may use again.
 */
export async function medianMs<T>(
  run: (last?: T) => Promise<T>,
  repeat: number,
): Promise<Timing<T>> {
  let result = await run();
  const times: number[] = [];
  for (let i = 0; i < repeat; i++) {
    const start = performance.now();
    result = await run(result);
    times.push(performance.now() - start);
  }
  return { result, ms: median(times) };
}

/** The middle value, the upper one of two, to a thousandth. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] * 1000) / 1000;
}
