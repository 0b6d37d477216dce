import { asFloat32, type Image } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import { goldenPath } from "../support/golden.ts";

/** The channels or slices of a reference image, plane by plane, as 32-bit floats. */
export async function goldenPlanes(relative: string): Promise<Float32Array[]> {
  const images: readonly Image[] = await readImage(goldenPath(relative));
  return images.flatMap((image) => {
    const values = asFloat32(image);
    const size = image.width * image.height;
    return Array.from({ length: image.depth }, (_, z) => values.slice(z * size, (z + 1) * size));
  });
}
