import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleClient, type ClientBundle } from "./client_bundle.ts";
import { refusedAddress } from "./listener.ts";
import type { Serve } from "./serve.ts";
import { servingPermissions } from "./serving_permissions.ts";
import { ServingThread } from "./serving_thread.ts";

const local = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const samples = local("samples");
const code = local("src");

/**
 * Serves the notebooks of a file's folder, or of another one, in a thread of its own that is allowed
 * only what that takes.
 *
 * @param bundled The folder of the notebooks when no file is given. Default that of this project.
 */
export function serveInThread(bundled: string = local("notebooks")): Serve {
  let bundling: Promise<ClientBundle> | undefined;
  return async (asked) => {
    // The user may name a link; pages may not.
    const notebook = asked.notebook && await Deno.realPath(asked.notebook);
    const start = notebook && basename(notebook);
    const folder = notebook ? dirname(notebook) : bundled;
    const port = asked.port || freePort(asked.host);
    const temporary = await Deno.makeTempDir({ prefix: "daub-notebook-" });
    const serving = { ...asked, port, temporary };
    const { first, loading } = await servingPermissions(serving, folder, [samples, code]);
    const thread = new ServingThread(first);
    try {
      const bundle = await (bundling ??= bundleClient());
      await thread.serve({ serving, folder, ...(start && { start }), samples, bundle, loading });
      return thread;
    } catch (error) {
      thread.end();
      await Deno.remove(temporary, { recursive: true });
      throw error;
    }
  };
}

/**
 * A port that nobody uses, because the thread is allowed one that is known.
 *
 * @throws {DaubError} `options` when there is none at this address.
 */
function freePort(host: string): number {
  try {
    using listener = Deno.listen({ hostname: host, port: 0 });
    return listener.addr.port;
  } catch (cause) {
    throw refusedAddress({ host, port: 0 }, cause);
  }
}
