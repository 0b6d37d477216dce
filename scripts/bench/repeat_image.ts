import type { Image, PixelArray } from "../../src/image/image.ts";

/** An image repeated `times` × `times` in every plane. */
export function repeatImage(image: Image, times: number): Image {
  if (times === 1) return image;
  const { width, height, depth } = image;
  const data = repeatPixels(image.data, width, height, depth, times);
  return { ...image, data, width: width * times, height: height * times };
}

function repeatPixels(
  data: PixelArray,
  width: number,
  height: number,
  depth: number,
  times: number,
): PixelArray {
  const Pixels = data.constructor as new (length: number) => Float32Array;
  const from = data as Float32Array;
  const plane = width * height * times;
  const repeated = new Pixels(plane * times * depth);
  for (let z = 0; z < depth; z++) {
    const start = z * plane * times;
    for (let y = 0; y < height; y++) {
      const row = from.subarray((z * height + y) * width, (z * height + y + 1) * width);
      for (let k = 0; k < times; k++) repeated.set(row, start + (y * times + k) * width);
    }
    for (let k = 1; k < times; k++) {
      repeated.copyWithin(start + k * plane, start, start + plane);
    }
  }
  return repeated;
}
