import type { Image } from "../../mod.ts";

/**
 * How many steps, along rows, columns and diagonals of its plane, each pixel is from the nearest one
 * of another class; the edge of the image is no border.
 */
export function distanceToOtherClass(
  { width, height, depth, data }: Image<Uint8Array>,
): Uint16Array {
  const distances = new Uint16Array(data.length).fill(0xffff);
  const relax = (pixel: number, x: number, y: number, dx: number, dy: number) => {
    if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) return;
    const other = pixel + dy * width + dx;
    const distance = data[other] === data[pixel] ? distances[other] + 1 : 1;
    if (distance < distances[pixel]) distances[pixel] = distance;
  };
  const steps = [[-1, -1], [0, -1], [1, -1], [-1, 0]];
  for (let z = 0; z < depth; z++) {
    const first = z * width * height;
    for (let i = 0; i < width * height; i++) {
      for (const [dx, dy] of steps) relax(first + i, i % width, Math.floor(i / width), dx, dy);
    }
    for (let i = width * height - 1; i >= 0; i--) {
      for (const [dx, dy] of steps) relax(first + i, i % width, Math.floor(i / width), -dx, -dy);
    }
  }
  return distances;
}
