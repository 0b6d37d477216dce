import { Random } from "../samples/random.ts";

/** What the features of made-up samples look like. */
export type Values = "continuous" | "bytes";

/** Samples and the class of each. */
export interface MadeUpSet {
  /** Row-major, samples × features. */
  readonly samples: Float32Array<ArrayBuffer>;
  readonly classes: Uint8Array<ArrayBuffer>;
  readonly numFeatures: number;
}

/**
 * Samples as painted pixels give them: features that see the class through more or less noise, and
 * a tenth of the labels at random.
 */
export function makeTrainingSet(
  numSamples: number,
  numFeatures: number,
  numClasses: number,
  values: Values,
): MadeUpSet {
  const generator = new Random(numSamples + numFeatures);
  const random = () => generator.uniform();
  const samples = new Float32Array(numSamples * numFeatures);
  const classes = new Uint8Array(numSamples);
  for (let row = 0, i = 0; row < numSamples; row++) {
    const position = random();
    const index = random() < 0.1 ? random() : position;
    classes[row] = 1 + Math.floor(index * numClasses);
    for (let f = 0; f < numFeatures; f++, i++) {
      const noise = random() + random() - 1;
      const value = 128 + 64 * ((position - 0.5) * (1 + f % 4) / 4 + noise);
      samples[i] = values === "bytes" ? Math.floor(value) : value;
    }
  }
  return { samples, classes, numFeatures };
}
