/// <reference lib="dom" />
import { DaubError } from "../../errors.ts";
import { Annotation } from "../annotation.ts";
import type { Engine } from "../engine.ts";
import { EngineLine } from "../port_engine.ts";

/** An engine and the strokes that it answers. */
export interface PageEngine extends Engine {
  readonly annotation: Annotation;
}

/**
 * An engine in a thread of the page itself.
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
    return Object.assign(engine, {
      annotation: new Annotation(engine.image.size),
      [Symbol.asyncDispose]: () => {
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
