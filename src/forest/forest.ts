/**
 * How a forest turns leaves into a class.
 *
 * - `"fraction"`: each tree adds its leaf's class fractions, as scikit-learn's `predict_proba`
 *   does, and a sample goes left where its value is at most the threshold.
 * - `"count"`: each tree adds its leaf's class counts, as APOC's OpenCL files with leaf counts do,
 *   and a sample goes left where its value is below the threshold rounded to 32 bits.
 */
export type Votes = "fraction" | "count";

/** Which side a value equal to the threshold takes: scikit-learn's (left) or OpenCL files' (right). */
export type Comparison = "at_most" | "below";

/** A decision tree as flat arrays indexed by node; node 0 is the root, children follow parents. */
export interface Tree {
  /** The feature a node asks about; -1 at a leaf. */
  readonly feature: Int32Array;
  /** The threshold a node compares with; 0 at a leaf. */
  readonly threshold: Float64Array;
  /** The child for small values; -1 at a leaf. */
  readonly left: Int32Array;
  /** The child for large values; -1 at a leaf. */
  readonly right: Int32Array;
  /**
   * Training samples per class, bootstrap weights included: nodes × classes, row by row. In a
   * forest read from a file whose leaves hold fractions, these are fractions, and inner nodes
   * hold the sums over their leaves.
   */
  readonly counts: Float64Array;
}

/** A random forest: plain data, safe to send between threads. */
export interface Forest {
  /** The class numbers that occur, ascending; votes and counts are in this order. */
  readonly classes: readonly number[];
  /** The length of a sample. */
  readonly numFeatures: number;
  /** The most decisions from root to leaf that were allowed. */
  readonly maxDepth: number;
  /** Undefined when the forest came from a file, which does not say. */
  readonly randomState?: number;
  /** How leaves become a class. */
  readonly votes: Votes;
  /** Which side a value equal to a threshold takes. */
  readonly comparison: Comparison;
  /** The trees, in the order in which they vote. */
  readonly trees: readonly Tree[];
  /** The mean decrease in impurity per feature, summing to 1; empty when a file did not say. */
  readonly featureImportances: Float64Array;
}

/** What the twins compute for every pixel, in raster order. */
export interface PredictionRequest {
  /** The class number of every pixel. */
  readonly classes?: boolean;
  /** The probability of every class. */
  readonly probabilities?: boolean;
  /** 1 − (p1 − p2), p1 and p2 the two largest probabilities: 0 certain, 1 undecided. */
  readonly uncertainty?: boolean;
}

/** How a long prediction is watched and ended. */
export interface PredictionControl {
  /** Gives up with a `cancelled` error at the next pause. */
  readonly signal?: AbortSignal;
  /** Told at pauses how much is done, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** The answer to a {@linkcode PredictionRequest}: the parts that were asked for. */
export interface Prediction {
  /** The class number of every pixel. */
  classes?: Uint8Array;
  /** One plane per class, in the order of the forest's `classes`. */
  probabilities?: Float32Array[];
  /** 1 − (p1 − p2) of every pixel. */
  uncertainty?: Float32Array;
}
