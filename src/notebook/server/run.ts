import { hostname, networkInterfaces } from "node:os";
import { describeFailure, exitCodeOf } from "../../cli/failure.ts";
import type { Host } from "../../cli/host.ts";
import { DaubError } from "../../errors.ts";
import {
  NOTEBOOK_HELP,
  type NotebookOptions,
  parseNotebookOptions,
  USUAL_PORT,
} from "./command_line.ts";
import { isLoopback } from "./loopback.ts";
import type { Serve, Served } from "./serve.ts";

/** What {@linkcode runNotebook} takes beside the command line. */
export interface RunOptions {
  /** Called when everything is started. */
  readonly whenOpen?: () => Promise<void>;
}

/**
 * Serves a notebook until the signal of the host aborts. The one line on standard output is the
 * address; every error ends up as a sentence.
 *
 * @param serve Starts the server.
 * @returns The exit code.
 */
export async function runNotebook(
  argv: readonly string[],
  host: Host,
  serve: Serve,
  { whenOpen }: RunOptions = {},
): Promise<number> {
  try {
    const options = await parseNotebookOptions(argv);
    if (options.help) {
      host.out(NOTEBOOK_HELP);
      return 0;
    }
    const served = await start(options, serve);
    const { address } = served;
    host.out(address);
    if (!isLoopback(options.host)) {
      host.err("Others on your network can reach this server; whoever has the address can use it.");
    }
    if (options.open) await openBrowser(address, host);
    await whenOpen?.();
    const ended = new Promise<void>((resolve) => {
      if (host.signal?.aborted) resolve();
      host.signal?.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([ended, served.failed]);
    await served.close();
    return 0;
  } catch (error) {
    host.err(describeFailure(error, argv.includes("--debug")));
    return exitCodeOf(error);
  }
}

async function start(options: NotebookOptions, serve: Serve): Promise<Served> {
  const at = (port: number) => serve({ ...options, port, names: namesOf(options.host) });
  if (options.port !== undefined) return await at(options.port);
  try {
    return await at(USUAL_PORT);
  } catch (error) {
    const taken = error instanceof DaubError && error.cause instanceof Deno.errors.AddrInUse;
    if (!taken) throw error;
    return await at(0);
  }
}

/** The names by which a server at an address may be asked for, the one to print first. */
function namesOf(host: string): string[] {
  if (isLoopback(host)) return [...new Set([host, "localhost"])];
  if (host !== "0.0.0.0" && host !== "::") return [host];
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return [hostname(), ...addresses.map(({ address }) => address), "localhost"];
}

async function openBrowser(address: string, host: Host): Promise<void> {
  const command = { darwin: "open", windows: "explorer" }[Deno.build.os as string] ?? "xdg-open";
  try {
    const { success } = await new Deno.Command(command, {
      args: [address],
      stdout: "null",
      stderr: "null",
    }).output();
    if (!success && command !== "explorer") throw new Error(command);
  } catch {
    host.err("Expected to open a browser but could not. Open the address above yourself.");
  }
}
