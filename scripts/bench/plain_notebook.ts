/**
 * The notebook with a page of one line, which needs no bundling, as a process of its own. With
 * `DAUB_JOURNAL_SLACK` in its environment, so many bytes of the journal may say nothing new.
 *
 * @module
 */
import { DEFAULT_LIMITS } from "../../src/notebook/server/limits.ts";
import { runNotebook } from "../../src/notebook/server/run.ts";
import { serveHere } from "../../src/notebook/server/serve.ts";

const controller = new AbortController();
Deno.addSignalListener("SIGTERM", () => controller.abort("SIGTERM"));
const host = {
  out: (line: string) => console.log(line),
  err: (line: string) => console.error(line),
  watched: false,
  signal: controller.signal,
};
const pages = { respond: () => Promise.resolve(new Response("a page")) };
const journalSlack = Number(Deno.env.get("DAUB_JOURNAL_SLACK") ?? DEFAULT_LIMITS.journalSlack);
const limits = { ...DEFAULT_LIMITS, journalSlack };
Deno.exit(await runNotebook(Deno.args, host, serveHere(pages, limits)));
