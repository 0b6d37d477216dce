import type { Backend, BackendChoice } from "../backend.ts";
import { DaubError } from "../errors.ts";
import { FallbackBackend } from "./fallback_backend.ts";
import { describeAdapter, isSoftwareAdapter, requestAdapter } from "../gpu/adapter.ts";
import { GpuBackend } from "./gpu_backend.ts";
import { openProcessor } from "./open_processor.ts";

/** How {@linkcode openBackend} finds a device. */
export interface OpenBackendOptions {
  /** Returns the WebGPU adapter to use. Default: the system's preferred one. */
  readonly requestAdapter?: () => Promise<GPUAdapter>;
  /** Told why, in a sentence, when an `"auto"` backend's GPU fails and the CPU goes on. */
  readonly onFallback?: (reason: string) => void;
  /**
   * Whether the GPU keeps the features of a tile in the memory of workgroups between computing them
   * and classifying; otherwise they are written out as planes. The result is the same. Default on
   * hardware only, because software rasterizers are faster without.
   */
  readonly fuse?: boolean;
  /** How many threads the CPU backend uses. Default as many as there are processor cores. */
  readonly threads?: number;
  /**
   * How many milliseconds the CPU backend's threads wait for work before they end; a program that
   * forgets to dispose of its backend ends so much later. Default 3000. Programs in which a person
   * paints do well with minutes: threads that ended take up to a second to start again.
   */
  readonly idleAfter?: number;
}

/**
 * Opens the device that everything else computes on.
 *
 * `"auto"` takes the GPU unless there is none, it does not start, or the adapter is a software
 * rasterizer, on which the CPU twin is faster; `reason` says which. An `"auto"` backend whose GPU
 * fails later goes on with the CPU and the same result. The CPU computes in WebAssembly, or in plain
 * TypeScript where that is missing or forbidden.
 *
 * Dispose of the backend when done: `await using`, or `await backend[Symbol.asyncDispose]()`.
 *
 * @param choice Default `"auto"`.
 * @throws {DaubError} `backend` when `"gpu"` was asked for and cannot be had; `options` for any
 * other word.
 *
 * @example The CPU twin
 * ```ts
 * import { openBackend } from "../../mod.ts";
 *
 * await using backend = await openBackend("cpu");
 * console.log(`${backend.kind}: ${backend.device}, ${backend.reason}`);
 * ```
 */
export async function openBackend(
  choice: BackendChoice = "auto",
  options: OpenBackendOptions = {},
): Promise<Backend> {
  const request = options.requestAdapter ?? requestAdapter;
  switch (choice) {
    case "cpu":
      return openProcessor("asked for", options);
    case "gpu":
      return await GpuBackend.open(await request(), "asked for", { fuse: options.fuse });
    case "auto":
      return await openFastest(request, options);
    default:
      throw new DaubError(
        "options",
        `Expected the backend to be auto, gpu or cpu but found ${JSON.stringify(choice)}.`,
        { expected: ["auto", "gpu", "cpu"], found: choice },
      );
  }
}

async function openFastest(
  request: () => Promise<GPUAdapter>,
  { onFallback, fuse, ...processor }: OpenBackendOptions,
): Promise<Backend> {
  try {
    const adapter = await request();
    const name = describeAdapter(adapter.info);
    if (isSoftwareAdapter(adapter.info)) {
      return openProcessor(
        `the GPU adapter is a software rasterizer (${name}), the CPU is faster`,
        processor,
      );
    }
    const gpu = await GpuBackend.open(adapter, "a hardware GPU was found", { fuse });
    return new FallbackBackend(gpu, onFallback);
  } catch (error) {
    if (!(error instanceof DaubError) || error.tag !== "backend") throw error;
    return openProcessor(`no GPU could be used: ${error.message}`, processor);
  }
}

/**
 * Runs a function with a backend: one that is given, which stays open, or one that is opened for
 * this call.
 */
export async function withBackend<T>(
  backend: Backend | BackendChoice | undefined,
  use: (backend: Backend) => Promise<T>,
): Promise<T> {
  if (typeof backend === "object") return await use(backend);
  await using opened = await openBackend(backend);
  return await use(opened);
}
