/** What a thread may do: nothing, or what is listed and nothing else. */
export type ThreadPermissions = "none" | Deno.PermissionOptionsObject;

/**
 * The options of a thread that may do less than the one that starts it. Deno ends the process that
 * asks for that without its option `worker-options`, which `deno.json` of this project turns on:
 * without that file (`--no-config`) a thread may do what the process may.
 */
export function allowOnly(permissions: ThreadPermissions): WorkerOptions {
  return canAllowLess() ? { type: "module", deno: { permissions } } : { type: "module" };
}

/** Whether `deno.json` of this project is in force: no other one knows of this name. */
export function canAllowLess(): boolean {
  try {
    import.meta.resolve("#worker-options");
    return true;
  } catch {
    return false;
  }
}
