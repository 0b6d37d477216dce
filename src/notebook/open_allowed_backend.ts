import type { Backend, BackendChoice } from "../backend.ts";
import { openBackend } from "../backends/open_backend.ts";
import { DaubError } from "../errors.ts";

/** The shortest module there is. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Whether WebAssembly may be compiled here; a page's content policy can forbid it. */
export function mayCompile(): boolean {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
    return true;
  } catch {
    return false;
  }
}

/**
 * Opens a backend as `openBackend` does; where WebAssembly may not be compiled, `"auto"` takes any
 * WebGPU that there is, also a software rasterizer.
 */
export async function openAllowedBackend(
  choice: BackendChoice = "auto",
  isAllowed: boolean = mayCompile(),
): Promise<Backend> {
  if (isAllowed || choice !== "auto") return await openBackend(choice);
  try {
    return await openBackend("gpu");
  } catch {
    // The processor does what it can without.
    return await openBackend("cpu");
  }
}

/** An error as users should see it: that a content policy forbids what is needed, or itself. */
export function explainForbidden(error: unknown): unknown {
  const cause = error instanceof DaubError ? error.cause : error;
  if (!(cause instanceof WebAssembly.CompileError) || mayCompile()) return error;
  return new DaubError(
    "backend",
    "Expected WebGPU, or leave to compile WebAssembly, but found neither: the content policy of " +
      "this page forbids WebAssembly. Open the page in a browser with WebGPU, or add " +
      "'wasm-unsafe-eval' to script-src in the policy.",
    { cause },
  );
}
