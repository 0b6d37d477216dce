import { join } from "node:path";
import type { Image, PixelArray } from "../../../src/image/image.ts";
import { readImage } from "../../../src/image/read.ts";
import { encodeTiff } from "../../../src/image/tiff_writer.ts";

/** The size of the small test images. */
export const size = { width: 40, height: 30, depth: 1 };

/** The calibration of the small test images. */
export const voxelSize = { x: 0.25, y: 0.5, z: 1, unit: "micron" };

/** Left edge, top edge and side length of the squares in a picture. */
export type Squares = readonly (readonly [x: number, y: number, side: number])[];

/** Three bright squares on a dark, slightly uneven ground. */
export const threeSquares: Squares = [[3, 4, 8], [20, 5, 9], [12, 18, 8]];

/** A picture of bright squares. */
export function drawSquares(squares: Squares): Image<Uint8Array> {
  const data = Uint8Array.from({ length: 40 * 30 }, (_, i) => 20 + (i * 7) % 5);
  for (const [left, top, side] of squares) {
    for (let y = top; y < top + side; y++) {
      for (let x = left; x < left + side; x++) data[y * 40 + x] = 200 + (x + y) % 5;
    }
  }
  return { ...size, data, voxelSize };
}

/** Strokes for {@linkcode threeSquares}: background as 1 and the first square as 2. */
export function drawStrokes(): Image<Uint8Array> {
  const data = new Uint8Array(40 * 30);
  for (let x = 1; x < 39; x++) data[1 * 40 + x] = data[28 * 40 + x] = 1;
  for (let x = 4; x < 10; x++) data[7 * 40 + x] = data[8 * 40 + x] = 2;
  return { ...size, data };
}

/** Writes an image and returns its path. */
export async function writeTiff(
  folder: string,
  name: string,
  image: Image | Image[],
): Promise<string> {
  const path = join(folder, name);
  await Deno.writeFile(path, await encodeTiff(image, { compression: "none" }));
  return path;
}

/** Writes `squares.tif` and `strokes.tif` and returns their paths. */
export async function writeSquares(
  folder: string,
): Promise<{ image: string; strokes: string }> {
  return {
    image: await writeTiff(folder, "squares.tif", drawSquares(threeSquares)),
    strokes: await writeTiff(folder, "strokes.tif", drawStrokes()),
  };
}

/** An image whose pixels are those of another, one by one replaced. */
export function withData<T extends PixelArray>(image: Image, data: T): Image<T> {
  return { ...image, data };
}

/** The channels of an image file. */
export async function read(folder: string, name: string): Promise<Image[]> {
  return await readImage(join(folder, name));
}

/** The number of different labels besides 0. */
export function countLabels({ data }: Image): number {
  return new Set(Array.from(data, Number).filter((label) => label > 0)).size;
}
