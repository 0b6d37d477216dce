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
import { startComputeWorker } from "./computer.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import type { Pages } from "./pages.ts";
import { NotebookServer } from "./server.ts";

/** Makes the pages that a command line asks for. */
export type OpenPages = (options: { readonly notebook?: string }) => Promise<Pages>;

/** What {@linkcode runNotebook} takes beside the command line. */
export interface RunOptions {
  /** Called when everything is started. */
  readonly whenOpen?: () => Promise<void>;
  /** Other limits than the usual ones. */
  readonly limits?: Limits;
}

/**
 * Serves a notebook until the signal of the host aborts. The one line on standard output is the
 * address; every error ends up as a sentence.
 *
 * @returns The exit code.
 */
export async function runNotebook(
  argv: readonly string[],
  host: Host,
  openPages: OpenPages,
  { whenOpen, limits }: RunOptions = {},
): Promise<number> {
  try {
    const options = await parseNotebookOptions(argv);
    if (options.help) {
      host.out(NOTEBOOK_HELP);
      return 0;
    }
    const server = await start(options, await openPages(options), limits);
    const address = (await server.address()).href;
    host.out(address);
    if (!isLoopback(options.host)) {
      host.err("Others on your network can reach this server; whoever has the address can use it.");
    }
    if (options.open) await openBrowser(address, host);
    await whenOpen?.();
    await new Promise((resolve) => {
      if (host.signal?.aborted) resolve(undefined);
      host.signal?.addEventListener("abort", resolve, { once: true });
    });
    await server.close();
    return 0;
  } catch (error) {
    host.err(describeFailure(error, argv.includes("--debug")));
    return exitCodeOf(error);
  }
}

async function start(
  options: NotebookOptions,
  pages: Pages,
  limits = DEFAULT_LIMITS,
): Promise<NotebookServer> {
  const { host, root, data, backend, images, origins } = options;
  const at = (port: number) =>
    NotebookServer.start({
      pages,
      host,
      port,
      names: namesOf(host),
      images,
      root,
      origins,
      data,
      backend,
      limits,
      startWorker: startComputeWorker,
    });
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

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
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
