import type { Backend } from "../../src/backend.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { hasAdapter } from "./gpu.ts";

/** What a test runs on. */
export interface BackendTestOptions {
  readonly ignore?: boolean;
  /** Whether it also runs on a GPU that keeps features in the memory of workgroups. */
  readonly fused?: boolean;
}

/** A test on each backend; where there is no WebGPU adapter, not even in software, it says so. */
export function backendTest(
  name: string,
  fn: (backend: Backend) => Promise<void>,
  { ignore = false, fused = false }: BackendTestOptions = {},
): void {
  for (const kind of ["cpu", "gpu", ...(fused ? ["fused gpu"] : [])]) {
    const missing = kind !== "cpu" && !hasAdapter;
    Deno.test({
      name: `${kind}: ${name}${missing ? " (skipped: no WebGPU adapter)" : ""}`,
      ignore: ignore || missing,
      fn: async () => {
        await using backend = kind === "fused gpu"
          ? await openBackend("gpu", { fuse: true })
          : await openBackend(kind as "cpu" | "gpu");
        await fn(backend);
      },
    });
  }
}
