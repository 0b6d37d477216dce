import type { Backend, Region } from "../backend.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import type { Size } from "../image/image.ts";
import { findMaxima, type FlowOptions, forEachTile, type Source, tilesOf } from "./source.ts";
import { shrinkTile, type TilePlacement } from "./tiles.ts";

/** Labelled pixels as training data. */
export interface Samples {
  /** Row-major, one row per labelled pixel in raster order: n × features. */
  readonly values: Float32Array;
  /** The class number of every row. */
  readonly classes: Uint8Array;
}

/**
 * Computes the features of the labelled pixels only: the image is cut down to where the strokes
 * are.
 *
 * @param annotation Class numbers in raster order, 0 where nothing was painted.
 * @param known The maxima of steps that later ones need to know. Default they are found.
 */
export async function collectSamples(
  backend: Backend,
  source: Source,
  annotation: Uint8Array,
  plan: FeaturePlan,
  options: FlowOptions = {},
  known?: ReadonlyMap<number, number>,
): Promise<Samples> {
  const numFeatures = plan.features.length;
  const firstRow = countLabelledPixels(annotation, source);
  const classes = annotation.filter((value) => value > 0);
  const values = new Float32Array(classes.length * numFeatures);
  const maxima = known ?? await findMaxima(backend, source, plan, options);
  const placements = tilesOf(backend, source, plan).flatMap((placement) => {
    const core = boundingBox(annotation, source, placement.core);
    return core ? [shrinkTile(placement, core, plan.halo)] : [];
  });
  await forEachTile(source, placements, async (tile, placement) => {
    const { pixels, rows } = labelledPixels(annotation, source, placement, firstRow);
    const part = await backend.sampleFeatures(tile, plan, pixels, maxima);
    for (let i = 0; i < rows.length; i++) {
      const row = part.subarray(i * numFeatures, (i + 1) * numFeatures);
      values.set(row, rows[i] * numFeatures);
    }
  }, options);
  return { values, classes };
}

/** For every row of the image (z × height + y), how many labelled pixels come before it. */
function countLabelledPixels(annotation: Uint8Array, { width, height, depth }: Size): Uint32Array {
  const before = new Uint32Array(height * depth);
  for (let row = 0, count = 0; row < before.length; row++) {
    before[row] = count;
    const end = (row + 1) * width;
    for (let i = row * width; i < end; i++) if (annotation[i] > 0) count++;
  }
  return before;
}

/** The smallest box around the labelled pixels of a region; none when it has none. */
function boundingBox(annotation: Uint8Array, size: Size, region: Region): Region | undefined {
  let [left, top, front] = [Infinity, Infinity, Infinity];
  let [right, bottom, back] = [-1, -1, -1];
  for (let z = region.z; z < region.z + region.depth; z++) {
    for (let y = region.y; y < region.y + region.height; y++) {
      const row = (z * size.height + y) * size.width;
      for (let x = region.x; x < region.x + region.width; x++) {
        if (annotation[row + x] === 0) continue;
        left = Math.min(left, x);
        right = Math.max(right, x);
        top = Math.min(top, y);
        bottom = Math.max(bottom, y);
        front = Math.min(front, z);
        back = Math.max(back, z);
      }
    }
  }
  if (right < 0) return undefined;
  const [width, height, depth] = [right - left + 1, bottom - top + 1, back - front + 1];
  return { x: left, y: top, z: front, width, height, depth };
}

/** The labelled pixels of a core: where they lie in the tile and which sample rows they fill. */
function labelledPixels(
  annotation: Uint8Array,
  size: Size,
  { core, tile }: TilePlacement,
  firstRow: Uint32Array,
): { pixels: Uint32Array; rows: number[] } {
  const pixels: number[] = [];
  const rows: number[] = [];
  for (let z = core.z; z < core.z + core.depth; z++) {
    for (let y = core.y; y < core.y + core.height; y++) {
      const line = z * size.height + y;
      let row = firstRow[line];
      for (let x = 0; x < core.x; x++) if (annotation[line * size.width + x] > 0) row++;
      for (let x = core.x; x < core.x + core.width; x++) {
        if (annotation[line * size.width + x] === 0) continue;
        rows.push(row++);
        pixels.push(((z - tile.z) * tile.height + (y - tile.y)) * tile.width + (x - tile.x));
      }
    }
  }
  return { pixels: Uint32Array.from(pixels), rows };
}
