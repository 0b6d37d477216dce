/**
 * Opens the notebook: `deno run -A scripts/notebook.ts --help`.
 *
 * Less than everything suffices: `--allow-net=127.0.0.1` to serve, `--allow-read` of this project,
 * the images and the folder of the strokes, `--allow-write` of the folder of the strokes, of the
 * notebooks, of temporary files, and of the folder of images if labels are to be saved there,
 * `--allow-env` to find the folder of the strokes, and `--allow-run=deno` to bundle the page's
 * scripts.
 *
 * @module
 */
import { describeFailure, exitCodeOf } from "../src/cli/failure.ts";
import type { Host } from "../src/cli/host.ts";

/** Serves notebooks as a command line says, until the signal of the host aborts. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  try {
    const { giveUpPermissions } = await import("../src/notebook/server/give_up_permissions.ts");
    const { runNotebook } = await import("../src/notebook/server/run.ts");
    const { serveInThread } = await import("../src/notebook/server/serve_in_thread.ts");
    return await runNotebook(argv, host, serveInThread(), { whenOpen: giveUpPermissions });
  } catch (error) {
    host.err(describeFailure(error, argv.includes("--debug")));
    return exitCodeOf(error);
  }
}

if (import.meta.main) {
  const controller = new AbortController();
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const name of signals) Deno.addSignalListener(name, () => controller.abort(name));
  const code = await main(Deno.args, {
    out: (line) => console.log(line),
    err: (line) => console.error(line),
    watched: Deno.stderr.isTerminal(),
    signal: controller.signal,
  });
  Deno.exit(code);
}
