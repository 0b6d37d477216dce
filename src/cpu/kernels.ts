import { DaubError } from "../errors.ts";
import { canShare, memory, missingWebAssembly } from "./memory.ts";

/** A built module: `src/cpu/<stage>_wasm.ts`. */
export interface KernelSource {
  /** The binary, in base64. */
  readonly BASE64: string;
  /** Where the binary says whether its memory is shared. */
  readonly MEMORY_FLAGS: number;
}

/** The flags of a memory with a maximum that belongs to one thread. */
const NOT_SHARED = 1;

const compiled = new Map<KernelSource, WebAssembly.Module>();
const started = new Map<KernelSource, WebAssembly.Exports>();

/**
 * The compiled binary, for this thread and for workers.
 *
 * @throws {DaubError} `backend` where WebAssembly or its vectors are missing.
 */
export function compileKernels(source: KernelSource): WebAssembly.Module {
  let module = compiled.get(source);
  if (!module) {
    const bytes = Uint8Array.from(atob(source.BASE64), (character) => character.charCodeAt(0));
    if (!canShare) bytes[source.MEMORY_FLAGS] = NOT_SHARED;
    try {
      module = new WebAssembly.Module(bytes);
    } catch (cause) {
      throw missingWebAssembly(cause);
    }
    compiled.set(source, module);
  }
  return module;
}

/** Whether this thread can compile a binary: a page's policy may forbid it. */
export function canRunKernels(source: KernelSource): boolean {
  try {
    compileKernels(source);
    return true;
  } catch (error) {
    if (error instanceof DaubError && error.tag === "backend") return false;
    throw error;
  }
}

/** What every built module imports: the memory, and functions that its instructions lack. */
export function kernelImports(memory: WebAssembly.Memory): WebAssembly.Imports {
  const { acos, cos, pow } = Math;
  return { env: { memory, "Math.acos": acos, "Math.cos": cos, "Math.pow": pow } };
}

/** The functions of a built module on the kernels' memory; started once. */
export function startKernels<Kernels>(source: KernelSource): Kernels {
  let exports = started.get(source);
  if (!exports) {
    exports = new WebAssembly.Instance(compileKernels(source), kernelImports(memory)).exports;
    started.set(source, exports);
  }
  return exports as Kernels;
}
