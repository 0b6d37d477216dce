/** The notebook with a page of one line, which needs no bundling, as a process of its own. */
import { runNotebook } from "../../src/notebook/server/run.ts";

const controller = new AbortController();
Deno.addSignalListener("SIGTERM", () => controller.abort("SIGTERM"));
const host = {
  out: (line: string) => console.log(line),
  err: (line: string) => console.error(line),
  watched: false,
  signal: controller.signal,
};
const pages = { respond: () => Promise.resolve(new Response("a page")) };
Deno.exit(await runNotebook(Deno.args, host, () => Promise.resolve(pages)));
