import type { Image, Size } from "../../src/image/image.ts";
import { randomNumbers } from "../support/random.ts";

/** Cells around random points, some of them background, numbered without gaps. */
export function randomCells(size: Size, count: number, seed: number): Image<Uint32Array> {
  const next = randomNumbers(seed);
  const seeds = Array.from({ length: count * 3 / 2 | 0 }, () => ({
    x: next() * size.width,
    y: next() * size.height,
    z: next() * size.depth,
  }));
  const numbers = new Map<number, number>();
  const data = new Uint32Array(size.width * size.height * size.depth);
  for (let i = 0; i < data.length; i++) {
    const x = i % size.width;
    const y = Math.floor(i / size.width) % size.height;
    const z = Math.floor(i / (size.width * size.height));
    let nearest = 0;
    let least = Infinity;
    seeds.forEach((point, k) => {
      const distance = (point.x - x) ** 2 + (point.y - y) ** 2 + (point.z - z) ** 2;
      if (distance >= least) return;
      least = distance;
      nearest = k;
    });
    if (nearest >= count) continue;
    if (!numbers.has(nearest)) numbers.set(nearest, numbers.size + 1);
    data[i] = numbers.get(nearest)!;
  }
  return { data, ...size };
}

/** Intensities of one kind of array, repeatable. */
export function randomIntensities(size: Size, seed: number): Image<Float32Array> {
  const next = randomNumbers(seed);
  const length = size.width * size.height * size.depth;
  return { data: Float32Array.from({ length }, () => 100 + 50 * next()), ...size };
}
