/** Other programs are started only to bundle the page's scripts and to open a browser. */
const ONLY_AT_START = ["run", "ffi"] as const;

/**
 * Gives up for good what only the start of the notebook needs, in all threads of this process,
 * however freely it was started: whatever a hostile image or message does to it then, it starts no
 * other program and loads no native library.
 */
export async function giveUpPermissions(): Promise<void> {
  for (const name of ONLY_AT_START) await Deno.permissions.revoke({ name });
}
