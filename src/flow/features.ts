import type { Backend, Region } from "../backend.ts";
import { DaubError } from "../errors.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { pixelCount, type Size } from "../image/image.ts";
import { findMaxima, type FlowOptions, forEachTile, type Source, tilesOf } from "./source.ts";
import { pasteRegion } from "./tiles.ts";

/** A feature stack: one plane of 32-bit floats per feature, in raster order. */
export interface FeatureStack extends Size {
  /** The name of every plane: the feature, with `_1`, `_2`, … for further channels. */
  readonly names: readonly string[];
  /** The planes, in the order of the specification. */
  readonly planes: readonly Float32Array[];
}

/** Whose memory a feature stack takes. */
export interface StackOptions extends FlowOptions {
  /**
   * A stack that is not needed any more, of as many planes of the same size: they are overwritten
   * and become the result's, which saves the time that the system takes to clear new memory.
   */
  readonly into?: FeatureStack;
}

/**
 * Computes every feature of a plan over the whole image.
 *
 * @throws {DaubError} `options` when `into` has other planes.
 */
export async function computeStack(
  backend: Backend,
  source: Source,
  plan: FeaturePlan,
  options: StackOptions = {},
): Promise<FeatureStack> {
  const { width, height, depth } = source;
  const names = plan.features.map(({ name }) => name);
  const maxima = await findMaxima(backend, source, plan, options);
  const into = options.into && planesOf(options.into, plan, source);
  let planes: readonly Float32Array[] = into ?? [];
  await forEachTile(source, tilesOf(backend, source, plan), async (tile, { core, coreInTile }) => {
    if (pixelCount(core) === pixelCount(source)) {
      planes = await backend.computeFeatures(tile, plan, coreInTile, maxima, into);
      return;
    }
    if (planes.length === 0) planes = names.map(() => new Float32Array(pixelCount(source)));
    const range = rangeOf(core, source);
    const places = range && planes.map((plane) => plane.subarray(...range));
    const part = await backend.computeFeatures(tile, plan, coreInTile, maxima, places);
    part.forEach((plane, i) => {
      if (plane !== places?.[i]) pasteRegion(plane, planes[i], source, core);
    });
  }, options);
  return { width, height, depth, names, planes };
}

function planesOf(
  { planes }: FeatureStack,
  { features }: FeaturePlan,
  source: Source,
): readonly Float32Array[] {
  const length = pixelCount(source);
  if (planes.length === features.length && planes.every((plane) => plane.length === length)) {
    return planes;
  }
  const expected = `${features.length} planes of ${length} pixels`;
  const found = `${planes.length} of ${planes[0]?.length ?? 0}`;
  throw new DaubError(
    "options",
    `Expected a feature stack of ${expected} to write into but found ${found}. Give one that was ` +
      "computed by the same features from an image of the same size.",
    { expected, found, where: "into" },
  );
}

/** Where a region's pixels are in a plane of the image, if they follow one another there. */
function rangeOf(region: Region, size: Size): [number, number] | undefined {
  const { x, y, z, width, height, depth } = region;
  if (width < size.width || (height < size.height && depth > 1)) return undefined;
  const start = (z * size.height + y) * size.width + x;
  return [start, start + pixelCount(region)];
}
