import type { FeatureStatistics } from "../forest/statistics.ts";
import type { Image } from "../image/image.ts";
import type { Connectivity, LabelImage } from "../labeling/labels.ts";
import type { ForestOptions } from "../classifiers/model.ts";
import type { AnnotationSize } from "./annotation_command.ts";
import type { PaintedFrame } from "./painted_pixels.ts";

/** Everything that decides the result beside the image and the strokes. */
export interface EngineOptions extends Required<ForestOptions> {
  /** A feature specification or the name of a predefined feature set. */
  readonly features: string;
  /** Which channels feed the classifier, by number. */
  readonly channels: readonly number[];
  /** The class that objects are made of. */
  readonly positiveClass: number;
  /** 4 or 8 in 2D, 6 or 26 in 3D. */
  readonly connectivity: Connectivity;
}

/** The parts of a result that a page shows beside the labels; what nobody shows is not computed. */
export interface EngineWant {
  /** The class number of every pixel. */
  readonly classes?: boolean;
  /** The probability of every class. */
  readonly probabilities?: boolean;
  /** 1 − (p1 − p2) per pixel. */
  readonly uncertainty?: boolean;
}

/** What a computation found, stamped with the strokes and options it answers. */
export interface EngineResult {
  /** The annotation's revision that this answers. */
  readonly revision: number;
  /** The time point that was segmented. */
  readonly frame: number;
  readonly labels: LabelImage;
  readonly classes?: Image<Uint8Array>;
  readonly probabilities?: readonly Image<Float32Array>[];
  readonly uncertainty?: Image<Float32Array>;
  readonly classifier: EngineClassifier;
  /** Pixels of each class number in the classified image. */
  readonly areas: Readonly<Record<number, number>>;
  /** Milliseconds per stage that was computed; stages that were still valid are absent. */
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** A trained classifier as far as a page needs to know it. */
export interface EngineClassifier {
  /** The text of the `.cl` file. */
  readonly text: string;
  readonly classes: readonly number[];
  readonly featureImportances: Readonly<Record<string, number>>;
  readonly statistics: readonly FeatureStatistics[];
}

/** The image that an engine works on, for display. */
export interface EngineImage {
  readonly name: string;
  /** Width, height and depth of a time point, and how many there are. */
  readonly size: Required<AnnotationSize>;
  /** All channels of the first time point, as they were read. */
  readonly channels: readonly Image[];
  /** A hash of the pixels, by which strokes find their image again. */
  readonly contentKey: string;
}

/** How far a computation has come. */
export interface EngineProgress {
  readonly stage: string;
  /** From 0 to 1. */
  readonly fraction: number;
}

/** Strokes as an engine takes them. */
export type Strokes = Uint8Array | readonly PaintedFrame[];

/**
 * Whoever computes for a page: in the page itself, or a server at the other end of a socket.
 *
 * One computation is in flight at a time; a newer one replaces the waiting one, and the caller
 * cancels by the signal. Stages whose inputs have not changed are not computed again.
 */
export interface Engine extends AsyncDisposable {
  /** Where it computes, in words. */
  readonly device: string;
  /** The image that is open. */
  readonly image: EngineImage;
  /**
   * Trains on the strokes of all time points and segments one of them.
   *
   * @param annotation Where each time point is painted; or class numbers in raster order, 0 where
   * nothing was painted, all time points one after the other. Taken as of `revision`.
   * @param frame The time point to segment. Default 0.
   */
  compute(request: {
    readonly revision: number;
    readonly annotation: Strokes;
    readonly frame?: number;
    readonly options: EngineOptions;
    readonly want?: EngineWant;
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: EngineProgress) => void;
  }): Promise<EngineResult>;
  /**
   * The channels of a time point, for display.
   *
   * @throws {DaubError} `options` when there is no such time point.
   */
  frame(time: number, signal?: AbortSignal): Promise<readonly Image[]>;
  /** The feature planes of the first time point, for display. */
  features(options: EngineOptions, signal?: AbortSignal): Promise<{
    readonly names: readonly string[];
    readonly planes: readonly Float32Array[];
  }>;
}
