import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The headers of the pages by their path. */
const PAGES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "/open/": {},
  "/isolated/": {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
  },
  "/without_kernels/": { "content-security-policy": "script-src 'self'" },
};

/** A server of the bundled library and of empty pages to import it in. */
export interface LibraryPages extends AsyncDisposable {
  /** Without a slash at its end. */
  readonly origin: string;
}

/**
 * Bundles the library and serves it as `/daub.js`, the files of the project by their paths, and the
 * pages `/open/`, `/isolated/`, which may share memory, and `/without_kernels/`, whose policy
 * forbids WebAssembly.
 */
export async function serveLibraryPages(): Promise<LibraryPages> {
  const folder = await Deno.makeTempDir();
  const bundled = join(folder, "daub.js");
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "-o", bundled, join(root, "mod.ts")],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => respond(request, bundled),
  );
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function respond(request: Request, bundled: string): Promise<Response> {
  const { pathname } = new URL(request.url);
  const headers = PAGES[pathname];
  if (headers) {
    return new Response("<!doctype html><title>Daub</title>", {
      headers: { "content-type": "text/html", ...headers },
    });
  }
  if (pathname === "/favicon.ico") return new Response(null, { status: 204 });
  const path = pathname === "/daub.js" ? bundled : join(root, pathname);
  const type = pathname.endsWith(".js") ? "text/javascript" : "image/tiff";
  return new Response(await Deno.readFile(path), { headers: { "content-type": type } });
}
