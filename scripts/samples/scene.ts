import type { Image, Size } from "../../src/image/image.ts";
import { type Blob, depthInside, edge } from "./blob.ts";
import type { Random } from "./random.ts";

/** A made image with the strokes that someone could have painted on it, and the truth. */
export interface Sample {
  /** The stem of its files. */
  readonly name: string;
  readonly channels: readonly Image[];
  /** 0 where nothing is painted, else the class number. */
  readonly annotation: Image<Uint8Array>;
  /** The objects, numbered in raster order of their first pixels. */
  readonly truth: Image<Uint16Array>;
  /** Objects cut into too many pieces, where the sample is for merging them. */
  readonly labels?: Image<Uint16Array>;
}

/** Every pixel's brightest blob: its light, and which one it belongs to. */
export interface Rendering {
  readonly light: Float64Array;
  /** The index of the blob a pixel lies in, plus 1; 0 outside all. */
  readonly owner: Uint16Array;
}

/** Draws blobs with soft edges, a little brighter in the middle; where two meet there is a valley. */
export function render(size: Size, blobs: readonly Blob[], softness: number): Rendering {
  const { width, height, depth } = size;
  const light = new Float64Array(width * height * depth);
  const owner = new Uint16Array(light.length);
  const deepest = new Float64Array(light.length);
  for (const [index, blob] of blobs.entries()) {
    for (let i = 0, z = 0; z < depth; z++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++, i++) {
          const inside = depthInside(blob, x, y, z);
          if (inside <= -softness) continue;
          const radius = Math.sqrt(blob.radii[0] * blob.radii[1]);
          const dome = 0.85 + 0.15 * Math.min(1, Math.max(0, inside / radius));
          light[i] = Math.max(light[i], blob.brightness * edge(inside, softness) * dome);
          if (inside > deepest[i]) {
            deepest[i] = inside;
            owner[i] = index + 1;
          }
        }
      }
    }
  }
  return { light, owner };
}

/** Numbers the owners 1, 2, … in raster order of their first pixels. */
export function numberObjects(size: Size, owner: Uint16Array): Image<Uint16Array> {
  const numbers = new Map<number, number>();
  const data = owner.map((index) => {
    if (index === 0) return 0;
    if (!numbers.has(index)) numbers.set(index, numbers.size + 1);
    return numbers.get(index)!;
  });
  return { ...size, data };
}

/** Noise that is a little smooth, as a camera's picture after the microscope's optics. */
export function smoothNoise({ width, height, depth }: Size, random: Random): Float64Array {
  const rough = Float64Array.from({ length: width * height * depth }, () => random.normal());
  return rough.map((value, i) => {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    const left = x > 0 ? rough[i - 1] : value;
    const right = x < width - 1 ? rough[i + 1] : value;
    const above = y > 0 ? rough[i - width] : value;
    const below = y < height - 1 ? rough[i + width] : value;
    return 0.7 * value + 0.2 * (left + right + above + below);
  });
}

/** Rounds to whole numbers from 0 to `largest`. */
export function quantize(value: number, largest: number): number {
  return Math.round(Math.min(largest, Math.max(0, value)));
}
