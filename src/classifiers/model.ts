import type { Backend, BackendChoice } from "../backend.ts";
import { DaubError } from "../errors.ts";
import { planFeatures } from "../features/plan.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import type { SampleMemory } from "../flow/sample_memory.ts";
import type { Samples } from "../flow/samples.ts";
import type { FlowOptions } from "../flow/source.ts";
import type { Forest, Votes } from "../forest/forest.ts";
import type { Image } from "../image/image.ts";

/** Reports how long a stage took. */
export type StageListener = (stage: string, milliseconds: number) => void;

/** An image, one or several channels, and the strokes painted on it. */
export interface TrainingPair {
  /** 2D or 3D; several channels as a list. */
  readonly image: Image | readonly Image[];
  /**
   * The strokes: an image of the same size whose pixels hold class numbers 1 … 255, and 0 where
   * nothing was painted.
   */
  readonly annotation: Image | readonly Image[];
  /** What messages call the image, such as its path. */
  readonly name?: string;
}

/** How a forest is grown; the defaults are those of APOC. */
export interface ForestOptions {
  /** The most decisions from root to leaf. Default 2. */
  readonly maxDepth?: number;
  /** Default 100. */
  readonly numTrees?: number;
  /** The seed; equal seeds and samples give equal forests. Default 0. */
  readonly randomState?: number;
  /** Default `"fraction"`, as scikit-learn votes; `"count"` as APOC's older files do. */
  readonly votes?: Votes;
}

/** Where and how a computation runs. */
export interface RunOptions extends FlowOptions {
  /** An open backend, or which to open for this call. Default `"auto"`. */
  readonly backend?: Backend | BackendChoice;
  /** Called at the end of every stage. */
  readonly onStage?: StageListener;
}

/** How a forest is grown, on which features, and where that is computed. */
export interface TrainManyOptions extends ForestOptions, RunOptions {
  /** A feature specification or the name of a predefined feature set. Default `"v070"`. */
  readonly features?: string;
  /** Remembers the features of painted pixels for the next training on the same images. */
  readonly memory?: SampleMemory;
}

/** Everything that training on an image needs. */
export interface TrainOptions extends TrainingPair, TrainManyOptions {}

/** Images with their strokes, in memory or read one after the other. */
export type TrainingPairs = Iterable<TrainingPair> | AsyncIterable<TrainingPair>;

/** What every classifier of pixels consists of. */
export interface Model {
  /** The features, as in the classifier file. */
  readonly featureSpecification: string;
  /** Whether it was trained on planes or on volumes. */
  readonly dimensions: 2 | 3;
  /** What was learnt. */
  readonly forest: Forest;
  /** The training data, known until the classifier is written to text. */
  readonly samples?: Samples;
}

/** The feature set used when none is named: Gaussian, its difference, Laplacian and Sobel. */
export const DEFAULT_FEATURES = "v070";

/** How many features the model's specification gives for one channel. */
export function featuresPerChannel({ featureSpecification, dimensions }: Model): number {
  return planFeatures(featureSpecification, { numChannels: 1, dimensions }).features.length;
}

/** The plan by which a model's features are computed from an image of so many channels. */
export function planModel(model: Model, numChannels: number): FeaturePlan {
  const { featureSpecification, dimensions, forest } = model;
  const plan = planFeatures(featureSpecification, { numChannels, dimensions });
  if (plan.features.length === forest.numFeatures) return plan;
  const perChannel = plan.features.length / numChannels;
  const expected = forest.numFeatures / perChannel;
  if (!Number.isInteger(expected)) {
    throw new DaubError(
      "classifier",
      `Expected a classifier with a multiple of ${perChannel} features, as its feature ` +
        `specification has, but found ${forest.numFeatures}. The file is damaged; train again.`,
      { expected: perChannel, found: forest.numFeatures },
    );
  }
  throw new DaubError(
    "image",
    `Expected an image of ${expected} channel${expected === 1 ? "" : "s"}, as the classifier was ` +
      `trained on, but found ${numChannels}. Choose the channels that it was trained on.`,
    { expected, found: numChannels },
  );
}

/** Measures a stage and reports it. */
export async function timed<T>(
  stage: string,
  onStage: StageListener | undefined,
  run: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  const result = await run();
  onStage?.(stage, performance.now() - start);
  return result;
}

/** The error of a classifier that cannot be trained further. */
export function samplesUnknown(): DaubError {
  return new DaubError(
    "classifier",
    "Expected a classifier that was trained in this program but found one read from a file, " +
      "which does not hold its training data. Train again with all images.",
  );
}

/** Samples one after the other as one. */
export function appendSamples(...parts: readonly Samples[]): Samples {
  if (parts.length === 1) return parts[0];
  const total = (length: (part: Samples) => number) =>
    parts.reduce((sum, part) => sum + length(part), 0);
  const values = new Float32Array(total((part) => part.values.length));
  const classes = new Uint8Array(total((part) => part.classes.length));
  let [valueAt, classAt] = [0, 0];
  for (const part of parts) {
    values.set(part.values, valueAt);
    classes.set(part.classes, classAt);
    valueAt += part.values.length;
    classAt += part.classes.length;
  }
  return { values, classes };
}
