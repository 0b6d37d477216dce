import { letOthersRun as waitForMessage } from "../cpu/let_others_run.ts";
import { DaubError, throwIfCancelled } from "../errors.ts";

/** Lets timers, messages and the page take their turn. */
export function letOthersRun(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  return scheduler?.yield ? scheduler.yield() : waitForMessage();
}

/** How long work may hold a thread that has a page to show, in milliseconds: a part of a frame. */
const HOLD = 4;

/**
 * Does long work piece by piece; between them timers, messages and the page take their turn.
 *
 * @param step Does a little of it, well under a millisecond, and tells whether all is done.
 */
export async function inPieces(step: () => boolean): Promise<void> {
  for (let start = performance.now(); !step();) {
    if (performance.now() - start < HOLD) continue;
    await letOthersRun();
    start = performance.now();
  }
}

/**
 * One at a time: a task runs when the one before it has ended. Of those that may be replaced, only
 * the newest waits; the one that waited is told `cancelled`.
 */
export class Turns {
  #last: Promise<void> = Promise.resolve();
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
    const { promise: left, reject: leave } = Promise.withResolvers<never>();
    const replace = () =>
      leave(new DaubError("cancelled", "The computation was replaced by a newer one."));
    const cancel = () =>
      leave(
        new DaubError("cancelled", "The computation was cancelled.", { cause: signal!.reason }),
      );
    if (replaceable) {
      this.#waiting?.();
      this.#waiting = replace;
    }
    signal?.addEventListener("abort", cancel, { once: true });
    const stopWaiting = () => {
      signal?.removeEventListener("abort", cancel);
      if (this.#waiting === replace) this.#waiting = undefined;
    };
    let end: (() => void) | undefined;
    const before = this.#last;
    this.#last = new Promise<void>((resolve) => end = resolve);
    try {
      await Promise.race([before, left]);
    } catch (error) {
      // Those behind wait for the one in front, not for this one.
      before.then(end);
      throw error;
    } finally {
      stopWaiting();
    }
    try {
      return await task();
    } finally {
      end!();
    }
  }
}
