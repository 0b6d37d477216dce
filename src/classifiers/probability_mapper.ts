import { DaubError } from "../errors.ts";
import type { Image } from "../image/image.ts";
import { withBackend } from "../backends/open_backend.ts";
import type { FileExtras } from "./classifier.ts";
import {
  ForestClassifier,
  parseModel,
  readClassifierText,
  withPixels,
} from "./forest_classifier.ts";
import {
  type Model,
  type RunOptions,
  timed,
  type TrainingPair,
  trainModel,
  type TrainOptions,
} from "./model.ts";

/** {@linkcode TrainOptions} and the class whose probability is mapped. */
export interface ProbabilityMapperOptions extends TrainOptions {
  /** Default 2, where people paint objects. */
  readonly outputProbabilityOfClass?: number;
}

/**
 * Gives every pixel the probability of one class.
 *
 * The counterpart of APOC's `ProbabilityMapper`. All classes at once: `segmentImage`.
 */
export class ProbabilityMapper extends ForestClassifier {
  /** The kind, as in the classifier file. */
  override readonly className = "ProbabilityMapper";
  /** The class whose probability {@linkcode predict} maps. */
  readonly outputProbabilityOfClass: number;

  /** @ignore */
  constructor(model: Model, outputProbabilityOfClass: number) {
    super(model);
    if (!model.forest.classes.includes(outputProbabilityOfClass)) {
      throw new DaubError(
        "options",
        `Expected the class to map to be one of ${model.forest.classes.join(", ")} but found ` +
          `${outputProbabilityOfClass}. Choose a class that was painted.`,
        { expected: model.forest.classes, found: outputProbabilityOfClass },
      );
    }
    this.outputProbabilityOfClass = outputProbabilityOfClass;
  }

  /** Trains on the painted pixels of an image. */
  static async train(options: ProbabilityMapperOptions): Promise<ProbabilityMapper> {
    return new ProbabilityMapper(
      await trainModel(options),
      options.outputProbabilityOfClass ?? 2,
    );
  }

  /** Reads the text of a classifier file. @throws {DaubError} `classifier` when it is damaged. */
  static parse(text: string, where?: string): ProbabilityMapper {
    const { model, extras } = parseModel(text, "ProbabilityMapper", where);
    const { classes } = model.forest;
    const mapped = extras.outputProbabilityOfClass ?? classes[0];
    if (!classes.includes(mapped)) {
      throw new DaubError(
        "classifier",
        `Expected ${where ?? "the classifier"} to map one of its classes ${classes.join(", ")} ` +
          `but found ${mapped}. Use a file as APOC or Daub wrote it.`,
        { expected: classes, found: mapped, where },
      );
    }
    return new ProbabilityMapper(model, mapped);
  }

  /** Reads a classifier file. */
  static async load(source: string | URL | Blob | Uint8Array): Promise<ProbabilityMapper> {
    const { text, where } = await readClassifierText(source);
    return ProbabilityMapper.parse(text, where);
  }

  /** A new mapper trained on a further image in addition to everything trained on before. */
  async continueTraining(options: TrainingPair & RunOptions): Promise<ProbabilityMapper> {
    const model = await trainModel(this.retrainOptions(options), this.model);
    return new ProbabilityMapper(model, this.outputProbabilityOfClass);
  }

  /** The probability, 0 … 1, that a pixel is of the class {@linkcode outputProbabilityOfClass}. */
  async predict(
    image: Image | readonly Image[],
    options: RunOptions = {},
  ): Promise<Image<Float32Array>> {
    const { probabilities } = await withBackend(
      options.backend,
      (backend) =>
        timed(
          "classify",
          options.onStage,
          () => this.classify(image, { probabilities: true }, backend, options),
        ),
    );
    const index = this.classes.indexOf(this.outputProbabilityOfClass);
    return withPixels(image, probabilities![index]);
  }

  /** @ignore */
  protected override fileExtras(): FileExtras {
    return { outputProbabilityOfClass: this.outputProbabilityOfClass };
  }
}
