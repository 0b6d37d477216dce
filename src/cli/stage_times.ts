/** How long the stages of the work on an image took. */
export class StageTimes {
  readonly #start = performance.now();
  readonly #ms = new Map<string, number>();

  /** Adds to the time of a stage. */
  readonly add = (stage: string, ms: number): void => {
    this.#ms.set(stage, (this.#ms.get(stage) ?? 0) + ms);
  };

  /** Runs a stage and adds its time. */
  async measure<T>(stage: string, run: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await run();
    this.add(stage, performance.now() - start);
    return result;
  }

  /** Milliseconds per stage, to the microsecond, and since the start as `total`. */
  total(): Record<string, number> {
    const round = (ms: number) => Math.round(ms * 1000) / 1000;
    const stages = [...this.#ms].map(([stage, ms]) => [stage, round(ms)]);
    return { ...Object.fromEntries(stages), total: round(performance.now() - this.#start) };
  }
}
