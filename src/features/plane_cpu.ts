import type { Region } from "../backend.ts";
import { pixelCount } from "../image/image.ts";

/** Pixels of a region of the tile, in raster order. */
export interface Plane {
  readonly data: Float32Array;
  /** In tile coordinates. */
  readonly region: Region;
}

/** Gives out memory for planes and takes it back, because fresh memory is slow to touch. */
export class PlanePool {
  readonly #free: Float32Array[] = [];

  /** A plane with whatever was in its memory before. */
  take(region: Region): Plane {
    const length = pixelCount(region);
    let best = -1;
    this.#free.forEach((memory, i) => {
      if (memory.length < length) return;
      if (best < 0 || memory.length < this.#free[best].length) best = i;
    });
    const [memory] = best < 0 ? [new Float32Array(length)] : this.#free.splice(best, 1);
    return { data: memory.subarray(0, length), region };
  }

  /** Takes back a plane that {@linkcode take} gave and that nobody reads any more. */
  give({ data }: Plane): void {
    this.#free.push(new Float32Array(data.buffer));
  }
}

/** Where a pixel of the tile lies in a plane's data. */
export function planeIndex({ region }: Plane, x: number, y: number, z: number): number {
  return ((z - region.z) * region.height + (y - region.y)) * region.width + (x - region.x);
}

/** Copies the part of a plane that a region covers. */
export function cropPlane(plane: Plane, region: Region, out: Float32Array): void {
  let to = 0;
  for (let z = region.z; z < region.z + region.depth; z++) {
    for (let y = region.y; y < region.y + region.height; y++) {
      const from = planeIndex(plane, region.x, y, z);
      out.set(plane.data.subarray(from, from + region.width), to);
      to += region.width;
    }
  }
}
