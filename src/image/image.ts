import { DaubError } from "../errors.ts";

/** Every array type that can hold the pixels of an {@linkcode Image}. */
export type PixelArray =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** Pixels that take less memory than 32-bit floats and whose values these hold exactly. */
export type PackedPixels<Buffer extends ArrayBufferLike = ArrayBufferLike> =
  | Uint8Array<Buffer>
  | Int8Array<Buffer>
  | Uint16Array<Buffer>
  | Int16Array<Buffer>;

/** Width, height and depth in pixels; the depth of a 2D image is 1. */
export interface Size {
  /** Pixels along x. */
  readonly width: number;
  /** Pixels along y. */
  readonly height: number;
  /** Pixels along z; 1 in 2D. */
  readonly depth: number;
}

/** The extent of one voxel along x, y and z, in the unit it names. */
export interface VoxelSize {
  /** Along x, from column to column. */
  readonly x: number;
  /** Along y, from row to row. */
  readonly y: number;
  /** Along z, from plane to plane. */
  readonly z: number;
  /** For example `"micron"`; `"pixel"` when the file does not say. */
  readonly unit: string;
}

/**
 * One channel of a 2D or 3D image.
 *
 * Pixels lie in raster order: x fastest, then y, then z, so the pixel (x, y, z) is
 * `data[(z * height + y) * width + x]`. A multi-channel image is a list of these.
 */
export interface Image<Pixels extends PixelArray = PixelArray> extends Size {
  /** The pixels in raster order. */
  readonly data: Pixels;
  /** Known when the file stated it. */
  readonly voxelSize?: VoxelSize;
  /** The channel's name, when the file stated it. */
  readonly name?: string;
}

/** The number of pixels of a size. */
export function pixelCount({ width, height, depth }: Size): number {
  return width * height * depth;
}

/** `"256 × 254"`, or `"26 × 22 × 14"` in 3D: width, height, depth. */
export function describeSize({ width, height, depth }: Size): string {
  return depth > 1 ? `${width} × ${height} × ${depth}` : `${width} × ${height}`;
}

/** Whether two images have the same width, height and depth. */
export function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height && a.depth === b.depth;
}

/** 2 for a single plane, 3 for a volume. */
export function dimensions(size: Size): 2 | 3 {
  return size.depth > 1 ? 3 : 2;
}

/** One image or several channels, as a list of channels that agree in size. */
export function asChannels(image: Image | readonly Image[]): readonly Image[] {
  const channels = Array.isArray(image) ? image as readonly Image[] : [image as Image];
  if (channels.length === 0) {
    throw new DaubError("image", "Expected an image with at least one channel but found none.");
  }
  for (const channel of channels) {
    checkImage(channel);
    if (!sameSize(channel, channels[0])) {
      throw new DaubError(
        "image",
        `Expected all channels to be ${describeSize(channels[0])} pixels but found one of ` +
          `${describeSize(channel)}. Crop or resample the channels to one size.`,
        { expected: channels[0], found: channel },
      );
    }
  }
  return channels;
}

/** Refuses an image whose size is not positive or whose data do not fill it. */
export function checkImage(image: Image): void {
  if (typeof image !== "object" || image === null) {
    throw new DaubError(
      "image",
      `Expected an image, which has pixels, width, height and depth, but found ${typeof image}. ` +
        `Read a file with readImage, or pass { data, width, height, depth }.`,
      { expected: "an image", found: image },
    );
  }
  if (Array.isArray(image)) {
    throw new DaubError(
      "image",
      `Expected one image but found a list of ${image.length}, as readImage gives a file's ` +
        `channels. Pass one of them, for example the first: [0].`,
      { expected: "an image", found: `a list of ${image.length}` },
    );
  }
  const { width, height, depth, data } = image;
  for (const [name, value] of Object.entries({ width, height, depth })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new DaubError(
        "image",
        `Expected the ${name} of the image to be an integer greater than 0 but found ${value}.`,
        { expected: "an integer greater than 0", found: value, where: name },
      );
    }
  }
  if (data?.length !== pixelCount(image)) {
    throw new DaubError(
      "image",
      `Expected ${pixelCount(image)} pixels for an image of ${describeSize(image)} but found ` +
        `${data?.length ?? "no data"}.`,
      { expected: pixelCount(image), found: data?.length },
    );
  }
}

/**
 * The pixels as 32-bit floats, which is what every filter works on.
 *
 * @throws {DaubError} `image` when a pixel is NaN or infinite.
 */
export function asFloat32(image: Image): Float32Array {
  const { data } = image;
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  const floats = data instanceof Float32Array
    ? data
    : data instanceof BigInt64Array || data instanceof BigUint64Array
    ? Float32Array.from(data, Number)
    : new Float32Array(data);
  if (isFloat) {
    for (let i = 0; i < floats.length; i++) {
      if (!Number.isFinite(floats[i])) throw notFinite(image, i);
    }
  }
  return floats;
}

/** An image's own pixels where they take less memory than floats and are not shared. */
export function packedPixels({ data }: Image): PackedPixels<ArrayBuffer> | undefined {
  const isPacked = data instanceof Uint8Array || data instanceof Int8Array ||
    data instanceof Uint16Array || data instanceof Int16Array;
  // Not every system hands shared memory to a GPU.
  return isPacked && data.buffer instanceof ArrayBuffer
    ? data as PackedPixels<ArrayBuffer>
    : undefined;
}

/** The error of a pixel that is NaN, infinite or beyond 32-bit floats. */
export function notFinite(image: Image, index: number): DaubError {
  const x = index % image.width;
  const y = Math.floor(index / image.width) % image.height;
  const z = Math.floor(index / (image.width * image.height));
  const at = image.depth > 1 ? `(${x}, ${y}, ${z})` : `(${x}, ${y})`;
  const found = String(image.data[index]);
  const reason = Number.isFinite(Number(image.data[index])) ? " (beyond 32-bit floats)" : "";
  return new DaubError(
    "image",
    `Expected finite pixel values but found ${found}${reason} at ${at}. Replace such pixels, ` +
      `for example by 0, and try again.`,
    { expected: "a finite value", found, where: at },
  );
}
