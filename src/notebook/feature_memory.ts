import type { Backend } from "../backend.ts";
import { throwIfCancelled } from "../errors.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { predictImage } from "../flow/predict.ts";
import type { Samples } from "../flow/samples.ts";
import type { FlowOptions, Source } from "../flow/source.ts";
import type { Forest, Prediction, PredictionRequest } from "../forest/forest.ts";
import type { PaintedPixels } from "./painted_pixels.ts";
import { letOthersRun } from "./take_turns.ts";

/** Where the features of an image come from: planes that were kept, or the image itself. */
export interface FeatureSource {
  readonly source: Source;
  readonly plan: FeaturePlan;
  /** The feature planes, if there was room for them. */
  readonly planes: readonly Float32Array[] | undefined;
}

/** How many pixels the processor classifies before it looks up. */
const BAND = 1 << 18;

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

/** Classifies every pixel: band by band from planes, or tile by tile from the image. */
export async function classifyPixels(
  backend: Backend,
  { source, plan, planes }: FeatureSource,
  forest: Forest,
  request: PredictionRequest,
  options: FlowOptions,
): Promise<Prediction> {
  if (!planes) return await predictImage(backend, source, plan, forest, request, options);
  const { length } = planes[0];
  // A GPU does not hold the thread, and every call costs it a round trip.
  if (backend.kind === "gpu" || length <= BAND) {
    throwIfCancelled(options.signal);
    const prediction = await backend.predict(planes, forest, request);
    options.onProgress?.(1);
    return prediction;
  }
  const whole: Prediction = {
    ...(request.classes && { classes: new Uint8Array(length) }),
    ...(request.uncertainty && { uncertainty: new Float32Array(length) }),
    ...(request.probabilities && {
      probabilities: forest.classes.map(() => new Float32Array(length)),
    }),
  };
  for (let from = 0; from < length; from += BAND) {
    throwIfCancelled(options.signal);
    const end = Math.min(length, from + BAND);
    const band = planes.map((plane) => plane.subarray(from, end));
    const part = await backend.predict(band, forest, request);
    whole.classes?.set(part.classes!, from);
    whole.uncertainty?.set(part.uncertainty!, from);
    whole.probabilities?.forEach((plane, i) => plane.set(part.probabilities![i], from));
    options.onProgress?.(end / length);
    await letOthersRun();
  }
  return whole;
}
