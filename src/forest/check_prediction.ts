import { DaubError } from "../errors.ts";
import type { Forest } from "./forest.ts";

/** Refuses feature planes that are not one per feature of the forest, all of one length. */
export function checkPlanes(features: readonly Float32Array[], forest: Forest): void {
  checkForest(forest);
  if (features.length !== forest.numFeatures) {
    throw new DaubError(
      "features",
      `Expected ${forest.numFeatures} features, as many as the classifier was trained with, but ` +
        `found ${features.length}. Use the features and channels of the training.`,
      { expected: forest.numFeatures, found: features.length },
    );
  }
  const odd = features.find((plane) => plane.length !== features[0].length);
  if (odd) {
    throw new DaubError(
      "features",
      `Expected feature planes of one size but found ${features[0].length} and ${odd.length} ` +
        `pixels.`,
      { expected: features[0].length, found: odd.length },
    );
  }
}

/** Refuses a forest whose class numbers do not fit into a class image. */
export function checkForest({ classes, trees }: Forest): void {
  const largest = classes.reduce((a, b) => Math.max(a, b), 0);
  if (largest > 255) {
    throw new DaubError(
      "classifier",
      `Expected class numbers up to 255 but found ${largest}. Renumber the classes and train again.`,
      { expected: 255, found: largest },
    );
  }
  if (classes.length < 1 || trees.length < 1) {
    throw new DaubError(
      "classifier",
      `Expected a forest with trees and classes but found ${trees.length} trees and ` +
        `${classes.length} classes. Train again.`,
      { expected: "trees and classes", found: [trees.length, classes.length] },
    );
  }
}
