import type { BenchOptions } from "./options.ts";
import type { Row } from "./row.ts";
import { TrainingPeer } from "./training_peer.ts";
import { makeTrainingSet } from "./training_set.ts";
import { compareTraining } from "./training.ts";

/** A few of the sizes of training.ts, which has options for more. */
const SIZES = [[1000, 4], [1000, 16], [10_000, 4], [10_000, 16]];
const QUICK_SIZES = [[200, 4]];
const DEPTHS = [2, 10];
const NUM_CLASSES = 2;

/** The same forest grown here and by scikit-learn with two jobs. */
export async function benchTrain({ python, repeat, trees, quick }: BenchOptions): Promise<Row[]> {
  await using peer = new TrainingPeer(python);
  const rows: Row[] = [];
  for (const [numSamples, numFeatures] of quick ? QUICK_SIZES : SIZES) {
    const set = makeTrainingSet(numSamples, numFeatures, NUM_CLASSES, "continuous");
    for (const depth of DEPTHS) {
      const problem = { ...set, depth, trees, jobs: 2 };
      const { ms, peerMs, peakMB } = await compareTraining(peer, problem, repeat);
      const size = `${numSamples} samples × ${numFeatures} features`;
      const work = `train ${trees} trees of depth ${depth}, ${size}`;
      rows.push({ work, ms, peer: "scikit-learn", peerMs, peakMB });
    }
  }
  return rows;
}
