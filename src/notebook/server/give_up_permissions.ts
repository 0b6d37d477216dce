/**
 * Other programs are started only to bundle the page's scripts and to open a browser, the system is
 * asked only for the names by which others reach it, and all code is there by then.
 */
const ONLY_AT_START = ["run", "ffi", "sys", "import"] as const;

/**
 * Gives up for good what only the start of the notebook needs, in all threads of this process,
 * however freely it was started: whatever a hostile image or message does to it then, it starts no
 * other program, loads no native library and no code of the network, and learns nothing of the
 * system.
 *
 * It keeps the network, because an address that was lost is listened at again, and reading and
 * writing, because a permission is given up for all files or for none; `scripts/notebook.ts` names
 * the few that suffice.
 */
export async function giveUpPermissions(): Promise<void> {
  for (const name of ONLY_AT_START) {
    await Deno.permissions.revoke({ name } as Deno.PermissionDescriptor);
  }
}
