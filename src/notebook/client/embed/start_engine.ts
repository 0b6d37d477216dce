/// <reference lib="dom" />
import type { EnginePort } from "../../engine_messages.ts";
import { EngineLine } from "../../port_engine.ts";
import type { serveEngine } from "../../serve_engine.ts";

/** A thread that computes for the page. */
export interface StartedEngine {
  readonly line: EngineLine;
  /** Whether it is a thread of its own; else it computes between the page's other tasks. */
  readonly isWorker: boolean;
  /** Ends it. */
  stop(): void;
}

/** How long a worker may take to say that it is ready, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Starts the program that computes, in a worker of its own. Where the page's content policy forbids
 * that, it runs on the page's thread, in slices.
 */
export async function startEngine(program: typeof serveEngine): Promise<StartedEngine> {
  return await startWorker(program) ?? startHere(program);
}

async function startWorker(program: typeof serveEngine): Promise<StartedEngine | undefined> {
  const source = new Blob([`(${program})(globalThis)`], { type: "text/javascript" });
  const url = URL.createObjectURL(source);
  let worker: Worker | undefined;
  try {
    worker = new Worker(url, { type: "module", name: "daub" });
    await isReady(worker);
  } catch {
    worker?.terminate();
    return undefined;
  } finally {
    URL.revokeObjectURL(url);
  }
  const running = worker;
  const line = new EngineLine(running);
  running.onerror = (event) => {
    event.preventDefault();
    line.end(`it crashed (${event.message})`);
  };
  return {
    line,
    isWorker: true,
    stop: () => {
      running.terminate();
      line.end("the image was closed");
    },
  };
}

/** Waits for a worker's first message; a policy that forbids it shows as an error event. */
async function isReady(worker: Worker): Promise<void> {
  let deadline: ReturnType<typeof setTimeout> | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        event.preventDefault();
        reject(event);
      };
      deadline = setTimeout(reject, PATIENCE);
    });
  } finally {
    clearTimeout(deadline);
  }
}

function startHere(program: typeof serveEngine): StartedEngine {
  const { port1, port2 } = new MessageChannel();
  const line = new EngineLine(port1 as EnginePort);
  program(port2 as EnginePort, { inSlices: true });
  return {
    line,
    isWorker: false,
    stop: () => {
      port1.close();
      port2.close();
      line.end("the image was closed");
    },
  };
}
