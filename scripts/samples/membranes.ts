import type { Size } from "../../src/image/image.ts";
import { edge } from "./blob.ts";
import { Random } from "./random.ts";
import { numberObjects, quantize, type Sample, smoothNoise } from "./scene.ts";

const SIZE: Size = { width: 240, height: 200, depth: 1 };
const CELLS = { count: 34, distance: 27 };
const PIECES = { count: 150, distance: 13 };
/** How far borders stray from straight lines, and how far apart the waves are, in pixels. */
const WAVES = { height: 7, distance: 20 };
/** So many borders of each kind are painted. */
const NUM_STROKES = 6;

type Place = readonly [x: number, y: number];

/**
 * Cells side by side with bright membranes, cut into more pieces than there are cells, as a
 * watershed does: where two pieces of one cell meet, there is no membrane.
 */
export function makeMembranes(): Sample {
  const random = new Random(1838);
  const cells = scatter(random, CELLS);
  const pieces = scatter(random, PIECES);
  const warp = waves(random);
  const piecesOf = cells.map((_, cell) => pieces.filter((place) => nearest(place, cells) === cell));
  const light = new Float64Array(SIZE.width * SIZE.height);
  const owner = new Uint16Array(light.length);
  const piece = new Uint16Array(light.length);
  for (let pixel = 0; pixel < light.length; pixel++) {
    const place = warp(pixel % SIZE.width, Math.floor(pixel / SIZE.width));
    const cell = nearest(place, cells);
    const toBorder = distanceToBorder(place, cells, cell);
    owner[pixel] = cell + 1;
    piece[pixel] = cell * PIECES.count + nearest(place, piecesOf[cell]) + 1;
    light[pixel] = 1 - edge(toBorder - 1.6, 1.6);
  }
  const noise = smoothNoise(SIZE, random);
  const data = Uint8Array.from(light, (membrane, pixel) => {
    const x = pixel % SIZE.width / SIZE.width;
    const lamp = 0.85 + 0.3 * x * (1 - x) * 4;
    return quantize((46 + 120 * membrane) * lamp + 11 * noise[pixel], 255);
  });
  const labels = numberObjects(SIZE, piece);
  return {
    name: "membranes",
    channels: [{ ...SIZE, data }],
    annotation: paint(random, labels.data, owner),
    truth: numberObjects(SIZE, owner),
    labels,
  };
}

/** Places at least `distance` from each other. */
function scatter(random: Random, { count, distance }: typeof CELLS): Place[] {
  const places: Place[] = [];
  for (let attempt = 0; attempt < 20_000 && places.length < count; attempt++) {
    const place = [random.uniform(0, SIZE.width), random.uniform(0, SIZE.height)] as const;
    if (places.every((other) => squared(place, other) > distance * distance)) places.push(place);
  }
  return places;
}

/** Moves places a little, to and fro: random shifts on a grid, and smooth between them. */
function waves(random: Random): (x: number, y: number) => Place {
  const { height, distance } = WAVES;
  const columns = Math.ceil(SIZE.width / distance) + 2;
  const rows = Math.ceil(SIZE.height / distance) + 2;
  const shift = () =>
    Float64Array.from({ length: columns * rows }, () => random.uniform(-height, height));
  const [shiftX, shiftY] = [shift(), shift()];
  const smooth = (t: number) => t * t * (3 - 2 * t);
  return (x, y) => {
    const [column, row] = [Math.floor(x / distance), Math.floor(y / distance)];
    const [u, v] = [smooth(x / distance - column), smooth(y / distance - row)];
    const at = row * columns + column;
    const between = (values: Float64Array) =>
      (1 - v) * ((1 - u) * values[at] + u * values[at + 1]) +
      v * ((1 - u) * values[at + columns] + u * values[at + columns + 1]);
    return [x + between(shiftX), y + between(shiftY)];
  };
}

function nearest(place: Place, places: readonly Place[]): number {
  let best = 0;
  for (let i = 1; i < places.length; i++) {
    if (squared(place, places[i]) < squared(place, places[best])) best = i;
  }
  return best;
}

/** How far a place lies from the line that separates its cell from the nearest other one. */
function distanceToBorder(place: Place, cells: readonly Place[], own: number): number {
  let least = Infinity;
  for (const [cell, centre] of cells.entries()) {
    if (cell === own) continue;
    const between = Math.sqrt(squared(centre, cells[own]));
    least = Math.min(least, (squared(place, centre) - squared(place, cells[own])) / (2 * between));
  }
  return least;
}

function squared([ax, ay]: Place, [bx, by]: Place): number {
  return (ax - bx) * (ax - bx) + (ay - by) * (ay - by);
}

/** Dabs on some long borders: 1 where two pieces belong to one cell, 2 on membranes. */
function paint(random: Random, labels: Uint16Array, owner: Uint16Array): Sample["annotation"] {
  const { width } = SIZE;
  const borders = new Map<string, number[]>();
  labels.forEach((label, pixel) => {
    for (const other of [pixel % width > 0 ? pixel - 1 : pixel, pixel - width]) {
      if (other < 0 || labels[other] === label) continue;
      const pair = [label, labels[other]].sort((a, b) => a - b).join(" ");
      borders.set(pair, [...borders.get(pair) ?? [], pixel]);
    }
  });
  const data = new Uint8Array(labels.length);
  const painted = [0, 0, 0];
  const long = [...borders].filter(([, pixels]) => pixels.length >= 8);
  while (long.length > 0 && Math.min(painted[1], painted[2]) < NUM_STROKES) {
    const [[pair, pixels]] = long.splice(random.below(long.length), 1);
    const ends = pair.split(" ").map(Number);
    const [a, b] = ends.map((label) => owner[labels.indexOf(label)]);
    const classNumber = a === b ? 1 : 2;
    if (painted[classNumber]++ >= NUM_STROKES) continue;
    const middle = pixels[pixels.length >> 1];
    for (let dy = -3; dy <= 3; dy++) {
      for (let dx = -3; dx <= 3; dx++) {
        const x = middle % width + dx;
        const pixel = middle + dy * width + dx;
        const isNear = dx * dx + dy * dy <= 10 && x >= 0 && x < width;
        if (isNear && ends.includes(labels[pixel])) data[pixel] = classNumber;
      }
    }
  }
  return { ...SIZE, data };
}
