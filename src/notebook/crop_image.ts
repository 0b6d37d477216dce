import type { Image, PixelArray } from "../image/image.ts";

/** A box of an image, in pixels. */
export interface ImageBox {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

/** A copy of the pixels in a box that lies inside the image. */
export function cropImage<Pixels extends PixelArray>(
  image: Image<Pixels>,
  { x, y, z, width, height, depth }: ImageBox,
): Image<Pixels> {
  const { data, voxelSize } = image;
  const cropped = new (data.constructor as new (length: number) => Pixels)(width * height * depth);
  for (let row = 0; row < height * depth; row++) {
    const from = ((z + Math.floor(row / height)) * image.height + y + row % height) * image.width +
      x;
    cropped.set(data.subarray(from, from + width) as never, row * width);
  }
  return { width, height, depth, data: cropped, ...(voxelSize && { voxelSize }) };
}
