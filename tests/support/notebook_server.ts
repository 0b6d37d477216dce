import { fileURLToPath } from "node:url";
import { startComputeWorker } from "../../src/notebook/server/computer.ts";
import { DEFAULT_LIMITS } from "../../src/notebook/server/limits.ts";
import { NotebookPages } from "../../src/notebook/server/notebook_pages.ts";
import { NotebookServer } from "../../src/notebook/server/server.ts";

const local = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** A notebook's server with a folder of its own for strokes. */
export interface ServedNotebooks extends AsyncDisposable {
  readonly server: NotebookServer;
  /** An address that admits one browser. */
  address(path?: string): Promise<string>;
}

/** Serves the notebooks of a folder, computing on the processor; also images of another folder. */
export async function serveNotebooks(
  folder = local("notebooks"),
  root?: string,
): Promise<ServedNotebooks> {
  const data = await Deno.makeTempDir({ prefix: "daub-data-" });
  const server = await NotebookServer.start({
    pages: await NotebookPages.open({ folder, samples: local("samples") }),
    host: "127.0.0.1",
    port: 0,
    images: [],
    root,
    data,
    backend: "cpu",
    limits: DEFAULT_LIMITS,
    startWorker: startComputeWorker,
  });
  return {
    server,
    address: async (path = "/") => {
      const url = new URL(path, server.origin);
      url.searchParams.set("token", (await server.address()).searchParams.get("token")!);
      return url.href;
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await Deno.remove(data, { recursive: true });
    },
  };
}
