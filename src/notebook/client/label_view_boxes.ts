import type { LabelImage } from "../../labeling/labels.ts";
import { inPieces } from "../take_turns.ts";
import type { Box } from "./painter/tile_layer.ts";

/** About how many pixels are looked at in a step. */
const PIECE = 65_536;

/** The boxes of all objects of a label image, in x and y over all slices, and their sizes. */
export class ObjectBoxes {
  static readonly #known = new WeakMap<LabelImage, ObjectBoxes>();
  readonly #labels: LabelImage;
  readonly #edges: Int32Array;
  readonly #sizes: Uint32Array;
  /** The next row to look at. */
  #row = 0;

  /** The boxes of a label image, which views of the same labels share. */
  static of(labels: LabelImage): ObjectBoxes {
    let boxes = this.#known.get(labels);
    if (!boxes) {
      this.#known.set(labels, boxes = new ObjectBoxes(labels));
      while (!boxes.#step());
    }
    return boxes;
  }

  /** As {@linkcode ObjectBoxes.of}, but does it piece by piece, so that nothing waits for it. */
  static async prepare(labels: LabelImage): Promise<ObjectBoxes> {
    const known = this.#known.get(labels);
    if (known) return known;
    const boxes = new ObjectBoxes(labels);
    await inPieces(() => boxes.#step());
    this.#known.set(labels, boxes);
    return boxes;
  }

  private constructor(labels: LabelImage) {
    const { width, height, count } = labels;
    this.#labels = labels;
    this.#sizes = new Uint32Array(count + 1);
    this.#edges = new Int32Array(4 * (count + 1));
    for (let at = 0; at < this.#edges.length; at += 4) {
      this.#edges[at] = width;
      this.#edges[at + 1] = height;
      this.#edges[at + 2] = this.#edges[at + 3] = -1;
    }
  }

  /** The number of pixels of every object: the entry i is that of object i + 1. */
  get sizes(): Uint32Array {
    return this.#sizes.subarray(1);
  }

  /** The box of one object; undefined when there is no such object. */
  of(label: number): Box | undefined {
    const [x, y, right, bottom] = this.#edges.subarray(4 * label, 4 * label + 4);
    return right > x ? { x, y, width: right - x, height: bottom - y } : undefined;
  }

  /** Looks at the next rows; whether they were the last ones. */
  #step(): boolean {
    const { width, height, data, count } = this.#labels;
    const [edges, sizes] = [this.#edges, this.#sizes];
    const rows = Math.max(1, Math.floor(PIECE / width));
    const last = Math.min(this.#row + rows, data.length / width);
    for (let row = this.#row; row < last; row++) {
      const y = row % height;
      const next = (row + 1) * width;
      for (let from = row * width, to = from; from < next; from = to) {
        const label = data[from];
        do to++; while (to < next && data[to] === label);
        if (label === 0 || label > count) continue;
        const at = 4 * label;
        const x = from - row * width;
        const right = to - row * width;
        if (x < edges[at]) edges[at] = x;
        if (y < edges[at + 1]) edges[at + 1] = y;
        if (right > edges[at + 2]) edges[at + 2] = right;
        if (y + 1 > edges[at + 3]) edges[at + 3] = y + 1;
        sizes[label] += to - from;
      }
    }
    this.#row = last;
    return last * width === data.length;
  }
}
