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

/** What workers are called that compute. */
const NAME = "daub";

/** Whether this is no page but a worker that was started to compute. */
export function isEngineThread(): boolean {
  return typeof document === "undefined" && (globalThis as { name?: string }).name === NAME;
}

/**
 * Starts the program that computes, in a worker of its own: from its text or, where the page's
 * content policy forbids that, from this module's address. Where it forbids both, the program runs
 * on the page's thread, in slices.
 */
export async function startEngine(program: typeof serveEngine): Promise<StartedEngine> {
  return await startFromText(program) ?? await startFromAddress() ?? startHere(program);
}

async function startFromText(program: typeof serveEngine): Promise<StartedEngine | undefined> {
  const source = new Blob([`(${program})(globalThis)`], { type: "text/javascript" });
  const url = URL.createObjectURL(source);
  try {
    return await startWorker(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Only as `scripts/build_embed.ts` made it: others may have put more into their module. */
async function startFromAddress(): Promise<StartedEngine | undefined> {
  const { href, origin, pathname } = new URL(import.meta.url);
  const isOurs = origin === location.origin && pathname.endsWith("/daub.js");
  return isOurs ? await startWorker(href) : undefined;
}

async function startWorker(url: string): Promise<StartedEngine | undefined> {
  let worker: Worker | undefined;
  try {
    worker = new Worker(url, { type: "module", name: NAME });
    await isReady(worker);
  } catch {
    worker?.terminate();
    return undefined;
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
