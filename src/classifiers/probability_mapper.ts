import { DaubError } from "../errors.ts";
import type { Image } from "../image/image.ts";
import type { FileExtras } from "./classifier.ts";
import { classifyImage } from "./classify_image.ts";
import { ForestClassifier, parseModel } from "./forest_classifier.ts";
import type {
  Model,
  RunOptions,
  TrainingPair,
  TrainingPairs,
  TrainManyOptions,
  TrainOptions,
} from "./model.ts";
import { trainModel, trainModelOnMany } from "./train_model.ts";

/** Which class is mapped. */
export interface MappedClassOptions {
  /** Default 2, where people paint objects. */
  readonly outputProbabilityOfClass?: number;
}

/** {@linkcode TrainOptions} and the class whose probability is mapped. */
export interface ProbabilityMapperOptions extends TrainOptions, MappedClassOptions {}

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
    expectMappedClass(model.forest.classes, outputProbabilityOfClass);
    this.outputProbabilityOfClass = outputProbabilityOfClass;
  }

  /**
   * Trains on the painted pixels of an image.
   *
   * @throws {DaubError} `annotation` when sizes differ, nothing or only one class is painted, or
   * values are no class numbers; `options` when the class to map was not painted; `features`,
   * `image` and `backend` as the stages find.
   */
  static async train(options: ProbabilityMapperOptions): Promise<ProbabilityMapper> {
    return await ProbabilityMapper.trainOnMany([options], options);
  }

  /**
   * Trains one mapper on the painted pixels of several images, which are read one at a time.
   *
   * @param pairs Images and strokes, such as {@linkcode readImageFolders} gives.
   * @throws {DaubError} as {@linkcode ProbabilityMapper.train} does, with the name of the image;
   * `image` when images differ in channels or dimensions.
   */
  static async trainOnMany(
    pairs: TrainingPairs,
    options: TrainManyOptions & MappedClassOptions = {},
  ): Promise<ProbabilityMapper> {
    const { outputProbabilityOfClass: mapped = 2 } = options;
    const model = await trainModelOnMany(pairs, options, {
      expectClasses: (painted) => expectMappedClass(painted, mapped),
    });
    return new ProbabilityMapper(model, mapped);
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

  /**
   * A new mapper trained on a further image in addition to everything trained on before.
   *
   * @throws {DaubError} `classifier` when this one was read from a file; `image` when the image has
   * other channels or dimensions; otherwise as {@linkcode ProbabilityMapper.train} does.
   */
  async continueTraining(options: TrainingPair & RunOptions): Promise<ProbabilityMapper> {
    const model = await trainModel(this.retrainOptions(options), { previous: this.model });
    return new ProbabilityMapper(model, this.outputProbabilityOfClass);
  }

  /**
   * The probability, 0 … 1, that a pixel is of the class {@linkcode outputProbabilityOfClass}.
   *
   * @throws {DaubError} `image` when the image does not suit the classifier; `backend`; `cancelled`.
   */
  async predict(
    image: Image | readonly Image[],
    options: RunOptions = {},
  ): Promise<Image<Float32Array>> {
    const { probabilities } = await classifyImage(image, this, { ...options, probabilities: true });
    return probabilities![this.classes.indexOf(this.outputProbabilityOfClass)];
  }

  /** @ignore */
  protected override fileExtras(): FileExtras {
    return { outputProbabilityOfClass: this.outputProbabilityOfClass };
  }
}

function expectMappedClass(classes: readonly number[], mapped: number): void {
  if (classes.includes(mapped)) return;
  throw new DaubError(
    "options",
    `Expected the class to map to be one of ${classes.join(", ")} but found ${mapped}. Choose a ` +
      `class that was painted.`,
    { expected: classes, found: mapped },
  );
}
