import type { Backend, BackendChoice } from "../backend.ts";
import { withBackend } from "../backends/open_backend.ts";
import { planFeatures } from "../features/plan.ts";
import { resolveFeatures } from "../features/presets.ts";
import { asChannels, dimensions, type Image } from "../image/image.ts";
import { computeStack, type FeatureStack, type StackOptions } from "./features.ts";
import { openSource } from "./source.ts";

/** Where {@linkcode computeFeatures} computes. */
export interface ComputeFeaturesOptions extends StackOptions {
  /** An open backend, or which to open for this call. Default `"auto"`. */
  readonly backend?: Backend | BackendChoice;
}

/**
 * Computes a feature stack: one plane of 32-bit floats per feature.
 *
 * The features of each channel follow one another, as in APOC. Borders are clamped to the edge;
 * sigmas and radii are in pixels.
 *
 * @param image 2D or 3D; several channels as a list of images of one size.
 * @param features A feature specification or the name of a predefined feature set.
 * @throws {DaubError} `features` for an unknown name or a bad number; `image` when a pixel is not
 * finite; `options` when `into` has other planes.
 *
 * @example The blur of a point keeps its sum
 * ```ts
 * import { computeFeatures } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const data = new Float32Array(31 * 31);
 * data[15 * 31 + 15] = 1;
 * const image = { data, width: 31, height: 31, depth: 1 };
 * const stack = await computeFeatures(image, "gaussian_blur=2", { backend: "cpu" });
 * const sum = stack.planes[0].reduce((a, b) => a + b);
 * assert.ok(Math.abs(sum - 1) < 1e-5);
 * ```
 */
export async function computeFeatures(
  image: Image | readonly Image[],
  features: string,
  options: ComputeFeaturesOptions = {},
): Promise<FeatureStack> {
  const channels = asChannels(image);
  const plan = planFeatures(resolveFeatures(features), {
    numChannels: channels.length,
    dimensions: dimensions(channels[0]),
  });
  const source = openSource(channels);
  return await withBackend(
    options.backend,
    (backend) => computeStack(backend, source, plan, options),
  );
}
