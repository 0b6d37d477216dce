import type { Backend, Region, Tile } from "../backend.ts";
import { letOthersRun } from "../cpu/let_others_run.ts";
import { throwIfCancelled } from "../errors.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import {
  asChannels,
  asFloat32,
  type Image,
  type PackedPixels,
  packedPixels,
  pixelCount,
  type Size,
} from "../image/image.ts";
import { cutRegion, planTiles, type TilePlacement } from "./tiles.ts";

/** How far a computation has come, from 0 to 1. */
export type ProgressListener = (fraction: number) => void;

/** What every stage of the flow accepts beside its data. */
export interface FlowOptions {
  /** Stops the computation at the next tile with a `cancelled` error. */
  readonly signal?: AbortSignal;
  /** Called after every tile. */
  readonly onProgress?: ProgressListener;
}

/** An image made ready for the filters: its channels as finite 32-bit floats. */
export interface Source extends Size {
  readonly channels: readonly Float32Array[];
  /** The same pixels in the image's own type, where that is smaller. */
  readonly packed?: readonly (PackedPixels | undefined)[];
}

/**
 * Checks an image and converts its pixels.
 *
 * @throws {DaubError} `image` when channels differ in size or a pixel is not finite.
 */
export function openSource(image: Image | readonly Image[]): Source {
  const channels = asChannels(image);
  const { width, height, depth } = channels[0];
  const packed = channels.map(packedPixels);
  return { width, height, depth, channels: channels.map(asFloat32), packed };
}

/** Cuts a region out of every channel. */
export function cutTile(source: Source, region: Region): Tile {
  const { width, height, depth } = region;
  const channels = source.channels.map((channel) => cutRegion(channel, source, region));
  // Cut when asked for: the processor reads floats only.
  const packed = (channel: number) => {
    const pixels = source.packed?.[channel];
    // An array whose memory was handed to another thread since is empty.
    if (pixels?.length !== pixelCount(source)) return undefined;
    return cutRegion(pixels, source, region);
  };
  return { width, height, depth, channels, packed };
}

/** Divides the whole image into tiles that the device can hold. */
export function tilesOf(backend: Backend, source: Source, plan: FeaturePlan): TilePlacement[] {
  return planTiles(source, plan.halo, backend.maxTilePixels(plan));
}

/** Runs a computation tile by tile, one after the other, reporting progress. */
export async function forEachTile(
  source: Source,
  placements: readonly TilePlacement[],
  compute: (tile: Tile, placement: TilePlacement) => Promise<void>,
  { signal, onProgress }: FlowOptions = {},
): Promise<void> {
  let done = 0;
  for (const placement of placements) {
    throwIfCancelled(signal);
    await compute(cutTile(source, placement.tile), placement);
    onProgress?.(++done / placements.length);
    await letOthersRun();
  }
  throwIfCancelled(signal);
}

/**
 * The largest value over the whole image of every step that a later one needs to know it of,
 * in the order in which they depend on each other.
 */
export async function findMaxima(
  backend: Backend,
  source: Source,
  plan: FeaturePlan,
  options: FlowOptions = {},
): Promise<Map<number, number>> {
  const maxima = new Map<number, number>();
  for (const step of plan.reductions) {
    let maximum = -Infinity;
    await forEachTile(source, tilesOf(backend, source, plan), async (tile, { coreInTile }) => {
      const found = await backend.computeMaximum(tile, plan, step, coreInTile, maxima);
      maximum = Math.max(maximum, found);
    }, { signal: options.signal });
    maxima.set(step, maximum);
  }
  return maxima;
}
