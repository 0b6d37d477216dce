import type { Image } from "../image/image.ts";

/** Which neighbours belong together: 4 or 8 in 2D, 6 or 26 in 3D. */
export type Connectivity = 4 | 8 | 6 | 26;

/** A label image: 0 is background, objects are numbered 1, 2, … in raster order of first pixels. */
export interface LabelImage extends Image<Uint32Array> {
  /** The number of objects, which is the largest label. */
  readonly count: number;
}
