import { DEFAULT_FEATURES } from "../classifiers/model.ts";
import { resolveFeatures } from "../features/presets.ts";
import { dimensions, type Size } from "../image/image.ts";
import type { EngineOptions } from "./engine.ts";

/** The options to begin with: APOC's, on the first channel. */
export function defaultEngineOptions(size: Size): EngineOptions {
  return {
    features: resolveFeatures(DEFAULT_FEATURES),
    channels: [0],
    positiveClass: 2,
    connectivity: dimensions(size) === 3 ? 6 : 4,
    maxDepth: 2,
    numTrees: 100,
    randomState: 0,
    votes: "fraction",
  };
}

/** Whether two options ask for the same feature planes. */
export function sameFeatures(a: EngineOptions, b: EngineOptions): boolean {
  return a.features === b.features && a.channels.join() === b.channels.join();
}

/** Whether two options give the same result. */
export function sameOptions(a: EngineOptions, b: EngineOptions): boolean {
  return sameFeatures(a, b) && a.positiveClass === b.positiveClass &&
    a.connectivity === b.connectivity && a.maxDepth === b.maxDepth &&
    a.numTrees === b.numTrees && a.randomState === b.randomState && a.votes === b.votes;
}
