import type { StartWorker } from "./computer.ts";
import type { ToWorker } from "./worker_messages.ts";

/** How many threads are kept ready, and when others are started. */
export interface SpareOptions {
  /** Default 2: a notebook opens its image and one layer of further strokes. */
  readonly count?: number;
  /**
   * How long after one was taken another is started, in milliseconds. Default 1000: opening the image
   * comes first.
   */
  readonly refillAfter?: number;
}

/** Nothing that is under way has this number, so cancelling it only makes the thread listen. */
const NOTHING: ToWorker = { cancel: 0 };

/**
 * Threads that compute, started before an image needs one. A thread that is not the process's first,
 * such as the one that serves, waits half a second in Deno 2.9 until a thread that it starts runs, and
 * as long again until that one hears the first message; whoever opens an image should not.
 */
export class SpareWorkers implements Disposable {
  readonly #start: StartWorker;
  readonly #count: number;
  readonly #refillAfter: number;
  readonly #spares = new Set<Worker>();
  #refill: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(start: StartWorker, { count = 2, refillAfter = 1000 }: SpareOptions = {}) {
    this.#start = start;
    this.#count = count;
    this.#refillAfter = refillAfter;
    this.#fill();
  }

  /** One that is ready, or else a new one; whoever takes it ends it. */
  take(): Worker {
    const [ready] = this.#spares;
    if (ready) this.#spares.delete(ready);
    clearTimeout(this.#refill);
    this.#refill = setTimeout(() => this.#fill(), this.#refillAfter);
    return ready ?? this.#start();
  }

  /** Ends those that nobody took, and keeps no others ready. */
  [Symbol.dispose](): void {
    this.#closed = true;
    clearTimeout(this.#refill);
    for (const worker of this.#spares) worker.terminate();
    this.#spares.clear();
  }

  #fill(): void {
    while (!this.#closed && this.#spares.size < this.#count) {
      const worker = this.#start();
      worker.onerror = (event) => {
        // An error that nobody catches would end the server.
        event.preventDefault();
        this.#spares.delete(worker);
        worker.terminate();
      };
      worker.postMessage(NOTHING);
      this.#spares.add(worker);
    }
  }
}
