/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import { EngineLine } from "../port_engine.ts";

/** A thread of the page, as the page sees it. */
export interface PageLine {
  /** What asks it, when it has started. */
  readonly line: Promise<EngineLine>;
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
  const end = (why: string) => {
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
  return { line, end };
}

/** A thread of the page that is started when it is needed, and again when it has crashed. */
export class LastingLine {
  readonly #open: () => PageLine;
  #page: PageLine | undefined;

  /** @param open Starts a thread. */
  constructor(open: () => PageLine) {
    this.#open = open;
  }

  /**
   * What asks the thread.
   *
   * @param prepare Called with that of a new one first.
   */
  async line(prepare?: (line: EngineLine) => Promise<unknown>): Promise<EngineLine> {
    const page = this.#page;
    const before = page && await page.line.catch(() => undefined);
    if (before && !before.isEnded) return before;
    // Somebody else has started one meanwhile.
    if (this.#page !== page) return await this.line(prepare);
    this.#page = this.#open();
    const line = await this.#page.line;
    await prepare?.(line);
    return line;
  }

  /** Ends the thread. */
  end(): void {
    this.#page?.end("the page needs it no longer");
  }
}
