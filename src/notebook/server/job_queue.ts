import { DaubError } from "../../errors.ts";
import type { EngineOptions, EngineProgress, EngineWant } from "../engine.ts";

/** A request of a page for a computation on the strokes as they are when its turn comes. */
export interface Job {
  /** Who asks: a newer job of the same page takes the place of its waiting one. */
  readonly owner: unknown;
  /** The time point to segment. */
  readonly frame: number;
  readonly options: EngineOptions;
  readonly want: EngineWant;
  readonly onProgress: (progress: EngineProgress) => void;
  /** Called once, with a result or an error. */
  readonly onEnd: (result: Uint8Array | undefined, error: unknown) => void;
}

/** Computes for the jobs that ask the same. */
export type Compute = (request: {
  readonly frame: number;
  readonly options: EngineOptions;
  readonly want: EngineWant;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: EngineProgress) => void;
}) => Promise<Uint8Array>;

interface Running {
  readonly jobs: Set<Job>;
  readonly key: string;
  readonly position: number;
  readonly controller: AbortController;
}

/**
 * The computations of one image: one at a time, the newest of every page next, and one for all
 * pages that ask the same of the same strokes. One that nobody waits for any more is cancelled.
 */
export class JobQueue {
  readonly #waiting = new Map<unknown, Job>();
  #running: Running | undefined;
  #last: { key: string; position: number; result: Uint8Array } | undefined;

  /**
   * @param compute Does the work.
   * @param position How many commands were applied, which says whether strokes are the same.
   */
  constructor(readonly compute: Compute, readonly position: () => number) {}

  /** Takes a job; `onEnd` is told `cancelled` when a newer one of the same page replaces it. */
  add(job: Job): void {
    const key = keyOf(job);
    const position = this.position();
    this.#replace(job.owner);
    if (
      this.#running?.key === key && this.#running.position === position && isWanted(this.#running)
    ) {
      this.#running.jobs.add(job);
    } else if (this.#last?.key === key && this.#last.position === position) {
      job.onEnd(this.#last.result, undefined);
    } else {
      this.#waiting.set(job.owner, job);
      this.#next();
    }
  }

  /** Gives a job up; the work stops when no other page waits for it. */
  cancel(job: Job): void {
    if (this.#waiting.get(job.owner) === job) {
      this.#replace(job.owner);
    } else if (this.#running?.jobs.delete(job)) {
      job.onEnd(undefined, cancelled());
      if (this.#running.jobs.size === 0) this.#running.controller.abort("cancelled");
    }
  }

  /** Gives up everything, as when the image is closed. */
  clear(error: unknown): void {
    const jobs = [...this.#waiting.values(), ...this.#running?.jobs ?? []];
    this.#waiting.clear();
    this.#running?.jobs.clear();
    this.#running?.controller.abort("cancelled");
    for (const job of jobs) job.onEnd(undefined, error);
  }

  #replace(owner: unknown): void {
    const older = this.#waiting.get(owner);
    this.#waiting.delete(owner);
    older?.onEnd(undefined, cancelled());
  }

  #next(): void {
    if (this.#running || this.#waiting.size === 0) return;
    const [first] = this.#waiting.values();
    const key = keyOf(first);
    const jobs = new Set([...this.#waiting.values()].filter((job) => keyOf(job) === key));
    for (const job of jobs) this.#waiting.delete(job.owner);
    const controller = new AbortController();
    this.#running = { jobs, key, position: this.position(), controller };
    void this.#run(this.#running, first);
  }

  async #run(running: Running, { frame, options, want }: Job): Promise<void> {
    const { key, position, controller: { signal }, jobs } = running;
    const onProgress = (progress: EngineProgress) => {
      for (const job of jobs) job.onProgress(progress);
    };
    try {
      const result = await this.compute({ frame, options, want, signal, onProgress });
      this.#last = { key, position, result };
      for (const job of jobs) job.onEnd(result, undefined);
    } catch (error) {
      for (const job of jobs) job.onEnd(undefined, error);
    }
    this.#running = undefined;
    this.#next();
  }
}

function isWanted({ controller }: Running): boolean {
  return !controller.signal.aborted;
}

function keyOf({ frame, options, want }: Job): string {
  const parts = Object.entries({ frame, ...options, ...want }).filter(([, value]) =>
    value !== undefined
  );
  return JSON.stringify(parts.sort(([a], [b]) => a < b ? -1 : 1));
}

function cancelled(): DaubError {
  return new DaubError("cancelled", "The computation was cancelled.");
}
