import type { Size, VoxelSize } from "../../src/image/image.ts";
import { type Blob, depthInside, randomBlob } from "./blob.ts";
import { Random } from "./random.ts";
import { numberObjects, quantize, render, type Sample, smoothNoise } from "./scene.ts";
import { Painter } from "./strokes.ts";

const SIZE: Size = { width: 48, height: 40, depth: 20 };
const VOXEL_SIZE: VoxelSize = { x: 0.3, y: 0.3, z: 0.75, unit: "micron" };
const NUM_NUCLEI = 16;

/** Nuclei in a stack whose slices lie further apart than its pixels, dimmer with depth. */
export function makeVolume(): Sample {
  const random = new Random(1590);
  const nuclei = placeNuclei(random);
  const { light, owner } = render(SIZE, nuclei, 1.6);
  const noise = smoothNoise(SIZE, random);
  const plane = SIZE.width * SIZE.height;
  const data = new Uint16Array(light.length);
  for (let i = 0; i < data.length; i++) {
    const dimming = 1 - 0.02 * Math.floor(i / plane);
    const signal = (380 + 3600 * light[i]) * dimming;
    data[i] = quantize(signal + 3.5 * Math.sqrt(signal) * noise[i], 65535);
  }
  return {
    name: "volume",
    channels: [{ ...SIZE, data, voxelSize: VOXEL_SIZE }],
    annotation: paint(random, nuclei),
    truth: { ...numberObjects(SIZE, owner), voxelSize: VOXEL_SIZE },
  };
}

/** Round in space, so flat in voxels. */
function placeNuclei(random: Random): Blob[] {
  const slices = VOXEL_SIZE.x / VOXEL_SIZE.z;
  const nuclei: Blob[] = [];
  for (let attempt = 0; attempt < 8000 && nuclei.length < NUM_NUCLEI; attempt++) {
    const radius = random.uniform(4, 6.5);
    const place = [
      random.uniform(1, SIZE.width - 2),
      random.uniform(1, SIZE.height - 2),
      random.uniform(1, SIZE.depth - 2),
    ] as const;
    const ball = randomBlob(random, place, radius, random.uniform(0.7, 1));
    const blob = { ...ball, radii: [ball.radii[0], ball.radii[1], radius * slices] as const };
    const isFree = nuclei.every((other) => {
      const [dx, dy, dz] = [blob.x - other.x, blob.y - other.y, (blob.z - other.z) / slices];
      return Math.sqrt(dx * dx + dy * dy + dz * dz) > blob.radii[0] + other.radii[0] + 1;
    });
    if (isFree) nuclei.push(blob);
  }
  return nuclei;
}

/** Strokes in single slices, as one paints a stack. */
function paint(random: Random, nuclei: readonly Blob[]): Sample["annotation"] {
  const painter = new Painter(SIZE, random);
  const plane = SIZE.width * SIZE.height;
  const depth = (blob: Blob, pixel: number) =>
    depthInside(
      blob,
      pixel % SIZE.width,
      Math.floor(pixel / SIZE.width) % SIZE.height,
      Math.floor(pixel / plane),
    );
  const isOutside = (pixel: number) => nuclei.every((blob) => depth(blob, pixel) < -2);
  for (const z of [3, 9, 15]) {
    const free = Array.from({ length: plane }, (_, i) => z * plane + i).filter((pixel) =>
      nuclei.every((blob) => depth(blob, pixel) < -4)
    );
    for (let stroke = 0; stroke < 2; stroke++) {
      const pixel = free[random.below(free.length)] % plane;
      const start = [pixel % SIZE.width, Math.floor(pixel / SIZE.width), z] as const;
      painter.stroke(start, { classNumber: 1, brush: 1.5, length: 24, allowed: isOutside });
    }
  }
  for (let index = 0; index < nuclei.length; index += 3) {
    const { x, y, z } = nuclei[index];
    const allowed = (pixel: number) => depth(nuclei[index], pixel) > 0.5;
    painter.stroke([x, y, Math.round(z)], { classNumber: 2, brush: 1.5, length: 7, allowed });
  }
  return { ...painter.annotation, voxelSize: VOXEL_SIZE };
}
