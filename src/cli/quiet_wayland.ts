/**
 * Keeps Mesa's Vulkan driver from printing `error: XDG_RUNTIME_DIR is invalid…` on machines without
 * a desktop: it looks for a Wayland display wherever the variable points, and finds none.
 */
export function quietWayland(): void {
  if (Deno.build.os !== "linux") return;
  try {
    if (!Deno.env.get("XDG_RUNTIME_DIR")) Deno.env.set("XDG_RUNTIME_DIR", "/tmp");
  } catch (error) {
    // Without permission for the environment the line is printed, which does no harm.
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}
