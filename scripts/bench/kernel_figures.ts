import type { Backend } from "../../src/backend.ts";
import { GpuBackend } from "../../src/backends/gpu_backend.ts";
import type { Row } from "./row.ts";

/** What a kernel of a GPU took. */
export interface KernelFigures {
  readonly dispatches: number;
  /** By the device's clock. */
  readonly ms: number;
  /** What it was given to read and write, every buffer once a dispatch. */
  readonly MB: number;
}

/** What the kernels of one run take on a GPU, each and all together; nothing on a processor. */
export async function timeKernels(
  backend: Backend,
  run: () => Promise<unknown>,
): Promise<Record<string, KernelFigures> | undefined> {
  if (!(backend instanceof GpuBackend)) return undefined;
  const times = backend.timeKernels();
  times.clear();
  await run();
  const all = { dispatches: 0, milliseconds: 0, bytes: 0 };
  for (const { dispatches, milliseconds, bytes } of times.kernels.values()) {
    all.dispatches += dispatches;
    all.milliseconds += milliseconds;
    all.bytes += bytes;
  }
  return Object.fromEntries([...times.kernels, ["all", all] as const].map(
    ([name, { dispatches, milliseconds, bytes }]) => [name, {
      dispatches,
      ms: Math.round(milliseconds * 1000) / 1000,
      MB: Math.round(bytes / 1000) / 1000,
    }],
  ));
}

/** A row for every kernel, beside the peak memory of what they are part of. */
export function kernelRows(
  kernels: Readonly<Record<string, KernelFigures>> | undefined,
  work: string,
  peakMB: number | undefined,
): Row[] {
  return Object.entries(kernels ?? {}).map(([name, { dispatches, ms, MB }]) => ({
    work: `kernel ${name}${work}`,
    ms,
    each: `${dispatches} ×, ${MB} MB`,
    peakMB,
  }));
}
