/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import type { Annotation } from "../annotation.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { EngineLine } from "../port_engine.ts";
import type { RemoteEvent } from "../remote_event.ts";
import { PageJournal } from "./page_journal.ts";

/** An engine, the strokes that it answers, and what is remembered beside them. */
export interface PageEngine extends Engine {
  readonly annotation: Annotation;
  /** The options that were chosen last; undefined when none ever were. */
  readonly options: EngineOptions | undefined;
  /** What {@linkcode look} kept last. */
  readonly view: unknown;
  /** Keeps options, and tells other pages where there are some. */
  choose(options: EngineOptions): void;
  /** Keeps how the page looks at the image: anything that JSON can say. */
  look(view: unknown): void;
  /** Tells of what others did, until the signal aborts or the result is called. */
  listen(listener: (event: RemoteEvent) => void, signal?: AbortSignal): () => void;
}

/**
 * An engine in a thread of the page itself. The browser keeps the strokes.
 *
 * @throws {DaubError} `image`, `file` when the image cannot be read; `backend` when the thread
 * cannot be started.
 */
export async function openPageEngine(source: URL | Blob, name: string): Promise<PageEngine> {
  // Lies beside this script; it is one file, so that nothing has to be fetched by a thread.
  const worker = new Worker(new URL("./engine_worker.js", import.meta.url), { type: "module" });
  const ready = new Promise<void>((resolve, reject) => {
    worker.onmessage = () => resolve();
    worker.onerror = (event) => {
      event.preventDefault();
      const found = event.message ?? "nothing";
      reject(
        new DaubError(
          "backend",
          `Expected a thread that computes but found: ${found}. Reload the page.`,
          { found },
        ),
      );
    };
  });
  try {
    await ready;
    const line = new EngineLine(worker);
    worker.onerror = (event) => {
      event.preventDefault();
      line.end(`it crashed (${event.message})`);
    };
    const { engine } = await line.open(source instanceof URL ? source.href : source, { name });
    const journal = await PageJournal.open(engine.image.contentKey, engine.image.size);
    const { annotation, notes: { options, view } } = journal;
    return Object.assign(engine, {
      annotation,
      options,
      view,
      choose: (options: EngineOptions) => journal.note({ options }),
      look: (view: unknown) => journal.note({ view }),
      listen: (listener: (event: RemoteEvent) => void, signal?: AbortSignal) =>
        listenToOptions(journal, listener, signal),
      [Symbol.asyncDispose]: () => {
        journal.close();
        worker.terminate();
        line.end("the image was closed");
        return Promise.resolve();
      },
    });
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

/** Tells of options that other pages of the browser choose for the same image. */
export function listenToOptions(
  journal: PageJournal,
  listener: (event: RemoteEvent) => void,
  signal?: AbortSignal,
): () => void {
  const stop = journal.listen((options) => listener({ kind: "options", options }));
  signal?.addEventListener("abort", stop, { once: true });
  return stop;
}
