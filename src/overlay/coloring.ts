import { findNeighbours } from "./neighbours.ts";

/** Objects further apart than this may look alike. */
const REACH = 64;

/**
 * Chooses a colour number for every label of a plane so that objects side by side differ: those
 * with most neighbours choose first, and each takes the colour that is rarest around it.
 */
export function colorLabels(
  labels: Uint32Array,
  width: number,
  height: number,
  numColors: number,
): Map<number, number> {
  const { objects, names } = compact(labels);
  const { first, list } = findNeighbours(objects, width, height, names.length, REACH);
  const degree = (object: number) => first[object + 1] - first[object];
  const order = Uint32Array.from(names.keys()).subarray(1);
  order.sort((a, b) => degree(b) - degree(a) || a - b);
  const UNCOLORED = 255;
  const colors = new Uint8Array(names.length).fill(UNCOLORED);
  const around = new Uint32Array(numColors);
  for (const object of order) {
    around.fill(0);
    for (let i = first[object]; i < first[object + 1]; i++) {
      if (colors[list[i]] !== UNCOLORED) around[colors[list[i]]]++;
    }
    // Beginning elsewhere each time, so that all colours are used.
    let best = object % numColors;
    for (let k = 1; k < numColors; k++) {
      const color = (object + k) % numColors;
      if (around[color] < around[best]) best = color;
    }
    colors[object] = best;
  }
  return new Map(Array.from(order, (object) => [names[object], colors[object]]));
}

/** Renumbers the labels that occur as 1, 2, …; `names` leads back. */
function compact(labels: Uint32Array): { objects: Uint32Array; names: number[] } {
  const numbers = new Map<number, number>([[0, 0]]);
  const names = [0];
  const objects = new Uint32Array(labels.length);
  let last = 0;
  let number = 0;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== last) {
      last = labels[i];
      const known = numbers.get(last);
      number = known ?? names.push(last) - 1;
      if (known === undefined) numbers.set(last, number);
    }
    objects[i] = number;
  }
  return { objects, names };
}
