import { DaubError, throwIfCancelled } from "../errors.ts";

/** Lets timers, messages and the page take their turn. */
export function letOthersRun(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  return scheduler?.yield ? scheduler.yield() : new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * One at a time: a task runs when the one before it has ended. Of those that may be replaced, only
 * the newest waits; the one that waited is told `cancelled`.
 */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();
  #waiting: (() => void) | undefined;

  /**
   * Runs a task when its turn comes.
   *
   * @throws {DaubError} `cancelled` when the signal says so before its turn, or a newer task that
   * may be replaced took its place.
   */
  async take<T>(
    task: () => Promise<T>,
    options: { readonly replaceable?: boolean; readonly signal?: AbortSignal } = {},
  ): Promise<T> {
    const { replaceable = false, signal } = options;
    throwIfCancelled(signal);
    let replaced = false;
    const replace = () => replaced = true;
    if (replaceable) {
      this.#waiting?.();
      this.#waiting = replace;
    }
    const turn = this.#last.then(async () => {
      if (replaced) {
        throw new DaubError("cancelled", "The computation was replaced by a newer one.");
      }
      if (this.#waiting === replace) this.#waiting = undefined;
      throwIfCancelled(signal);
      return await task();
    });
    this.#last = turn.catch(() => {});
    return await turn;
  }
}
