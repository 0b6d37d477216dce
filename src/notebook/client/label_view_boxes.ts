import type { LabelImage } from "../../labeling/labels.ts";
import type { Box } from "./painter/tile_layer.ts";

/** The boxes of all objects of a label image, in x and y over all slices. */
export class ObjectBoxes {
  static readonly #known = new WeakMap<LabelImage, ObjectBoxes>();
  readonly #edges: Int32Array;

  /** The boxes of a label image, which views of the same labels share. */
  static of(labels: LabelImage): ObjectBoxes {
    let boxes = this.#known.get(labels);
    if (!boxes) this.#known.set(labels, boxes = new ObjectBoxes(labels));
    return boxes;
  }

  private constructor(labels: LabelImage) {
    const { width, height, data, count } = labels;
    const edges = new Int32Array(4 * (count + 1));
    for (let label = 0; label <= count; label++) edges.set([width, height, -1, -1], 4 * label);
    for (let row = 0; row * width < data.length; row++) {
      const y = row % height;
      for (let x = 0; x < width;) {
        const label = data[row * width + x];
        let end = x + 1;
        while (end < width && data[row * width + end] === label) end++;
        if (label > 0 && label <= count) {
          const at = 4 * label;
          if (x < edges[at]) edges[at] = x;
          if (y < edges[at + 1]) edges[at + 1] = y;
          if (end > edges[at + 2]) edges[at + 2] = end;
          if (y + 1 > edges[at + 3]) edges[at + 3] = y + 1;
        }
        x = end;
      }
    }
    this.#edges = edges;
  }

  /** The box of one object; undefined when there is no such object. */
  of(label: number): Box | undefined {
    const [x, y, right, bottom] = this.#edges.subarray(4 * label, 4 * label + 4);
    return right > x ? { x, y, width: right - x, height: bottom - y } : undefined;
  }
}
