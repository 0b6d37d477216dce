import { DaubError } from "../errors.ts";
import { checkImage, type Image, type PixelArray } from "../image/image.ts";

/** The largest label that fits the 32 bits in which labels are kept. */
const LARGEST = 2 ** 32 - 1;

/**
 * The pixels of a label image as 32-bit integers; they are not copied where they already are.
 *
 * @throws {DaubError} `image` when the data do not fill the image, or a pixel is negative, NaN, has
 * a fraction or exceeds 32 bits.
 */
export function readLabels(image: Image): Uint32Array {
  checkImage(image);
  const { data } = image;
  if (data instanceof Uint32Array) return data;
  if (data instanceof Uint8Array || data instanceof Uint16Array) return Uint32Array.from(data);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    return checked(image, Array.from(data, Number));
  }
  return checked(image, data);
}

function checked(image: Image, data: ArrayLike<number>): Uint32Array {
  const labels = new Uint32Array(data.length);
  for (let i = 0; i < labels.length; i++) {
    const value = data[i];
    labels[i] = value;
    if (labels[i] !== value) throw notLabel(image, i);
  }
  return labels;
}

function notLabel({ data, width, height, depth }: Image<PixelArray>, index: number): DaubError {
  const x = index % width;
  const y = Math.floor(index / width) % height;
  const z = Math.floor(index / (width * height));
  const where = depth > 1 ? `(${x}, ${y}, ${z})` : `(${x}, ${y})`;
  const found = String(data[index]);
  return new DaubError(
    "image",
    `Expected a label image, whose pixels are whole numbers from 0 to ${LARGEST}, but found ` +
      `${found} at ${where}. Pass the labels first and the intensities second; a mask is made a ` +
      `label image by labelComponents.`,
    { expected: "whole numbers from 0", found, where },
  );
}
