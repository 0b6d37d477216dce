/**
 * The thread that serves the notebook, allowed only what serving takes.
 *
 * @module
 */
import {
  failureOf,
  type FromServing,
  type ServingRequest,
  type ToServing,
} from "./serving_messages.ts";

/** What of a worker's global scope is used. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToServing>) => void) | null;
  postMessage(message: FromServing): void;
}

const scope = globalThis as unknown as WorkerScope;
// At once, because bundling takes as long as loading; that may ask for more than is allowed.
const modules = Promise.all([import("./notebook_pages.ts"), import("./serve.ts")]);
modules.catch(() => {});
let close: (() => Promise<void>) | undefined;

scope.onmessage = async ({ data }) => {
  if (data === "close") {
    await close?.();
    return scope.postMessage("closed");
  }
  try {
    scope.postMessage({ address: await serve(data) });
  } catch (error) {
    scope.postMessage({ failure: failureOf(error) });
  }
};

async function serve(request: ServingRequest): Promise<string> {
  const [{ NotebookPages }, { serveHere }] = await modules;
  const { serving, bundle, loading, ...where } = request;
  for (const permission of loading) await Deno.permissions.revoke(permission);
  const served = await serveHere(await NotebookPages.open(where, bundle))(serving);
  close = () => served.close();
  return served.address;
}
