import type { Samples } from "../flow/samples.ts";
import { type PaintedFrame, samePainting } from "./painted_pixels.ts";

/** The samples of one time point and what they were taken from. */
interface Known {
  readonly inputs: readonly unknown[];
  readonly painted: PaintedFrame;
  readonly samples: Samples;
}

/**
 * The samples of every painted time point, taken again only where strokes or features changed, so
 * that going to another time point does not train anew.
 */
export class SeriesSamples {
  #known = new Map<number, Known>();
  #parts: readonly Samples[] = [];
  #all: Samples | undefined;

  /**
   * The samples of all time points, in their order; the same object as before where none changed.
   *
   * @param inputs What decides the features, by identity.
   * @param take Takes the samples of one time point.
   */
  async collect(
    painted: readonly PaintedFrame[],
    inputs: readonly unknown[],
    take: (painted: PaintedFrame) => Promise<Samples> | Samples,
  ): Promise<Samples> {
    const known = new Map<number, Known>();
    for (const frame of painted) {
      const before = this.#known.get(frame.frame);
      const isSame = before !== undefined && samePainting(before.painted, frame) &&
        before.inputs.every((input, i) => Object.is(input, inputs[i]));
      const samples = isSame ? before.samples : await take(frame);
      known.set(frame.frame, { inputs, painted: frame, samples });
    }
    this.#known = known;
    const parts = Array.from(known.values(), ({ samples }) => samples);
    const isSame = parts.length === this.#parts.length &&
      parts.every((part, i) => part === this.#parts[i]);
    if (this.#all === undefined || !isSame) this.#all = join(parts);
    this.#parts = parts;
    return this.#all;
  }

  /** Gives the memory back. */
  forget(): void {
    this.#known.clear();
    this.#parts = [];
    this.#all = undefined;
  }
}

function join(parts: readonly Samples[]): Samples {
  if (parts.length === 1) return parts[0];
  const rows = parts.reduce((sum, { classes }) => sum + classes.length, 0);
  const numbers = parts.reduce((sum, { values }) => sum + values.length, 0);
  const all = { values: new Float32Array(numbers), classes: new Uint8Array(rows) };
  let row = 0;
  let number = 0;
  for (const { values, classes } of parts) {
    all.values.set(values, number);
    all.classes.set(classes, row);
    number += values.length;
    row += classes.length;
  }
  return all;
}
