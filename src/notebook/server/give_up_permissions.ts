import { canAllowLess } from "./worker_permissions.ts";

/**
 * Other programs are started only to bundle the page's scripts and to open a browser, the system is
 * asked only for the names by which others reach it, and all code is there by then.
 */
const ONLY_AT_START = ["run", "ffi", "sys", "import"] as const;

/** What the thread that serves pages has in its own right. */
const SERVING = ["read", "write", "net", "env"] as const;

/**
 * Gives up for good what only the start of the notebook needs, however freely it was started: the
 * thread that started it keeps nothing, the one that serves pages what that takes, and the one that
 * computes has nothing from the beginning.
 *
 * Where threads cannot be allowed less than the process, they lose with it what only the start
 * needs, and keep the rest.
 */
export async function giveUpPermissions(): Promise<void> {
  for (const name of canAllowLess() ? [...ONLY_AT_START, ...SERVING] : ONLY_AT_START) {
    await Deno.permissions.revoke({ name } as Deno.PermissionDescriptor);
  }
}
