import type { Prediction, PredictionRequest } from "./forest.ts";

/** Room for the prediction of `length` pixels. */
export function emptyPrediction(
  length: number,
  numClasses: number,
  request: PredictionRequest,
): Prediction {
  return {
    ...(request.classes && { classes: new Uint8Array(length) }),
    ...(request.probabilities && {
      probabilities: Array.from({ length: numClasses }, () => new Float32Array(length)),
    }),
    ...(request.uncertainty && { uncertainty: new Float32Array(length) }),
  };
}
