import type { Forest } from "../forest.ts";

/** What a classifier file says: a forest, the features it asks about, and what it is for. */
export interface ClassifierFile {
  /** The kind in APOC's words: `"ObjectSegmenter"`, `"PixelClassifier"`, `"ProbabilityMapper"`, … */
  readonly className: string;
  /** The features as they were asked for, separated by blanks; see `parseFeatures`. */
  readonly featureSpecification: string;
  /** The dimensions of the annotation: 1 for tables, 2 for planes, 3 for volumes. */
  readonly groundTruthDimensions: number;
  /** The class whose pixels are objects, in files of object segmenters and object selectors. */
  readonly positiveClass?: number;
  /** The class whose probability is asked for; the file answers with class numbers without it. */
  readonly outputProbabilityOfClass?: number;
  /** Intensities along borders were cut to whole numbers, in files of object mergers. */
  readonly integerIntensities?: boolean;
  /** The trees and what they vote for. */
  readonly forest: Forest;
  /** The version of APOC that the file names, when it was read. */
  readonly apocVersion?: string;
  /** The version of Daub that wrote the file, when it was read and Daub wrote it. */
  readonly daubVersion?: string;
  /** Header lines that neither APOC nor Daub knows, by key; they are written back as they were. */
  readonly extraEntries?: ReadonlyMap<string, string>;
}

/** The version of APOC whose files ours equal; the first word of the version line. */
export const APOC_VERSION = "0.14.0";

/** Our own version, named in the version line. */
export const DAUB_VERSION = "0.1.0";
