import type { Labels } from "../../src/backend.ts";
import { Gpu } from "../../src/gpu/gpu.ts";
import type { Size } from "../../src/image/image.ts";
import { labelComponentsCpu } from "../../src/labeling/components_cpu.ts";
import { labelComponentsGpu } from "../../src/labeling/components_gpu.ts";
import { labelComponentsPlain } from "../../src/labeling/components_plain.ts";
import type { Connectivity } from "../../src/labeling/labels.ts";
import { hasAdapter } from "../support/gpu.ts";

/** Labels components. */
export type LabelTwin = (
  classes: Uint8Array,
  size: Size,
  positiveClass: number,
  connectivity: Connectivity,
) => Promise<Labels>;

const note = hasAdapter ? "" : " (skipped: no WebGPU adapter)";

/** A test that has a GPU of its own. */
export function gpuTest(
  name: string,
  fn: (gpu: Gpu) => Promise<void>,
  { ignore = false }: { ignore?: boolean } = {},
): void {
  Deno.test({
    name: `${name}${note}`,
    ignore: ignore || !hasAdapter,
    fn: async () => {
      using gpu = await Gpu.open();
      await fn(gpu);
    },
  });
}

/** A test on both twins and in plain TypeScript. */
export function twinTest(
  name: string,
  fn: (label: LabelTwin) => Promise<void>,
  options: { ignore?: boolean } = {},
): void {
  const cpu: LabelTwin = (...args) => labelComponentsCpu(...args);
  // deno-lint-ignore require-await
  const plain: LabelTwin = async (...args) => labelComponentsPlain(...args);
  Deno.test({ name: `cpu: ${name}`, fn: () => fn(cpu), ...options });
  Deno.test({ name: `plain: ${name}`, fn: () => fn(plain), ...options });
  gpuTest(`gpu: ${name}`, (gpu) => fn((...args) => labelComponentsGpu(gpu, ...args)), options);
}

/** The limit in bytes that makes the GPU label this many rows at a time. */
export function bytesForRows(rows: number, width: number): number {
  return rows * Math.max(width * 4, Math.ceil(width / 32) * 64);
}
