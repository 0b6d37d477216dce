import { DaubError } from "../errors.ts";

/** An adapter's description in words, for logs and for the choice of backend. */
export function describeAdapter(info: GPUAdapterInfo): string {
  const { description, vendor, architecture, device } = info;
  const words = [vendor, architecture, device].filter(Boolean).join(" ");
  return description?.trim() || words || "unnamed adapter";
}

/** Names of adapters that compute on the processor, in lower case. */
const SOFTWARE = ["llvmpipe", "lavapipe", "swiftshader", "softpipe", "basic render", "software"];

/**
 * Whether an adapter is a software rasterizer, on which the CPU twin is faster.
 *
 * The fallback flag alone is not enough: Chromium reports SwiftShader without it when the adapter
 * was named on the command line.
 */
export function isSoftwareAdapter(info: GPUAdapterInfo): boolean {
  if (info.isFallbackAdapter) return true;
  const words = `${info.description} ${info.vendor} ${info.architecture} ${info.device}`
    .toLowerCase();
  return SOFTWARE.some((name) => words.includes(name));
}

/**
 * The system's preferred WebGPU adapter.
 *
 * @throws {DaubError} `backend` where WebGPU or an adapter is missing.
 */
export async function requestAdapter(): Promise<GPUAdapter> {
  const gpu = globalThis.navigator?.gpu;
  if (!gpu) {
    throw new DaubError(
      "backend",
      "Expected WebGPU but this runtime has none. Use the cpu backend, or a newer Deno or browser.",
      { expected: "navigator.gpu", found: undefined },
    );
  }
  let adapter: GPUAdapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  } catch (cause) {
    throw new DaubError(
      "backend",
      "Expected a WebGPU adapter but the request failed. Use the cpu backend, or check the " +
        "graphics driver.",
      { cause },
    );
  }
  if (!adapter) {
    throw new DaubError(
      "backend",
      "Expected a WebGPU adapter but found none. Use the cpu backend, or install a Vulkan driver.",
      { expected: "a GPU adapter", found: null },
    );
  }
  return adapter;
}

/** The error for a device that went away while it was in use. */
export function deviceLost(name: string, reason: string): DaubError {
  return new DaubError(
    "backend",
    `Expected the GPU (${name}) to stay available but it was lost (${reason}). Run again, or ` +
      `use the cpu backend.`,
    { found: reason },
  );
}
