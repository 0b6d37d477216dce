import { startComputeWorker } from "./computer.ts";
import type { NotebookOptions } from "./command_line.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import type { Pages } from "./pages.ts";
import { NotebookServer } from "./server.ts";
import { SpareWorkers } from "./spare_workers.ts";

/** What of a command line a server is started with. */
export interface Serving extends
  Pick<
    NotebookOptions,
    "notebook" | "images" | "host" | "root" | "data" | "backend" | "origins"
  > {
  /** A folder for what is kept only while a page is open; removed when the server closes. */
  readonly temporary?: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** The names by which the server may be asked for, the one to print first. */
  readonly names: readonly string[];
}

/** A server that is up, wherever it runs. */
export interface Served {
  /** The address to open: it admits one browser, once. */
  readonly address: string;
  /** Rejects when it can serve no more. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

/**
 * Starts a server.
 *
 * @throws {DaubError} `options` when the address cannot be had, its cause `AddrInUse` when another
 * program has it.
 */
export type Serve = (serving: Serving) => Promise<Served>;

/** Serves pages in this thread. */
export function serveHere(pages: Pages, limits: Limits = DEFAULT_LIMITS): Serve {
  return async (serving) => {
    const spares = new SpareWorkers(startComputeWorker);
    const startWorker = () => spares.take();
    let server: NotebookServer;
    try {
      server = await NotebookServer.start({ ...serving, pages, limits, startWorker });
    } catch (error) {
      spares[Symbol.dispose]();
      throw error;
    }
    const { href: address } = await server.address();
    const close = async () => {
      spares[Symbol.dispose]();
      await server.close();
      if (serving.temporary) await Deno.remove(serving.temporary, { recursive: true });
    };
    return { address, failed: new Promise(() => {}), close };
  };
}
