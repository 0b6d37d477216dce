import type { WorkerPool } from "./cpu/pool.ts";
import type { FeaturePlan } from "./features/plan_types.ts";
import type { Forest, Prediction, PredictionControl, PredictionRequest } from "./forest/forest.ts";
import type { PackedPixels, Size } from "./image/image.ts";
import type { Connectivity } from "./labeling/labels.ts";
import type { LabelRuns } from "./measurement/label_runs.ts";
import type { NumberArray, RegionSums, SumRequest } from "./measurement/region_sums.ts";

/** Which twin runs: a WebGPU device, the processor, or whichever is faster here. */
export type BackendChoice = "auto" | "gpu" | "cpu";

/** A box of pixels cut from an image: all channels as 32-bit floats, in raster order. */
export interface Tile extends Size {
  /** One plane or volume per channel. */
  readonly channels: readonly Float32Array[];
  /** A channel's same pixels in the image's own type, where that is smaller. */
  readonly packed?: (channel: number) => PackedPixels | undefined;
}

/** A box inside a tile or an image, in pixels. */
export interface Region extends Size {
  /** The first column. */
  readonly x: number;
  /** The first row. */
  readonly y: number;
  /** The first plane. */
  readonly z: number;
}

/** Labels in raster order of first pixels and how many there are. */
export interface Labels {
  /** One label per pixel; 0 is background. */
  readonly labels: Uint32Array;
  /** The number of objects. */
  readonly count: number;
}

/** Which pixels are objects and how they hang together. */
export interface ObjectRequest {
  /** The class that objects are made of. */
  readonly positiveClass: number;
  /** 4 or 8 in 2D, 6 or 26 in 3D. */
  readonly connectivity: Connectivity;
  /** One pixel each, to be overwritten by the labels; see {@linkcode Backend}. */
  readonly into?: Uint32Array;
}

/** A prediction and the components of one of its classes. */
export interface LabelledPrediction extends Prediction {
  /** The objects. */
  readonly objects: Labels;
}

/**
 * The stages of the flow on one device. A tile's edges are clamped, so the caller adds the plan's
 * halo where the image goes on and crops it from the result (`core`).
 *
 * Twins agree: features to float32 rounding; classes, probabilities, uncertainty and labels to the
 * bit when given the same features.
 *
 * What is called `into` may be overwritten and returned where new arrays would be: the system clears
 * new memory when it is first written, which takes about as long as a blur.
 */
export interface Backend extends AsyncDisposable {
  /** Which twin it is. */
  readonly kind: "gpu" | "cpu";
  /** The device in words, for example the adapter's description. */
  readonly device: string;
  /** Why this backend was chosen, in words. */
  readonly reason: string;
  /**
   * Threads of the processor that stay as long as this, for training too.
   *
   * @ignore
   */
  readonly threads?: WorkerPool;
  /** The most pixels a tile of this plan may have on this device. */
  maxTilePixels(plan: FeaturePlan): number;
  /** The feature planes of `core`, in the plan's order. */
  computeFeatures(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
    into?: readonly Float32Array[],
  ): Promise<Float32Array[]>;
  /** The largest value over `core` of one of the plan's steps. */
  computeMaximum(
    tile: Tile,
    plan: FeaturePlan,
    step: number,
    core: Region,
    maxima: ReadonlyMap<number, number>,
  ): Promise<number>;
  /** The features of single pixels: row-major, `pixels.length` × features. */
  sampleFeatures(
    tile: Tile,
    plan: FeaturePlan,
    pixels: Uint32Array,
    maxima: ReadonlyMap<number, number>,
  ): Promise<Float32Array>;
  /**
   * Classifies the pixels of given feature planes.
   *
   * @param control Heeded by the processor, which takes long; a GPU does not hold the thread.
   */
  predict(
    features: readonly Float32Array[],
    forest: Forest,
    request: PredictionRequest,
    control?: PredictionControl,
  ): Promise<Prediction>;
  /** Features and prediction of `core` in one go; features never leave the device. */
  predictTile(
    tile: Tile,
    plan: FeaturePlan,
    core: Region,
    maxima: ReadonlyMap<number, number>,
    forest: Forest,
    request: PredictionRequest,
  ): Promise<Prediction>;
  /**
   * Features, prediction and components of a tile that is a whole image in one go: nothing but the
   * results leaves the device.
   */
  segmentTile(
    tile: Tile,
    plan: FeaturePlan,
    maxima: ReadonlyMap<number, number>,
    forest: Forest,
    request: PredictionRequest,
    objects: ObjectRequest,
  ): Promise<LabelledPrediction>;
  /** Connected components of the pixels whose class is `positiveClass`. */
  labelComponents(
    classes: Uint8Array,
    size: Size,
    positiveClass: number,
    connectivity: Connectivity,
    into?: Uint32Array,
  ): Promise<Labels>;
  /** Sums over the pixels of objects, whose runs are labelled 1 to `count` without gaps. */
  sumRegions(
    runs: LabelRuns,
    count: number,
    size: Size,
    channels: readonly NumberArray[],
    request: SumRequest,
  ): Promise<RegionSums>;
}
