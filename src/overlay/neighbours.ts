/** Which objects lie side by side, as lists in one array. */
export interface Neighbours {
  /** The neighbours of object i are `list` from `first[i]` to `first[i + 1]`; some occur twice. */
  readonly first: Uint32Array;
  readonly list: Uint32Array;
}

/**
 * Finds objects that see each other along a row or a column over at most `reach` background pixels.
 *
 * @param objects One number per pixel, 0 for background and less than `count`.
 */
export function findNeighbours(
  objects: Uint32Array,
  width: number,
  height: number,
  count: number,
  reach: number,
): Neighbours {
  const edges = new EdgeList();
  for (let y = 0; y < height; y++) addLine(edges, objects, y * width, 1, width, reach);
  for (let x = 0; x < width; x++) addLine(edges, objects, x, width, height, reach);
  const first = new Uint32Array(count + 1);
  for (let i = 0; i < edges.length; i++) first[edges.ends[i] + 1]++;
  for (let i = 0; i < count; i++) first[i + 1] += first[i];
  const next = first.slice();
  const list = new Uint32Array(edges.length);
  // The two ends of an edge are stored side by side.
  for (let i = 0; i < edges.length; i++) list[next[edges.ends[i]]++] = edges.ends[i ^ 1];
  return { first, list };
}

/** Adds what is met along a line of pixels. */
function addLine(
  edges: EdgeList,
  objects: Uint32Array,
  from: number,
  step: number,
  length: number,
  reach: number,
): void {
  let last = 0;
  let gap = 0;
  for (let k = 0, i = from; k < length; k++, i += step) {
    const object = objects[i];
    if (object === 0) {
      gap++;
      continue;
    }
    if (last !== 0 && object !== last && gap <= reach) edges.add(last, object);
    last = object;
    gap = 0;
  }
}

class EdgeList {
  ends = new Uint32Array(1024);
  length = 0;

  add(a: number, b: number): void {
    if (this.length === this.ends.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.ends);
      this.ends = grown;
    }
    this.ends[this.length++] = a;
    this.ends[this.length++] = b;
  }
}
