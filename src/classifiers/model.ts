import type { Backend, BackendChoice } from "../backend.ts";
import { DaubError } from "../errors.ts";
import { planFeatures } from "../features/plan.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { resolveFeatures } from "../features/presets.ts";
import { collectSamples, type Samples } from "../flow/samples.ts";
import { type FlowOptions, openSource } from "../flow/source.ts";
import type { Forest, Votes } from "../forest/forest.ts";
import { trainForest } from "../forest/train.ts";
import { readAnnotation } from "../image/annotation.ts";
import { asChannels, describeSize, dimensions, type Image, sameSize } from "../image/image.ts";
import { withBackend } from "../backends/open_backend.ts";

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

/** Everything {@linkcode trainModel} needs. */
export interface TrainOptions extends TrainingPair, ForestOptions, RunOptions {
  /** A feature specification or the name of a predefined feature set. Default `"v070"`. */
  readonly features?: string;
}

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

/**
 * Computes the features of the painted pixels and grows a forest on them, and on the samples of
 * `previous` where it is given.
 */
export async function trainModel(options: TrainOptions, previous?: Model): Promise<Model> {
  const { annotation, onStage, signal } = options;
  if (previous && !previous.samples) throw samplesUnknown();
  const channels = asChannels(options.image);
  const featureSpecification = resolveFeatures(options.features ?? DEFAULT_FEATURES);
  const labels = oneImage(annotation);
  if (!sameSize(labels, channels[0])) {
    throw new DaubError(
      "annotation",
      `Expected an annotation of ${describeSize(channels[0])} pixels, like the image, but found ` +
        `one of ${describeSize(labels)}. Paint on this image, or choose the image that the ` +
        `strokes belong to.`,
      { expected: describeSize(channels[0]), found: describeSize(labels) },
    );
  }
  const classes = readAnnotation(labels);
  const plan = planFeatures(featureSpecification, {
    numChannels: channels.length,
    dimensions: dimensions(channels[0]),
  });
  if (previous) expectSameShape(previous, plan);
  const source = openSource(channels);
  let samples = await withBackend(
    options.backend,
    (backend) =>
      timed("features", onStage, () => collectSamples(backend, source, classes, plan, options)),
  );
  if (previous) samples = appendSamples(previous.samples!, samples);
  const forest = await timed("train", onStage, () =>
    trainForest(samples.values, samples.classes, {
      numFeatures: plan.features.length,
      maxDepth: options.maxDepth,
      numTrees: options.numTrees,
      randomState: options.randomState,
      votes: options.votes,
      signal,
    }));
  return { featureSpecification, dimensions: plan.dimensions, forest, samples };
}

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

function oneImage(image: Image | readonly Image[]): Image {
  const channels = asChannels(image);
  if (channels.length === 1) return channels[0];
  throw new DaubError(
    "annotation",
    `Expected an annotation with one channel of class numbers but found ${channels.length} ` +
      `channels. Save the strokes as a label image, not as a colour picture.`,
    { expected: 1, found: channels.length },
  );
}

function samplesUnknown(): DaubError {
  return new DaubError(
    "classifier",
    "Expected a classifier that was trained in this program but found one read from a file, " +
      "which does not hold its training data. Train again with all images.",
  );
}

/** Refuses to go on training with an image whose features mean something else. */
function expectSameShape({ dimensions, forest }: Model, plan: FeaturePlan): void {
  if (plan.dimensions !== dimensions) {
    throw new DaubError(
      "image",
      `Expected a ${dimensions}D image, like the ones trained on before, but found one of ` +
        `${plan.dimensions} dimensions. Use images of one kind.`,
      { expected: dimensions, found: plan.dimensions },
    );
  }
  if (plan.features.length === forest.numFeatures) return;
  throw new DaubError(
    "image",
    `Expected an image with ${forest.numFeatures} features, like the ones trained on before, ` +
      `but found ${plan.features.length}. Use the same channels and features.`,
    { expected: forest.numFeatures, found: plan.features.length },
  );
}

function appendSamples(samples: Samples, added: Samples): Samples {
  const values = new Float32Array(samples.values.length + added.values.length);
  values.set(samples.values);
  values.set(added.values, samples.values.length);
  const classes = new Uint8Array(samples.classes.length + added.classes.length);
  classes.set(samples.classes);
  classes.set(added.classes, samples.classes.length);
  return { values, classes };
}
