import { formatClassifierFile } from "../forest/classifier_file/mod.ts";
import type { Forest } from "../forest/forest.ts";
import { type ForestStatistics, forestStatistics } from "../forest/statistics.ts";
import { writeFileAtomically } from "../image/file.ts";

/** The facts that one kind of classifier has beside the forest. */
export interface FileExtras {
  /** The class that objects are made of, or that is selected. */
  readonly positiveClass?: number;
  /** The class whose probability is mapped. */
  readonly outputProbabilityOfClass?: number;
}

/**
 * What all classifiers share: a feature specification and a forest, their text form, and what can
 * be told about them.
 */
export abstract class Classifier {
  /** The kind, as in the classifier file: APOC's name of the class. */
  abstract readonly className: string;

  /** The feature specification it was trained with. */
  abstract get featureSpecification(): string;

  /** The forest itself. */
  abstract get forest(): Forest;

  /** The features by name, in the order of the forest. */
  abstract get featureNames(): readonly string[];

  /** The class numbers that it tells apart, ascending. */
  get classes(): readonly number[] {
    return this.forest.classes;
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
      groundTruthDimensions: this.groundTruthDimensions(),
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
      ...this.describeInput(),
      `Forest: ${forest.trees.length} trees of depth ${forest.maxDepth}, ` +
      `${forest.numFeatures} features, classes ${forest.classes.join(", ")}`,
      `Votes: ${forest.votes} (${describeVotes(forest.votes)})`,
    ].join("\n");
  }

  /** The dimensions that the file states: 1 for tables, 2 for planes and pairs, 3 for volumes. */
  protected abstract groundTruthDimensions(): number;

  /** What {@linkcode describe} says of the data that it is applied to, line by line. */
  protected describeInput(): readonly string[] {
    return [];
  }

  /** What this kind writes into its file beside the forest. */
  protected fileExtras(): FileExtras {
    return {};
  }
}

function describeVotes(votes: string): string {
  return votes === "fraction"
    ? "each tree adds its leaf's class fractions, as scikit-learn"
    : "each tree adds its leaf's class counts, as APOC with leaf counts";
}
