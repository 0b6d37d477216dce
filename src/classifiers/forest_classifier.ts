import type { Backend } from "../backend.ts";
import { DaubError } from "../errors.ts";
import { predictImage } from "../flow/predict.ts";
import { type FlowOptions, openSource } from "../flow/source.ts";
import {
  expectClassName,
  formatClassifierFile,
  parseClassifierFile,
} from "../forest/classifier_file/mod.ts";
import type { Prediction, PredictionRequest } from "../forest/forest.ts";
import { type ForestStatistics, forestStatistics } from "../forest/statistics.ts";
import { readSource, writeFileAtomically } from "../image/file.ts";
import {
  asChannels,
  describeSize,
  dimensions,
  type Image,
  type PixelArray,
} from "../image/image.ts";
import { displayable } from "../image/jupyter_display.ts";
import {
  featuresPerChannel,
  type Model,
  planModel,
  type RunOptions,
  type TrainingPair,
  type TrainOptions,
} from "./model.ts";

/** The facts that one kind of classifier has beside the forest. */
export interface FileExtras {
  /** The class that objects are made of. */
  readonly positiveClass?: number;
  /** The class whose probability is mapped. */
  readonly outputProbabilityOfClass?: number;
}

/**
 * What pixel classifiers share: a feature specification and a forest, their text form, and what
 * can be told about them.
 */
export abstract class ForestClassifier {
  /** The kind, as in the classifier file: APOC's name of the class. */
  abstract readonly className: string;
  /** @ignore */
  protected readonly model: Model;

  /** @ignore */
  constructor(model: Model) {
    this.model = model;
  }

  /** The feature specification it was trained with. */
  get featureSpecification(): string {
    return this.model.featureSpecification;
  }

  /** The forest itself. */
  get forest(): Model["forest"] {
    return this.model.forest;
  }

  /** 2 when it was trained on planes, 3 on volumes. */
  get dimensions(): 2 | 3 {
    return this.model.dimensions;
  }

  /** The number of channels that an image must have. */
  get numChannels(): number {
    return this.forest.numFeatures / featuresPerChannel(this.model);
  }

  /** The class numbers that it tells apart, ascending. */
  get classes(): readonly number[] {
    return this.forest.classes;
  }

  /** The features by name, in the order of the forest; further channels end in `_1`, `_2`, …. */
  get featureNames(): readonly string[] {
    return planModel(this.model, this.numChannels).features.map(({ name }) => name);
  }

  /**
   * How much each feature contributes: the mean decrease in impurity, summing to 1, as
   * scikit-learn computes it. Empty when the classifier's file did not say.
   */
  featureImportances(): Record<string, number> {
    const { featureImportances } = this.forest;
    const names = this.featureNames;
    return Object.fromEntries(Array.from(featureImportances, (value, i) => [names[i], value]));
  }

  /** For every feature and depth, how many decisions use it and their share, as APOC tells. */
  statistics(): ForestStatistics {
    return forestStatistics(this.forest, this.featureNames);
  }

  /** The classifier as the text of an OpenCL file that APOC opens. */
  toString(): string {
    return formatClassifierFile({
      className: this.className,
      featureSpecification: this.featureSpecification,
      groundTruthDimensions: this.dimensions,
      forest: this.forest,
      ...this.fileExtras(),
    });
  }

  /**
   * Writes {@linkcode toString} to a file, whole or not at all.
   *
   * @throws {DaubError} `file` when the file exists and `overwrite` is not set, or cannot be written.
   */
  async save(path: string | URL, options: { overwrite?: boolean } = {}): Promise<void> {
    await writeFileAtomically(path, new TextEncoder().encode(this.toString()), options);
  }

  /** One paragraph for people: kind, features, forest, votes. */
  describe(): string {
    const { forest } = this;
    return [
      `Classifier: ${this.className}`,
      `Features: ${this.featureSpecification}`,
      `Channels: ${this.numChannels}, dimensions: ${this.dimensions}`,
      `Forest: ${forest.trees.length} trees of depth ${forest.maxDepth}, ` +
      `${forest.numFeatures} features, classes ${forest.classes.join(", ")}`,
      `Votes: ${forest.votes} (${describeVotes(forest.votes)})`,
    ].join("\n");
  }

  /** Classes, probabilities and uncertainty of every pixel, as asked, in one pass. */
  async classify(
    image: Image | readonly Image[],
    request: PredictionRequest,
    backend: Backend,
    options: FlowOptions = {},
  ): Promise<Prediction> {
    const channels = asChannels(image);
    if (dimensions(channels[0]) !== this.dimensions) {
      throw new DaubError(
        "image",
        `Expected a ${this.dimensions}D image, as the classifier was trained on, but found one of ` +
          `${describeSize(channels[0])} pixels. Train a classifier on such an image first.`,
        { expected: this.dimensions, found: dimensions(channels[0]) },
      );
    }
    const plan = planModel(this.model, channels.length);
    return await predictImage(backend, openSource(channels), plan, this.forest, request, options);
  }

  /** The options that grow the next forest as this one was grown, on a further image. */
  protected retrainOptions(options: TrainingPair & RunOptions): TrainOptions {
    const { maxDepth, trees, randomState, votes } = this.forest;
    return {
      ...options,
      features: this.featureSpecification,
      maxDepth,
      numTrees: trees.length,
      randomState,
      votes,
    };
  }

  /** What this kind writes into its file beside the forest. */
  protected fileExtras(): FileExtras {
    return {};
  }
}

/**
 * Reads the text of a classifier file of one kind.
 *
 * @throws {DaubError} `classifier` when the text is damaged or of another kind.
 */
export function parseModel(
  text: string,
  className: string,
  where?: string,
): { model: Model; extras: FileExtras } {
  const file = parseClassifierFile(text, where);
  expectClassName(file, className, where);
  const { featureSpecification, groundTruthDimensions, forest } = file;
  const model: Model = {
    featureSpecification,
    dimensions: groundTruthDimensions === 3 ? 3 : 2,
    forest,
  };
  return { model, extras: file };
}

/** Reads a classifier file from a path, URL or blob. */
export async function readClassifierText(
  source: string | URL | Blob | Uint8Array,
): Promise<{ text: string; where: string | undefined }> {
  const bytes = await readSource(source);
  const where = typeof source === "string" || source instanceof URL ? String(source) : undefined;
  return { text: new TextDecoder().decode(bytes), where };
}

/** An image of the same size, voxel size and name with other pixels. */
export function withPixels<Pixels extends PixelArray>(
  image: Image | readonly Image[],
  data: Pixels,
): Image<Pixels> {
  const { width, height, depth, voxelSize } = asChannels(image)[0];
  return displayable({ data, width, height, depth, ...(voxelSize && { voxelSize }) });
}

function describeVotes(votes: string): string {
  return votes === "fraction"
    ? "each tree adds its leaf's class fractions, as scikit-learn"
    : "each tree adds its leaf's class counts, as APOC with leaf counts";
}
