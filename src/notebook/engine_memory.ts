import { FEATURE_BYTES } from "./feature_memory.ts";

/** What an engine works on, as far as its need of memory goes. */
export interface EngineNeed {
  readonly numPixels: number;
  readonly numChannels: number;
  readonly numFeatures: number;
}

/** How many bytes an engine needs, about. */
export interface EngineMemory {
  /** Feature planes that are kept from stroke to stroke; 0 where they are too many. */
  readonly kept: number;
  /** What all feature planes would take. */
  readonly planes: number;
  /** All that is in memory at once, at most: beside the planes the image, classes and labels. */
  readonly most: number;
}

/** Threads, their kernels and what these need by themselves. */
const OWN_BYTES = 50e6;

/** What is kept of a pixel: strokes, classes, votes and labels, and each of them once more. */
const PIXEL_BYTES = 12;

/** The channel as a plane of floats. */
const CHANNEL_BYTES = 4;

/** Where planes are not kept, the tiles that are computed take no more than this. */
const TILE_BYTES = 256e6;

/**
 * How much memory segmenting an image takes on the processor, about. Planes are there twice while
 * they move into the kernels' memory. Measured as the growth of a process with images of 2048² to
 * 4096² pixels and 1 to 15 features, where it was 65 to 110 per cent of this.
 */
export function estimateEngineMemory(
  { numPixels, numChannels, numFeatures }: EngineNeed,
): EngineMemory {
  const planes = 4 * numPixels * numFeatures;
  const kept = planes <= FEATURE_BYTES ? planes : 0;
  const work = kept > 0 ? 2 * kept : Math.min(TILE_BYTES, planes);
  const most = OWN_BYTES + numPixels * (PIXEL_BYTES + CHANNEL_BYTES * numChannels) + work;
  return { kept, planes, most };
}
