import type { Size, VoxelSize } from "../image/image.ts";
import type { LabelRuns } from "./label_runs.ts";
import { type NumberArray, type PerAxis, quotients, type RegionSums } from "./region_sums.ts";

/** The objects of a label image with everything that properties are computed from. */
export interface ObjectParts {
  readonly size: Size;
  /** 2 for a plane, 3 for a volume. */
  readonly dimensions: 2 | 3;
  /** The label of every object in the label image. */
  readonly labels: Uint32Array;
  /** The objects' runs, labelled 1, 2, … without gaps. */
  readonly runs: LabelRuns;
  readonly channels: readonly NumberArray[];
  readonly sums: RegionSums;
  readonly voxelSize?: VoxelSize;
}

/** What properties share is computed when the first of them is asked for. */
export class Objects implements ObjectParts {
  readonly size: Size;
  readonly dimensions: 2 | 3;
  readonly labels: Uint32Array;
  readonly runs: LabelRuns;
  readonly channels: readonly NumberArray[];
  readonly sums: RegionSums;
  readonly voxelSize?: VoxelSize;
  readonly #shared = new Map<string, unknown>();

  constructor(parts: ObjectParts) {
    this.size = parts.size;
    this.dimensions = parts.dimensions;
    this.labels = parts.labels;
    this.runs = parts.runs;
    this.channels = parts.channels;
    this.sums = parts.sums;
    this.voxelSize = parts.voxelSize;
  }

  /** The number of objects. */
  get count(): number {
    return this.labels.length;
  }

  /** The mean coordinates of every object's pixels. */
  get centroid(): PerAxis {
    return this.share("centroid", () => quotients(this.sums.sum, this.sums.area));
  }

  /** The mean coordinates weighted by the intensities of a channel. */
  massCentre(channel: number): PerAxis {
    const { weighted, sum } = this.sums.channels[channel];
    return this.share(`mass centre ${channel}`, () => quotients(weighted, sum));
  }

  /** One number per object. */
  map(value: (object: number) => number): Float64Array {
    const values = new Float64Array(this.count);
    for (let o = 0; o < values.length; o++) values[o] = value(o);
    return values;
  }

  /** What is computed once under a key. */
  share<T>(key: string, compute: () => T): T {
    if (!this.#shared.has(key)) this.#shared.set(key, compute());
    return this.#shared.get(key) as T;
  }
}
