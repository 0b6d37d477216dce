import type { Backend } from "../../src/backend.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { hasAdapter } from "./gpu.ts";

/** A test on each backend; where there is no WebGPU adapter, not even in software, it says so. */
export function backendTest(
  name: string,
  fn: (backend: Backend) => Promise<void>,
  { ignore = false }: { ignore?: boolean } = {},
): void {
  for (const kind of ["cpu", "gpu"] as const) {
    const missing = kind === "gpu" && !hasAdapter;
    Deno.test({
      name: `${kind}: ${name}${missing ? " (skipped: no WebGPU adapter)" : ""}`,
      ignore: ignore || missing,
      fn: async () => {
        await using backend = await openBackend(kind);
        await fn(backend);
      },
    });
  }
}
