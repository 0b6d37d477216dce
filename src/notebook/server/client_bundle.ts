import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { DaubError } from "../../errors.ts";

const CLIENT = fileURLToPath(new URL("../client/", import.meta.url));

const ENTRIES = [
  "page/main.ts",
  "daub.ts",
  "vendor/d3.ts",
  "vendor/htl.ts",
  "vendor/inputs.ts",
  "vendor/plot.ts",
];

/** Addresses that the kit's standard library asks a CDN for, and the copies of our own. */
const COPIES: Readonly<Record<string, string>> = {
  "https://cdn.jsdelivr.net/npm/@observablehq/inputs/+esm": "vendor/inputs.js",
  "https://cdn.jsdelivr.net/npm/@observablehq/plot/+esm": "vendor/plot.js",
  "https://cdn.jsdelivr.net/npm/d3/+esm": "vendor/d3.js",
  "https://cdn.jsdelivr.net/npm/htl/+esm": "vendor/htl.js",
};

/** The page's scripts, ready to be served. */
export interface ClientBundle {
  /** Where the page expects them; names their content. */
  readonly base: string;
  /** The scripts by their path below the base. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** The import map that redirects addresses of the network to copies of our own. */
  readonly importMap: { readonly imports: Readonly<Record<string, string>> };
}

/**
 * Bundles the page's scripts for browsers.
 *
 * @throws {DaubError} `server` when they cannot be bundled.
 */
export async function bundleClient(): Promise<ClientBundle> {
  const folder = await Deno.makeTempDir({ prefix: "daub-client-" });
  try {
    await Promise.all([
      bundle(["--code-splitting", "--outdir", folder, ...ENTRIES.map(pathOf)]),
      // A thread's script is one file: what it would import, its page's nonce does not admit.
      bundle(["--output", join(folder, "engine_worker.js"), pathOf("engine_worker.ts")]),
    ]);
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    for await (const path of filesBelow(folder)) {
      files.set(relative(folder, path).replaceAll("\\", "/"), await Deno.readFile(path));
    }
    const base = `/client/${await contentHash(files)}/`;
    const imports = Object.fromEntries(
      Object.entries(COPIES).map(([address, copy]) => [address, base + copy]),
    );
    return { base, files, importMap: { imports } };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function pathOf(entry: string): string {
  return join(CLIENT, entry);
}

async function bundle(what: readonly string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform", "browser", "--minify", "--external", "https://*"],
      ...what,
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code === 0) return;
  const cause = new TextDecoder().decode(stderr);
  throw new DaubError(
    "server",
    "Expected to bundle the page's scripts but could not. Start once with a network, so that what " +
      "they need is at hand.",
    { cause },
  );
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* filesBelow(path);
    else yield path;
  }
}

async function contentHash(files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const names = [...files.keys()].sort();
  const parts = names.flatMap((name) => [new TextEncoder().encode(name), files.get(name)!]);
  const whole = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole), 0, 8);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
