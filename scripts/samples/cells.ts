import type { Size } from "../../src/image/image.ts";
import { type Blob, depthInside, edge, randomBlob } from "./blob.ts";
import { Random } from "./random.ts";
import { numberObjects, quantize, render, type Sample, smoothNoise } from "./scene.ts";
import { Painter } from "./strokes.ts";

const SIZE: Size = { width: 200, height: 160, depth: 1 };
const NUM_CELLS = 17;
const NUM_SPECKS = 14;

/**
 * Cells in two channels, nuclei and cytoplasm. Specks of dirt between the cells are as bright as
 * nuclei in the first channel; only the second tells them apart.
 */
export function makeCells(): Sample {
  const random = new Random(1665);
  const bodies: Blob[] = [];
  const nuclei: Blob[] = [];
  for (let attempt = 0; attempt < 4000 && bodies.length < NUM_CELLS; attempt++) {
    const radius = random.uniform(13, 17);
    const place = [random.uniform(4, 196), random.uniform(4, 156), 0] as const;
    const body = randomBlob(random, place, radius, random.uniform(0.75, 1));
    if (!isFree(body, bodies, 0.88)) continue;
    const [dx, dy] = random.direction();
    const centre = [place[0] + 2 * dx, place[1] + 2 * dy, 0] as const;
    bodies.push(body);
    nuclei.push(randomBlob(random, centre, 0.44 * radius, random.uniform(0.75, 1)));
  }
  const specks: Blob[] = [];
  for (let attempt = 0; attempt < 4000 && specks.length < NUM_SPECKS; attempt++) {
    const place = [random.uniform(4, 196), random.uniform(4, 156), 0] as const;
    const speck = randomBlob(random, place, random.uniform(2.5, 4.5), random.uniform(0.8, 1));
    if (isFree(speck, [...bodies, ...specks], 1.1)) specks.push(speck);
  }
  const bright = render(SIZE, [...nuclei, ...specks], 1.8).light;
  const { owner } = render(SIZE, nuclei, 1.8);
  return {
    name: "cells",
    channels: [
      { ...SIZE, name: "nuclei", data: expose(random, (pixel) => 24 + 170 * bright[pixel]) },
      { ...SIZE, name: "cytoplasm", data: expose(random, stain) },
    ],
    annotation: paint(),
    truth: numberObjects(SIZE, owner),
  };

  /** Cytoplasm: bright in the cell and brighter at its rim, dim where the nucleus lies. */
  function stain(pixel: number): number {
    const x = pixel % SIZE.width;
    const y = Math.floor(pixel / SIZE.width);
    let light = 0;
    for (const [cell, body] of bodies.entries()) {
      const depth = depthInside(body, x, y, 0);
      if (depth <= -2) continue;
      const rim = edge(depth, 2) * (1 - edge(depth - 4, 2));
      const nucleus = edge(depthInside(nuclei[cell], x, y, 0), 2);
      light = Math.max(light, body.brightness * (edge(depth, 2) + 0.5 * rim - 0.45 * nucleus));
    }
    return 18 + 120 * light;
  }

  function paint(): Sample["annotation"] {
    const painter = new Painter(SIZE, random);
    const isInside = (blobs: readonly Blob[], margin: number) => (pixel: number) => {
      const [x, y] = [pixel % SIZE.width, Math.floor(pixel / SIZE.width)];
      return blobs.some((blob) => depthInside(blob, x, y, 0) > margin);
    };
    const inBodies = isInside(bodies, -3);
    const inNuclei = isInside(nuclei, -2);
    const background = { classNumber: 1, brush: 1.5, allowed: (pixel: number) => !inBodies(pixel) };
    for (const { x, y } of specks.slice(0, 6)) {
      painter.stroke([x, y, 0], { ...background, length: 22 });
    }
    for (let cell = 0; cell < bodies.length; cell += 3) {
      const { x, y, radii } = nuclei[cell];
      const allowed = isInside([nuclei[cell]], 0.7);
      painter.stroke([x, y, 0], { classNumber: 2, brush: 1.5, length: 9, allowed });
      const inBody = isInside([bodies[cell]], -0.5);
      painter.stroke([x + radii[0] + 5, y, 0], {
        classNumber: 3,
        brush: 1.5,
        length: 26,
        allowed: (pixel) => inBody(pixel) && !inNuclei(pixel),
      });
    }
    return painter.annotation;
  }
}

/** A camera's picture of the light: a lamp brighter in the middle, and noise. */
function expose(random: Random, light: (pixel: number) => number): Uint8Array {
  const noise = smoothNoise(SIZE, random);
  return Uint8Array.from(noise, (grain, pixel) => {
    const x = pixel % SIZE.width / SIZE.width;
    const y = Math.floor(pixel / SIZE.width) / SIZE.height;
    const lamp = 0.8 + 0.5 * x * (1 - x) + 0.5 * y * (1 - y);
    return quantize(light(pixel) * lamp + 6 * grain, 255);
  });
}

/** Whether a blob keeps its distance: `share` of the sum of the radii. */
function isFree(blob: Blob, others: readonly Blob[], share: number): boolean {
  return others.every((other) => {
    const [dx, dy] = [blob.x - other.x, blob.y - other.y];
    const distance = Math.sqrt(dx * dx + dy * dy);
    return distance > share * (blob.radii[0] + other.radii[0]);
  });
}
