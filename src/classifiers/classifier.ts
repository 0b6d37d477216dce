import type { Samples } from "../flow/samples.ts";
import { formatClassifierFile } from "../forest/classifier_file/mod.ts";
import type { Forest } from "../forest/forest.ts";
import { type ForestStatistics, forestStatistics } from "../forest/statistics.ts";
import { readSource, writeFileAtomically } from "../image/file.ts";

/** The facts that one kind of classifier has beside the forest. */
export interface FileExtras {
  /** The class that objects are made of, or that is selected. */
  readonly positiveClass?: number;
  /** The class whose probability is mapped. */
  readonly outputProbabilityOfClass?: number;
  /** Whether intensities along borders were cut to whole numbers. */
  readonly integerIntensities?: boolean;
}

/** A kind of classifier, which reads its own files. */
export interface ClassifierKind<Kind> {
  /** Reads the text of a classifier file; `where` is what messages call it. */
  parse(text: string, where?: string): Kind;
}

/**
 * What all classifiers share: a feature specification and a forest, their text form, and what can
 * be told about them.
 */
export abstract class Classifier {
  /** The kind, as in the classifier file: APOC's name of the class. */
  abstract readonly className: string;

  /**
   * Reads a classifier file from a path, address, blob or bytes.
   *
   * @throws {DaubError} `file` when it cannot be read; `classifier` when it is damaged or of another
   * kind.
   */
  static async load<Kind>(
    this: ClassifierKind<Kind>,
    source: string | URL | Blob | Uint8Array,
  ): Promise<Kind> {
    const { text, where } = await readClassifierText(source);
    return this.parse(text, where);
  }

  /** The feature specification it was trained with. */
  abstract get featureSpecification(): string;

  /** The forest itself. */
  abstract get forest(): Forest;

  /** The features by name, in the order of the forest. */
  abstract get featureNames(): readonly string[];

  /**
   * What it was trained on, by which `outOfBag`, `crossValidate` and `suggestFeatures` judge it;
   * undefined when it was read from a file, which does not hold its training data.
   */
  abstract get samples(): Samples | undefined;

  /** The class numbers that it tells apart, ascending. */
  get classes(): readonly number[] {
    return this.forest.classes;
  }

  /**
   * How much each feature contributes: the mean decrease in impurity, summing to 1, as
   * scikit-learn computes it. A feature that was named several times has the sum of its parts.
   * Empty when the classifier's file did not say.
   */
  featureImportances(): Record<string, number> {
    const names = this.featureNames;
    const found: Record<string, number> = {};
    this.forest.featureImportances.forEach((value, i) => {
      found[names[i]] = (found[names[i]] ?? 0) + value;
    });
    return found;
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
      `Forest: ${describeTrees(forest)}, ${forest.numFeatures} ` +
      `feature${forest.numFeatures === 1 ? "" : "s"}, classes ${forest.classes.join(", ")}`,
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

/** `"100 trees of depth 2"`, or `"1 tree of depth 1"`. */
export function describeTrees({ trees, maxDepth }: Forest): string {
  return `${trees.length} tree${trees.length === 1 ? "" : "s"} of depth ${maxDepth}`;
}

/** Reads the text of a classifier file from a path, address, blob or bytes. */
export async function readClassifierText(
  source: string | URL | Blob | Uint8Array,
): Promise<{ text: string; where: string | undefined }> {
  const bytes = await readSource(source);
  const where = typeof source === "string" || source instanceof URL ? String(source) : undefined;
  return { text: new TextDecoder().decode(bytes), where };
}

function describeVotes(votes: string): string {
  return votes === "fraction"
    ? "each tree adds its leaf's class fractions, as scikit-learn"
    : "each tree adds its leaf's class counts, as APOC with leaf counts";
}
