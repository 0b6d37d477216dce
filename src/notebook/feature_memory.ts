import type { Backend } from "../backend.ts";
import { Block, canShare, pointerOf } from "../cpu/memory.ts";
import { throwIfCancelled } from "../errors.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { predictImage } from "../flow/predict.ts";
import type { Samples } from "../flow/samples.ts";
import type { FlowOptions, Source } from "../flow/source.ts";
import type { Forest, Prediction, PredictionRequest } from "../forest/forest.ts";
import type { PaintedPixels } from "./painted_pixels.ts";

/** Stacks of more bytes are not kept, but computed anew tile by tile, unless asked otherwise. */
export const FEATURE_BYTES = 512 * 2 ** 20;

/** Where the features of an image come from: planes that were kept, or the image itself. */
export interface FeatureSource {
  readonly source: Source;
  readonly plan: FeaturePlan;
  /** The feature planes, if there was room for them. */
  readonly planes: readonly Float32Array[] | undefined;
}

/**
 * Feature planes from one computation to the next. Those that the processor reads lie in its
 * kernels' memory, so that no prediction copies them.
 */
export class KeptPlanes implements Disposable {
  /** One plane per feature, until this is disposed. */
  readonly planes: readonly Float32Array[];
  readonly #blocks = new DisposableStack();

  /** @param planes Taken over: emptied one by one, so that they are not in memory twice. */
  constructor(kind: Backend["kind"], planes: Float32Array[]) {
    // Memory that is not shared moves when it grows.
    this.planes = kind === "cpu" && canShare ? this.#move(planes) : planes;
  }

  /** The planes, for others to hold on to. */
  copy(): readonly Float32Array[] {
    return this.planes.map((plane) => pointerOf(plane) === undefined ? plane : plane.slice());
  }

  [Symbol.dispose](): void {
    this.#blocks.dispose();
  }

  #move(planes: Float32Array[]): readonly Float32Array[] {
    for (let i = 0; i < planes.length; i++) {
      try {
        const block = this.#blocks.use(new Block(planes[i].byteLength));
        block.float32().set(planes[i]);
        planes[i] = block.float32();
      } catch (error) {
        // The kernels' memory is full: the others are copied when they are read.
        if (error instanceof RangeError) break;
        throw error;
      }
    }
    return planes;
  }
}

/** The features of the painted pixels, picked from planes. */
export function gatherSamples(
  planes: readonly Float32Array[],
  { pixels, classes }: PaintedPixels,
): Samples {
  const numFeatures = planes.length;
  const values = new Float32Array(pixels.length * numFeatures);
  planes.forEach((plane, feature) => {
    for (let i = 0; i < pixels.length; i++) values[i * numFeatures + feature] = plane[pixels[i]];
  });
  return { values, classes };
}

/** Classifies every pixel: from planes, or tile by tile from the image. */
export async function classifyPixels(
  backend: Backend,
  { source, plan, planes }: FeatureSource,
  forest: Forest,
  request: PredictionRequest,
  options: FlowOptions,
): Promise<Prediction> {
  if (!planes) return await predictImage(backend, source, plan, forest, request, options);
  throwIfCancelled(options.signal);
  const prediction = await backend.predict(planes, forest, request, options);
  if (backend.kind === "gpu") options.onProgress?.(1);
  return prediction;
}
