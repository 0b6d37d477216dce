/** What all trees of a forest are grown from. */
export interface TrainingSet {
  /** Row-major, samples × features. */
  readonly samples: Float32Array;
  readonly numFeatures: number;
  /** Each sample's class as an index into the forest's classes. */
  readonly classIndices: Uint8Array;
  readonly numClasses: number;
  readonly maxDepth: number;
  /** Values at most this apart are not split. */
  readonly featureThreshold: number;
}

/** Who is told of the trees that are done, and who may call training off. */
export interface TrainingControl {
  readonly signal?: AbortSignal;
  readonly onProgress?: (numTreesDone: number, numTrees: number) => void;
}
