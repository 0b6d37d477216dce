import type { EngineProgress } from "./engine.ts";

/** A time point of an image to which a classifier was applied. */
export interface AppliedFrame {
  /** How many objects were found. */
  readonly count: number;
  /** The label image as a TIFF file. */
  readonly labels: Uint8Array;
  /** What was measured of the objects, as CSV. */
  readonly table: string;
}

/** What became of an image to which a classifier was applied. */
export interface AppliedImage {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** The time points in order; most images have one. */
  readonly frames: readonly AppliedFrame[];
  /** How long reading, segmenting and measuring took. */
  readonly milliseconds: number;
}

/** What is told of a classifier when it is loaded. */
export interface ClassifierFacts {
  /** The class numbers that it tells apart. */
  readonly classes: readonly number[];
  /** The class that objects are made of. */
  readonly positiveClass: number;
  /** How many features it looks at, of all channels. */
  readonly numFeatures: number;
  readonly dimensions: number;
  readonly numChannels: number;
}

/** How {@linkcode ImageApplier.apply} works, is watched and given up. */
export interface ApplyingOptions {
  /**
   * The channels that the classifier looks at, from 0, in its order. Default all of an image, which
   * must then have as many as the classifier knows.
   */
  readonly channels?: readonly number[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EngineProgress) => void;
}

/** Whoever applies a saved classifier to images: the page itself, or a server. */
export interface ImageApplier<Image> {
  /**
   * Takes a classifier, which is applied from then on.
   *
   * @param text The content of its file, `name` what messages call it.
   * @throws {DaubError} `classifier` when it is damaged or finds no objects; `features` when it
   * looks at features that there are not.
   */
  load(text: string, name: string): Promise<ClassifierFacts>;
  /**
   * Applies it to an image.
   *
   * @throws {DaubError} `image`, `file` when the image cannot be read or does not suit the
   * classifier; `cancelled`.
   */
  apply(image: Image, options?: ApplyingOptions): Promise<AppliedImage>;
}

/** The most channels that are chosen at once. */
export const MAX_CHOSEN_CHANNELS = 64;
/** The most characters of a classifier that are sent to a server. */
export const MAX_CLASSIFIER = 12 * 2 ** 20;
