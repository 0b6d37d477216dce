import { Gpu } from "../../src/gpu/gpu.ts";
import type { Forest, Prediction, PredictionRequest } from "../../src/forest/forest.ts";
import { predictPlanes } from "../../src/forest/predict_cpu.ts";
import { predictPlanesGpu } from "../../src/forest/predict_gpu.ts";
import { predictPlanesPlainly } from "../../src/forest/predict_plain.ts";

/** Classifies pixels from their feature planes. */
export type PredictTwin = (
  features: readonly Float32Array[],
  forest: Forest,
  request: PredictionRequest,
) => Promise<Prediction>;

/** All that can be asked. */
export const EVERYTHING: PredictionRequest = {
  classes: true,
  probabilities: true,
  uncertainty: true,
};

const hasAdapter = (await navigator.gpu?.requestAdapter().catch(() => null)) != null;

/** A test that has a GPU of its own. */
export function gpuTest(
  name: string,
  fn: (gpu: Gpu) => Promise<void>,
  { ignore = false }: { ignore?: boolean } = {},
): void {
  Deno.test({
    name: hasAdapter ? name : `${name} (skipped: no WebGPU adapter)`,
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
  fn: (predict: PredictTwin) => Promise<void>,
  options: { ignore?: boolean } = {},
): void {
  // deno-lint-ignore require-await
  const cpu: PredictTwin = async (...args) => predictPlanes(...args);
  Deno.test({ name: `cpu: ${name}`, fn: () => fn(cpu), ...options });
  Deno.test({ name: `plain: ${name}`, fn: () => fn(predictPlanesPlainly), ...options });
  gpuTest(`gpu: ${name}`, (gpu) => fn((...args) => predictPlanesGpu(gpu, ...args)), options);
}
