import type { Image, VoxelSize } from "./image.ts";
import type { SampleTypeName } from "./sample_type.ts";

/** What is known of an image file before its pixels are decoded. */
export interface ImageInfo {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** The number of planes of a volume; 1 for a 2D image. */
  readonly depth: number;
  /** How many images are read; of a PNG an opaque alpha is counted here but left out there. */
  readonly channels: number;
  /** The number of time frames. */
  readonly frames: number;
  /** How a pixel is stored. */
  readonly sampleType: SampleTypeName;
  /** Known when the file states it. */
  readonly voxelSize?: VoxelSize;
  /** The kind of file. */
  readonly format: "tiff" | "png" | "jpeg";
}

/** An image file whose bytes are in memory and whose frames are decoded when they are asked for. */
export interface ImageFile {
  readonly info: ImageInfo;
  /**
   * The channels of one time frame.
   *
   * @throws {DaubError} `options` when there is no such frame; `file` or `image` when the pixels
   * are damaged or stored in a way that is not read.
   */
  read(options?: { frame?: number; signal?: AbortSignal }): Promise<Image[]>;
}
