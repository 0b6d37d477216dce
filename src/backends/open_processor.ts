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
 */
export function openProcessor(reason: string, threads?: number): Backend {
  return canRunKernels(kernels) ? new CpuBackend(reason, threads) : new PlainBackend(reason);
}
