/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import { EngineLine } from "../port_engine.ts";

/** A thread of the page, as the page sees it. */
export interface PageLine {
  /** What asks it, when it has started. */
  readonly line: Promise<EngineLine>;
  /** Whether it is of no more use. */
  readonly isEnded: boolean;
  /** Ends it; what waits for it fails. */
  end(why: string): void;
}

/** Starts a thread of the page that computes. */
export function openPageLine(): PageLine {
  // Lies beside this script; it is one file, so that nothing has to be fetched by a thread.
  const worker = new Worker(new URL("./engine_worker.js", import.meta.url), { type: "module" });
  const { promise: line, resolve, reject } = Promise.withResolvers<EngineLine>();
  // Whoever asks is told.
  line.catch(() => {});
  worker.onmessage = () => resolve(new EngineLine(worker));
  let isEnded = false;
  const end = (why: string) => {
    isEnded = true;
    worker.terminate();
    reject(
      new DaubError(
        "backend",
        `Expected a thread that computes but found: ${why}. Reload the page.`,
        { found: why },
      ),
    );
    line.then((ready) => ready.end(why), () => {});
  };
  worker.onerror = (event) => {
    event.preventDefault();
    end(`it crashed (${event.message})`);
  };
  return {
    line,
    end,
    get isEnded() {
      return isEnded;
    },
  };
}
