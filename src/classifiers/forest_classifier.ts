import type { Backend, LabelledPrediction, ObjectRequest } from "../backend.ts";
import { DaubError } from "../errors.ts";
import { predictImage } from "../flow/predict.ts";
import { segmentSource } from "../flow/segment.ts";
import type { Samples } from "../flow/samples.ts";
import { type FlowOptions, openSource } from "../flow/source.ts";
import { expectClassName, parseClassifierFile } from "../forest/classifier_file/mod.ts";
import type { Prediction, PredictionRequest } from "../forest/forest.ts";
import {
  asChannels,
  describeSize,
  dimensions,
  type Image,
  type PixelArray,
} from "../image/image.ts";
import { displayable } from "../image/jupyter_display.ts";
import { Classifier, type FileExtras } from "./classifier.ts";
import {
  featuresPerChannel,
  type Model,
  planModel,
  type RunOptions,
  type TrainingPair,
  type TrainOptions,
} from "./model.ts";

/** What pixel classifiers share: their model, what images they suit, and how pixels are classified. */
export abstract class ForestClassifier extends Classifier {
  /** @ignore */
  protected readonly model: Model;

  /** @ignore */
  constructor(model: Model) {
    super();
    this.model = model;
  }

  /** The feature specification it was trained with. */
  override get featureSpecification(): string {
    return this.model.featureSpecification;
  }

  /** The forest itself. */
  override get forest(): Model["forest"] {
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

  /** What it was trained on; undefined when it was read from a file. */
  override get samples(): Samples | undefined {
    return this.model.samples;
  }

  /** The features by name, in the order of the forest; further channels end in `_1`, `_2`, …. */
  override get featureNames(): readonly string[] {
    // A part of a channel is found in damaged files only, of which the plan tells.
    const numChannels = Math.max(1, Math.floor(this.numChannels));
    return planModel(this.model, numChannels).features.map(({ name }) => name);
  }

  /**
   * Classes, probabilities and uncertainty of every pixel, as asked, in one pass.
   *
   * @throws {DaubError} `image` when the image does not suit the classifier or holds NaN or
   * infinity; `features` when a tile of it is too large for the device; `cancelled`.
   */
  async classify(
    image: Image | readonly Image[],
    request: PredictionRequest,
    backend: Backend,
    options: FlowOptions = {},
  ): Promise<Prediction> {
    const channels = this.#expectDimensions(image);
    const plan = planModel(this.model, channels.length);
    return await predictImage(backend, openSource(channels), plan, this.forest, request, options);
  }

  /** As {@linkcode classify}, and the components of one class. */
  async segment(
    image: Image | readonly Image[],
    request: PredictionRequest,
    objects: ObjectRequest,
    backend: Backend,
    options: FlowOptions = {},
  ): Promise<LabelledPrediction> {
    const channels = this.#expectDimensions(image);
    const plan = planModel(this.model, channels.length);
    const source = openSource(channels);
    return await segmentSource(backend, source, plan, this.forest, request, objects, options);
  }

  #expectDimensions(image: Image | readonly Image[]): readonly Image[] {
    const channels = asChannels(image);
    if (dimensions(channels[0]) !== this.dimensions) {
      throw new DaubError(
        "image",
        `Expected a ${this.dimensions}D image, as the classifier was trained on, but found one of ` +
          `${describeSize(channels[0])} pixels. Train a classifier on such an image first.`,
        { expected: this.dimensions, found: dimensions(channels[0]) },
      );
    }
    return channels;
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

  /** @ignore */
  protected override groundTruthDimensions(): number {
    return this.dimensions;
  }

  /** @ignore */
  protected override describeInput(): readonly string[] {
    return [`Channels: ${this.numChannels}, dimensions: ${this.dimensions}`];
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

/** A single-channel image of the same size and voxel size with other pixels. */
export function withPixels<Pixels extends PixelArray>(
  image: Image | readonly Image[],
  data: Pixels,
): Image<Pixels> {
  const { width, height, depth, voxelSize } = asChannels(image)[0];
  return displayable({ data, width, height, depth, ...(voxelSize && { voxelSize }) });
}
