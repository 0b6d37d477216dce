import type { Backend, BackendChoice } from "../backend.ts";
import { DaubError, throwIfCancelled } from "../errors.ts";
import { planFeatures } from "../features/plan.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { resolveFeatures } from "../features/presets.ts";
import { collectSamples, type Samples } from "../flow/samples.ts";
import { type FlowOptions, openSource, type Source } from "../flow/source.ts";
import type { Forest, Votes } from "../forest/forest.ts";
import { trainForest } from "../forest/train.ts";
import { countClasses, readAnnotation } from "../image/annotation.ts";
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

/** What one training takes over from others. */
export interface Growth {
  /** Whose samples come first, and whose kind of image the further ones must be. */
  readonly previous?: Model;
  /** Refuses the painted classes, before anything is computed where the strokes are in memory. */
  readonly expectClasses?: (painted: readonly number[]) => void;
}

/** Grows a forest on the painted pixels of an image, after those of `previous`. */
export async function trainModel(options: TrainOptions, growth: Growth = {}): Promise<Model> {
  return await trainModelOnMany([options], options, growth);
}

/**
 * Computes the features of the painted pixels of image after image, of which only these are kept,
 * and grows one forest on all of them.
 */
export async function trainModelOnMany(
  pairs: TrainingPairs,
  options: TrainManyOptions,
  { previous, expectClasses }: Growth = {},
): Promise<Model> {
  const { features = DEFAULT_FEATURES, onStage, signal } = options;
  if (previous && !previous.samples) throw samplesUnknown();
  const featureSpecification = resolveFeatures(features);
  if (Array.isArray(pairs)) {
    const painted = pairs.flatMap((pair) => naming(pair, () => paintedClasses(pair)));
    expectClasses?.(distinct([...previous?.forest.classes ?? [], ...painted]));
  }
  let plan: FeaturePlan | undefined;
  const parts = previous ? [previous.samples!] : [];
  await withBackend(options.backend, async (backend) => {
    for await (const pair of pairs) {
      await naming(pair, async () => {
        throwIfCancelled(signal);
        const { source, classes } = openPair(pair);
        const own = planFeatures(featureSpecification, {
          numChannels: source.channels.length,
          dimensions: dimensions(source),
        });
        expectSameShape(previous?.dimensions ?? plan?.dimensions ?? own.dimensions, own);
        expectSameFeatures(previous?.forest.numFeatures ?? plan?.features.length, own);
        plan ??= own;
        parts.push(
          await timed("features", onStage, () =>
            collectSamples(backend, source, classes, own, options)),
        );
      });
    }
  });
  if (!plan) throw nothingToTrainOn();
  const samples = appendSamples(...parts);
  expectClasses?.(distinct(samples.classes));
  const forest = await timed("train", onStage, () =>
    trainForest(samples.values, samples.classes, {
      numFeatures: plan!.features.length,
      maxDepth: options.maxDepth,
      numTrees: options.numTrees,
      randomState: options.randomState,
      votes: options.votes,
      signal,
    }));
  return { featureSpecification, dimensions: plan.dimensions, forest, samples };
}

/** An image ready for the filters and the class numbers painted on it. */
function openPair({ image, annotation }: TrainingPair): { source: Source; classes: Uint8Array } {
  const channels = asChannels(image);
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
  return { source: openSource(channels), classes };
}

function paintedClasses({ annotation }: TrainingPair): number[] {
  return [...countClasses(readAnnotation(oneImage(annotation))).keys()];
}

function distinct(classes: Iterable<number>): number[] {
  return [...new Set(classes)].sort((a, b) => a - b);
}

/** Runs a step of the work on a pair; an error says which pair, where it has a name. */
function naming<T>({ name }: TrainingPair, run: () => T): T {
  const rename = (error: unknown): never => {
    if (name === undefined || !(error instanceof DaubError) || error.tag === "cancelled") {
      throw error;
    }
    const { tag, expected, found } = error;
    throw new DaubError(tag, `${name}: ${error.message}`, {
      expected,
      found,
      where: name,
      cause: error,
    });
  };
  try {
    const result = run();
    return result instanceof Promise ? result.catch(rename) as T : result;
  } catch (error) {
    return rename(error);
  }
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

/** The error of a classifier that cannot be trained further. */
export /** The error of a training that is to go on from one whose data are not known. */
export function samplesUnknown(): DaubError {
  return new DaubError(
    "classifier",
    "Expected a classifier that was trained in this program but found one read from a file, " +
      "which does not hold its training data. Train again with all images.",
  );
}

function nothingToTrainOn(): DaubError {
  return new DaubError(
    "annotation",
    "Expected at least one image with strokes to train on but found none. Name some.",
    { expected: "images with strokes", found: 0 },
  );
}

/** Refuses to go on training with an image whose features mean something else. */
function expectSameShape(expected: 2 | 3, { dimensions }: FeaturePlan): void {
  if (dimensions === expected) return;
  throw new DaubError(
    "image",
    `Expected a ${expected}D image, like the ones trained on before, but found one of ` +
      `${dimensions} dimensions. Use images of one kind.`,
    { expected, found: dimensions },
  );
}

function expectSameFeatures(expected: number | undefined, { features }: FeaturePlan): void {
  if (expected === undefined || features.length === expected) return;
  throw new DaubError(
    "image",
    `Expected an image with ${expected} features, like the ones trained on before, ` +
      `but found ${features.length}. Use the same channels and features.`,
    { expected, found: features.length },
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
