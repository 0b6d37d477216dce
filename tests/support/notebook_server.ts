import { CHANGE_HEADER } from "../../src/notebook/server/admission.ts";
import { serveInThread } from "../../src/notebook/server/serve_in_thread.ts";

/** A notebook's server with a folder of its own for strokes. */
export interface ServedNotebooks extends AsyncDisposable {
  /** An address that admits one browser. */
  address(path?: string): Promise<string>;
}

/**
 * Serves the notebooks of a folder as the command line does, computing on the processor; also images
 * of another folder.
 */
export async function serveNotebooks(folder?: string, root?: string): Promise<ServedNotebooks> {
  const data = await Deno.makeTempDir({ prefix: "daub-data-" });
  const host = "127.0.0.1";
  const served = await serveInThread(folder)({
    ...{ host, port: 0, names: [host], origins: [] },
    ...{ root, data, images: [], backend: "cpu" },
  });
  const { origin } = new URL(served.address);
  const headers = {
    authorization: `Bearer ${await admitted(served.address)}`,
    "content-type": "application/json",
    [CHANGE_HEADER]: "1",
  };
  return {
    address: async (path = "/") => {
      const answer = await fetch(`${origin}/api/address`, { method: "POST", headers, body: "{}" });
      const url = new URL(path, origin);
      const { searchParams } = new URL((await answer.json()).address);
      url.searchParams.set("token", searchParams.get("token")!);
      return url.href;
    },
    [Symbol.asyncDispose]: async () => {
      await served.close();
      await Deno.remove(data, { recursive: true });
    },
  };
}

/** The credential that an address gives to who opens it first. */
async function admitted(address: string): Promise<string> {
  const answer = await fetch(address, { redirect: "manual" });
  await answer.body?.cancel();
  return /=([^;]+)/.exec(answer.headers.get("set-cookie")!)![1];
}
