import type { Backend, BackendChoice } from "../backend.ts";
import { openBackend } from "../backends/open_backend.ts";
import { canRunKernels } from "../cpu/kernels.ts";
import * as kernels from "../cpu/pixels_wasm.ts";
import { THREADS_IDLE_AFTER as idleAfter } from "./threads_idle_after.ts";

/**
 * Opens a backend as `openBackend` does; where WebAssembly may not be compiled, which a page's
 * content policy can forbid, `"auto"` takes any WebGPU that there is, also a software rasterizer,
 * before plain TypeScript. Threads are kept between strokes.
 */
export async function openAllowedBackend(
  choice: BackendChoice = "auto",
  isAllowed: boolean = canRunKernels(kernels),
): Promise<Backend> {
  if (isAllowed || choice !== "auto") return await openBackend(choice, { idleAfter });
  try {
    return await openBackend("gpu");
  } catch {
    return await openBackend("cpu", { idleAfter });
  }
}
