import { finishProbabilities, finishUncertainty } from "../../src/forest/finish_prediction.ts";
import { flattenForest } from "../../src/forest/flat_forest.ts";
import type { Forest, Prediction } from "../../src/forest/forest.ts";
import { exactFractions, findLeaf, firstLargest, orderFloats } from "../../src/forest/leaf_walk.ts";

/** A prediction, leaf by leaf and pixel by pixel. */
export function walkedPrediction(planes: readonly Float32Array[], forest: Forest): Prediction {
  const flat = flattenForest(forest);
  const { votes, numClasses, numTrees, classes } = flat;
  const length = planes[0].length;
  const bits = new Int32Array(planes.length * length);
  planes.forEach((plane, f) => {
    const from = new Int32Array(Float32Array.from(plane).buffer);
    orderFloats(from, 0, 1, bits, f * length, length);
  });
  const features = { bits, stride: length };
  const isCount = votes.kind === "count";
  const sums = isCount
    ? new Float32Array(numClasses * length)
    : new Uint32Array(numClasses * length);
  const exact = new Float64Array(numClasses);
  const prediction = {
    classes: new Uint8Array(length),
    probabilities: Array.from({ length: numClasses }, () => new Float32Array(length)),
    uncertainty: new Float32Array(length),
  };
  for (let pixel = 0; pixel < length; pixel++) {
    for (let tree = 0; tree < numTrees; tree++) {
      const leaf = findLeaf(flat, tree, features, pixel) * numClasses;
      for (let k = 0; k < numClasses; k++) {
        sums[k * length + pixel] += isCount ? votes.counts[leaf + k] : votes.fixed[leaf + k];
      }
    }
    if (isCount) {
      exact.forEach((_, k) => exact[k] = sums[k * length + pixel]);
    } else {
      exactFractions(flat, features, pixel, votes.exact, exact);
    }
    prediction.classes[pixel] = classes[firstLargest(exact)];
  }
  finishProbabilities(flat, { sums, stride: length, length }, prediction.probabilities, 0);
  finishUncertainty(flat, { sums, stride: length, length }, prediction.uncertainty, 0);
  return prediction;
}
