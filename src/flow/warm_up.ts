import type { Backend } from "../backend.ts";
import { planFeatures } from "../features/plan.ts";
import { resolveFeatures } from "../features/presets.ts";
import { wholeRegion } from "../features/regions.ts";
import type { Forest } from "../forest/forest.ts";

/**
 * Compiles the kernels and starts the threads that a segmentation by the default features needs, so
 * that the first stroke does not wait for them. Calling it again costs a few milliseconds.
 *
 * @throws {DaubError} `backend` when the GPU fails.
 *
 * @example While the user looks at the image
 * ```ts
 * import { openBackend, warmUp } from "../../mod.ts";
 *
 * await using backend = await openBackend("cpu");
 * await warmUp(backend);
 * ```
 */
export async function warmUp(backend: Backend): Promise<void> {
  const size = { width: 32, height: 32, depth: 1 };
  const ramp = Float32Array.from({ length: size.width * size.height }, (_, i) => i);
  const packed = Uint16Array.from(ramp);
  const tile = { ...size, channels: [ramp], packed: () => packed };
  const core = wholeRegion(size);
  const plan = planFeatures(resolveFeatures("v070"), { numChannels: 1, dimensions: 2 });
  const maxima = new Map<number, number>();
  await backend.sampleFeatures(tile, plan, Uint32Array.of(0, 1023), maxima);
  const forest = oneDecisionEach(plan.features.length);
  await backend.predictTile(tile, plan, core, maxima, forest, { classes: true });
  const classes = Uint8Array.from(ramp, (value) => value < 512 ? 1 : 2);
  await backend.labelComponents(classes, size, 2, 4);
}

/** A forest of a tree for every feature, which asks about it. */
function oneDecisionEach(numFeatures: number): Forest {
  return {
    numFeatures,
    classes: [1, 2],
    maxDepth: 1,
    votes: "fraction",
    comparison: "at_most",
    featureImportances: new Float64Array(numFeatures),
    trees: Array.from({ length: numFeatures }, (_, feature) => ({
      feature: Int32Array.of(feature, -1, -1),
      threshold: Float64Array.of(512, 0, 0),
      left: Int32Array.of(1, -1, -1),
      right: Int32Array.of(2, -1, -1),
      counts: Float64Array.of(1, 1, 1, 0, 0, 1),
    })),
  };
}
