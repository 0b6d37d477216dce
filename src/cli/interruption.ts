/** A way to be stopped from outside: Ctrl-C, or a request of the system to end. */
export interface Interruption extends Disposable {
  /** Aborted with the name of the system's signal as its reason. */
  readonly signal: AbortSignal;
  /** Names the files to remove should the process be ended now. */
  setTemporary(paths: readonly string[]): void;
}

/** What is said when a run is stopped. */
export const INTERRUPTED = "Expected to finish but was interrupted; every file that was reported " +
  "is complete. Run the same command again: with several images, those that are done are kept.";

/** The exit codes that shells know for the system's signals. */
export const interruptionCodes: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Starts to listen for interruptions. A thread of its own listens, because a long computation on
 * the processor keeps this one from hearing anything: then that thread ends the process.
 */
export async function listenForInterruption(): Promise<Interruption> {
  const controller = new AbortController();
  const address = new URL("./interruption_worker.ts", import.meta.url);
  const worker = new Worker(address, { type: "module" });
  // Its first message says that it listens.
  await new Promise((resolve) => worker.onmessage = resolve);
  worker.onmessage = ({ data }) => controller.abort(data);
  return {
    signal: controller.signal,
    setTemporary: (paths) => worker.postMessage(paths),
    [Symbol.dispose]: () => worker.terminate(),
  };
}
