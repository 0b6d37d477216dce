import { pixelCount, type Size } from "../../src/image/image.ts";

/** Labels components the slow, obvious way: fill from every pixel not yet reached, in raster order. */
export function floodFill(
  classes: Uint8Array,
  { width, height, depth }: Size,
  positiveClass: number,
  connectivity: number,
): { labels: Uint32Array; count: number } {
  const steps: [number, number, number][] = [];
  for (const dz of [-1, 0, 1]) {
    for (const dy of [-1, 0, 1]) {
      for (const dx of [-1, 0, 1]) {
        const distance = Math.abs(dx) + Math.abs(dy) + Math.abs(dz);
        const flat = connectivity === 4 || connectivity === 8;
        const faces = connectivity === 4 || connectivity === 6;
        if (distance > 0 && !(flat && dz !== 0) && !(faces && distance > 1)) {
          steps.push([dx, dy, dz]);
        }
      }
    }
  }
  const labels = new Uint32Array(pixelCount({ width, height, depth }));
  let count = 0;
  for (let seed = 0; seed < labels.length; seed++) {
    if (classes[seed] !== positiveClass || labels[seed] !== 0) continue;
    labels[seed] = ++count;
    const waiting = [seed];
    while (waiting.length > 0) {
      const pixel = waiting.pop()!;
      const x = pixel % width;
      const y = Math.floor(pixel / width) % height;
      const z = Math.floor(pixel / (width * height));
      for (const [dx, dy, dz] of steps) {
        const [i, j, k] = [x + dx, y + dy, z + dz];
        if (i < 0 || i >= width || j < 0 || j >= height || k < 0 || k >= depth) continue;
        const next = (k * height + j) * width + i;
        if (classes[next] !== positiveClass || labels[next] !== 0) continue;
        labels[next] = count;
        waiting.push(next);
      }
    }
  }
  return { labels, count };
}
