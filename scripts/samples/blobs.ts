import type { Size } from "../../src/image/image.ts";
import { type Blob, depthInside, randomBlob } from "./blob.ts";
import { Random } from "./random.ts";
import { numberObjects, quantize, render, type Sample, smoothNoise } from "./scene.ts";
import { Painter } from "./strokes.ts";

const SIZE: Size = { width: 256, height: 254, depth: 1 };
const NUM_BLOBS = 62;
const NUM_PAIRS = 5;

/**
 * In the manner of the classic blobs: bright on dark, touching here and there, unevenly lit.
 *
 * @param seed Another one gives another image of the kind.
 */
export function makeBlobs(seed = 1986): Sample {
  const random = new Random(seed);
  const blobs = placeBlobs(random);
  const { light, owner } = render(SIZE, blobs, 2.2);
  const noise = smoothNoise(SIZE, random);
  const data = new Uint8Array(light.length);
  for (let i = 0; i < data.length; i++) {
    const x = i % SIZE.width / SIZE.width;
    const y = Math.floor(i / SIZE.width) / SIZE.height;
    const lamp = 0.7 + 0.5 * x - 0.3 * x * x + 0.5 * y * (1 - y);
    data[i] = quantize((34 + 190 * light[i]) * lamp + 7 * noise[i], 255);
  }
  return {
    name: "blobs",
    channels: [{ ...SIZE, data }],
    annotation: paint(random, blobs, owner),
    truth: numberObjects(SIZE, owner),
  };
}

/** Big ones first, so that small ones find the gaps; some beyond the edge, some beside another. */
function placeBlobs(random: Random): Blob[] {
  const { width, height } = SIZE;
  const blobs: Blob[] = [];
  const radii = Array.from({ length: NUM_BLOBS - NUM_PAIRS }, (_, i) => 15 - 10 * i / NUM_BLOBS);
  for (const radius of radii) {
    for (let attempt = 0; attempt < 4000; attempt++) {
      const x = random.uniform(-2, width + 2);
      const y = random.uniform(-2, height + 2);
      const blob = randomBlob(random, [x, y, 0], radius, random.uniform(0.68, 1));
      if (!isFree(blob, blobs)) continue;
      blobs.push(blob);
      break;
    }
  }
  const singles = [...blobs];
  for (let pairs = 0, attempt = 0; pairs < NUM_PAIRS && attempt < 4000; attempt++) {
    const partner = singles[random.below(singles.length)];
    const radius = random.uniform(6, 9);
    const [dx, dy] = random.direction();
    const distance = radius + partner.radii[1] + 0.5;
    const place = [partner.x + dx * distance, partner.y + dy * distance, 0] as const;
    const inside = place[0] > 12 && place[0] < width - 12 && place[1] > 12 &&
      place[1] < height - 12;
    const blob = randomBlob(random, place, radius, random.uniform(0.7, 1));
    if (!inside || !isFree(blob, blobs.filter((other) => other !== partner))) continue;
    blobs.push(blob);
    singles.splice(singles.indexOf(partner), 1);
    pairs++;
  }
  return blobs;
}

/** Whether a blob keeps a few pixels from all others. */
function isFree(blob: Blob, others: readonly Blob[]): boolean {
  return others.every((other) => {
    const [dx, dy] = [blob.x - other.x, blob.y - other.y];
    const distance = Math.sqrt(dx * dx + dy * dy);
    return distance > blob.radii[0] + other.radii[0] + 1.5;
  });
}

/** A few long strokes over the background and short ones over objects bright, dim, big and small. */
function paint(random: Random, blobs: readonly Blob[], owner: Uint16Array): Sample["annotation"] {
  const painter = new Painter(SIZE, random);
  const { width } = SIZE;
  const outside = owner.map((_, pixel) => {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    return Number(blobs.every((blob) => depthInside(blob, x, y, 0) < -3));
  });
  const background = { classNumber: 1, brush: 2, allowed: (pixel: number) => outside[pixel] === 1 };
  const starts = [[28, 40], [200, 36], [120, 130], [60, 215], [215, 190]];
  for (const [startX, startY] of starts) {
    const [x, y] = nearestFree(startX, startY);
    painter.stroke([x, y, 0], { ...background, length: 34 });
  }
  for (let index = 2; index < blobs.length; index += 7) {
    const blob = blobs[index];
    const allowed = (pixel: number) =>
      depthInside(blob, pixel % width, Math.floor(pixel / width), 0) > 1;
    const length = Math.round(blob.radii[1] * 1.2);
    painter.stroke([blob.x, blob.y, 0], { classNumber: 2, brush: 2, length, allowed });
  }
  return painter.annotation;

  function nearestFree(startX: number, startY: number): [number, number] {
    let best: [number, number] = [startX, startY];
    let nearest = Infinity;
    for (let pixel = 0; pixel < owner.length; pixel++) {
      const [x, y] = [pixel % width, Math.floor(pixel / width)];
      if (blobs.some((blob) => depthInside(blob, x, y, 0) > -6)) continue;
      const distance = (x - startX) ** 2 + (y - startY) ** 2;
      if (distance < nearest) [nearest, best] = [distance, [x, y]];
    }
    return best;
  }
}
