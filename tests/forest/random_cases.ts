/** A small generator of reproducible numbers for test data: uniform in 0 ≤ x < 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A training problem. */
export interface TrainingCase {
  readonly name: string;
  readonly samples: Float32Array<ArrayBuffer>;
  readonly classes: number[];
  readonly numFeatures: number;
  readonly maxDepth: number;
  readonly numTrees: number;
  readonly randomState: number;
}

/** The kinds of values that columns of a sample matrix may have. */
const COLUMNS: Record<string, (random: () => number) => number> = {
  uniform: (random) => random(),
  bytes: (random) => Math.floor(random() * 256),
  ties: (random) => Math.floor(random() * 4) / 4,
  constant: () => 0.3,
  "almost constant": (random) => 1 + Math.floor(random() * 2) * 2 ** -23,
  "close together": (random) => Math.floor(random() * 40) * 6e-8,
  "both zeros": (random) => [-0, 0, -0, 1, -1][Math.floor(random() * 5)],
  huge: (random) => (random() - 0.5) * 2e30,
  denormal: (random) => Math.floor(random() * 9) * 2 ** -149,
  "largest floats": (random) => (random() < 0.5 ? -1 : 1) * (2 - random()) * 2 ** 127 * 0.999,
};

/** Training problems of every kind: ties, duplicates, constants, extreme values and sizes. */
export function randomCases(count: number, seed: number): TrainingCase[] {
  const random = randomNumbers(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  const kinds = Object.keys(COLUMNS);
  return Array.from({ length: count }, (_, i): TrainingCase => {
    const numSamples = 2 + below(i < 3 ? 12_000 : i % 20 === 0 ? 1999 : i % 3 === 0 ? 20 : 300);
    const numFeatures = i % 5 === 0 ? 1 : 1 + below(12);
    const numClasses = Math.min(numSamples, 2 + below(5));
    const columns = Array.from(
      { length: numFeatures },
      () => i < 3 ? kinds[0] : random() < 0.5 ? kinds[below(2)] : kinds[below(kinds.length)],
    );
    const samples = new Float32Array(numSamples * numFeatures);
    for (let row = 0; row < numSamples; row++) {
      const twin = row > 0 && i % 4 === 0 && random() < 0.3 ? below(row) : -1;
      columns.forEach((kind, column) => {
        samples[row * numFeatures + column] = twin < 0
          ? COLUMNS[kind](random)
          : samples[twin * numFeatures + column];
      });
    }
    const numbers = Array.from({ length: numClasses }, (_, k) => 1 + k * (1 + i % 3) + i % 2);
    const classes = Array.from({ length: numSamples }, (_, row) => {
      if (row < numClasses) return numbers[row];
      const isNoise = i % 2 === 0 && random() < 0.7;
      if (isNoise) return numbers[below(numClasses)];
      const value = samples[row * numFeatures] + samples[row * numFeatures + numFeatures - 1];
      return numbers[Math.abs(Math.floor(value * 3)) % numClasses];
    });
    return {
      name: `case ${i}: ${numSamples} × ${columns.join(", ")}; ${numClasses} classes`,
      samples,
      classes,
      numFeatures,
      maxDepth: 1 + below(12),
      numTrees: 1 + below(12),
      randomState: i % 7 === 0 ? Math.floor(random() * 2 ** 32) : below(5),
    };
  });
}
