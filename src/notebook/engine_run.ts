import type { EngineProgress } from "./engine.ts";

/** What a stage needs to know of the computation that it is part of. */
export interface EngineRun {
  readonly signal?: AbortSignal;
  /** Takes down how long a stage took. */
  readonly report: (stage: string, milliseconds: number) => void;
  /** Tells how far a stage has come. */
  readonly progressOf: (stage: string) => (fraction: number) => void;
}

/** For stages that take no time worth telling. */
export const silent = () => {};

/** Begins a computation; the time of every stage is written into `milliseconds`. */
export function startRun(
  { signal, onProgress }: {
    signal?: AbortSignal;
    onProgress?: (progress: EngineProgress) => void;
  },
  milliseconds: Record<string, number> = {},
): EngineRun {
  return {
    signal,
    report: (stage, time) => void (milliseconds[stage] = time),
    progressOf: (stage) => (fraction) => onProgress?.({ stage, fraction }),
  };
}
