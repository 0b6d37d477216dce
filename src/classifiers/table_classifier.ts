import { DaubError } from "../errors.ts";
import type { Samples } from "../flow/samples.ts";
import {
  type ClassifierFile,
  expectClassName,
  parseClassifierFile,
} from "../forest/classifier_file/mod.ts";
import type { Forest } from "../forest/forest.ts";
import { Classifier } from "./classifier.ts";
import type { ForestOptions } from "./model.ts";
import type { TableModel } from "./table_model.ts";
import { splitNames } from "./table_rows.ts";

/** What classifiers of rows, objects and pairs of objects share: columns and a forest on them. */
export abstract class TableClassifier extends Classifier {
  /** @ignore */
  protected readonly model: TableModel;

  /** @ignore */
  constructor(model: TableModel) {
    super();
    this.model = model;
  }

  /** The names of the features, separated by blanks. */
  override get featureSpecification(): string {
    return this.model.featureNames.join(" ");
  }

  /** The forest itself. */
  override get forest(): Forest {
    return this.model.forest;
  }

  /** What it was trained on; undefined when it was read from a file. */
  override get samples(): Samples | undefined {
    return this.model.samples;
  }

  /** The features by name, in the order of the forest. */
  override get featureNames(): readonly string[] {
    return this.model.featureNames;
  }

  /** How the next forest is grown where this one is trained further. */
  protected retrainOptions(): ForestOptions {
    const { maxDepth, trees, randomState, votes } = this.forest;
    return { maxDepth, numTrees: trees.length, randomState, votes };
  }

  /** @ignore */
  protected override groundTruthDimensions(): number {
    return 1;
  }
}

/**
 * Reads the text of a classifier file of one kind.
 *
 * @throws {DaubError} `classifier` when the text is damaged, of another kind, or names more or fewer
 * features than its forest has.
 */
export function parseTableModel(
  text: string,
  className: string,
  where?: string,
): { model: TableModel; file: ClassifierFile } {
  const file = parseClassifierFile(text, where);
  expectClassName(file, className, where);
  const { featureSpecification, forest } = file;
  const featureNames = splitNames(featureSpecification, "area mean_intensity");
  if (featureNames.length !== forest.numFeatures) {
    throw new DaubError(
      "classifier",
      `Expected ${where ?? "the classifier"} to name ${forest.numFeatures} features, as many as ` +
        `its forest has, but found ${featureNames.length}. The file is damaged; train again.`,
      { expected: forest.numFeatures, found: featureNames, where },
    );
  }
  const largest = forest.classes[forest.classes.length - 1];
  if (largest > 255) {
    throw new DaubError(
      "classifier",
      `Expected class numbers up to 255 in ${where ?? "the classifier"} but found ${largest}. ` +
        `Renumber the classes and train again.`,
      { expected: 255, found: largest, where },
    );
  }
  return { model: { featureNames, forest }, file };
}
