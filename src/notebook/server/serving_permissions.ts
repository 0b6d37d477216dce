import { parse } from "node:path";
import type { Serving } from "./serve.ts";
import { canAllowLess } from "./worker_permissions.ts";

/** What the thread that serves the notebook is allowed. */
export interface ServingPermissions {
  readonly first: Deno.PermissionOptionsObject;
  /** What of it goes once the thread's code is loaded, before it listens. */
  readonly loading: readonly Deno.PermissionDescriptor[];
}

/**
 * The little that serving takes, as far as this process is allowed it: to listen at one address, to
 * read what pages may be shown and to write what they may save.
 *
 * @param notebooks The folder of the notebooks.
 * @param code Folders of this project that are read.
 */
export async function servingPermissions(
  { host, port, images, root, data, temporary }: Serving,
  notebooks: string,
  code: readonly string[],
): Promise<ServingPermissions> {
  const saved = [data, notebooks, ...[root, temporary].filter((path) => path !== undefined)];
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  // The compiler of cells looks at the environment, and at its own file in other letter case to
  // learn whether that is the same one here.
  const drives = [...new Set([...code, Deno.execPath()].map((path) => parse(path).root))]
    .filter((path) => Deno.permissions.querySync({ name: "read", path }).state === "granted");
  const read = await pathsOf("read", [...saved, ...images, ...code]);
  return {
    first: {
      read: someOf([...read, ...drives]),
      write: someOf(await pathsOf("write", saved)),
      net: await isAllowed({ name: "net", host: address }) && [address],
      env: await isAllowed({ name: "env" }),
      run: false,
      ffi: false,
      sys: false,
      import: false,
    },
    loading: canAllowLess()
      ? [{ name: "env" }, ...drives.map((path) => ({ name: "read", path }) as const)]
      : [],
  };
}

async function isAllowed(descriptor: Deno.PermissionDescriptor): Promise<boolean> {
  return (await Deno.permissions.request(descriptor)).state === "granted";
}

/** Those of some paths that are allowed, and what they lead to. */
async function pathsOf(name: "read" | "write", wanted: readonly string[]): Promise<string[]> {
  const targets = await Promise.all(wanted.map((path) => Deno.realPath(path).catch(() => path)));
  const allowed: string[] = [];
  for (const path of new Set([...wanted, ...targets])) {
    if (await isAllowed({ name, path })) allowed.push(path);
  }
  return allowed;
}

/** A list of what is allowed; an empty one would allow everything. */
function someOf(list: string[]): string[] | false {
  return list.length > 0 && list;
}
