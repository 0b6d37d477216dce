import type { Backend } from "../backend.ts";
import { canRunKernels } from "../cpu/kernels.ts";
import * as kernels from "../cpu/pixels_wasm.ts";
import { CpuBackend } from "./cpu_backend.ts";
import { PlainBackend } from "./plain_backend.ts";

/**
 * The processor: in WebAssembly, or in plain TypeScript where that is missing or a page's content
 * policy forbids it.
 *
 * @param threads Default as many as there are processor cores.
 * @param idleAfter How many milliseconds they wait for work before they end. Default 3000.
 */
export function openProcessor(
  reason: string,
  { threads, idleAfter }: { readonly threads?: number; readonly idleAfter?: number } = {},
): Backend {
  return canRunKernels(kernels)
    ? new CpuBackend(reason, threads, idleAfter)
    : new PlainBackend(reason);
}
