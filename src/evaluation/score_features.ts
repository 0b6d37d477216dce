import type { ForestOptions } from "../classifiers/model.ts";
import { letOthersRun } from "../cpu/let_others_run.ts";
import { throwIfCancelled } from "../errors.ts";
import type { Samples } from "../flow/samples.ts";
import { predictClasses } from "../forest/probabilities.ts";
import { trainForest } from "../forest/train.ts";
import { crossValidate, type GroupedSamples } from "./cross_validation.ts";
import { groupsPerClass } from "./folds.ts";
import { outOfBag } from "./out_of_bag.ts";

/** By what samples a set of features is judged: whole strokes, or those out of the trees' bags. */
export type SuggestionCriterion = "strokes" | "out_of_bag";

/** How {@linkcode FeatureScorer} grows its forests. */
export interface ScorerOptions extends ForestOptions {
  readonly numFolds: number;
  readonly signal?: AbortSignal;
}

/** Cross-validation where every class has several strokes to test it by. */
export function chooseCriterion({ classes, groups }: GroupedSamples): SuggestionCriterion {
  if (!groups) return "out_of_bag";
  const isTestable = [...groupsPerClass(classes, groups).values()].every((count) => count > 1);
  return isTestable ? "strokes" : "out_of_bag";
}

/** Tells how well forests classify that look at some columns of the samples only. */
export class FeatureScorer {
  readonly #samples: GroupedSamples;
  readonly #numFeatures: number;
  readonly #criterion: SuggestionCriterion;
  readonly #options: ScorerOptions;
  #resumed = performance.now();

  constructor(samples: GroupedSamples, criterion: SuggestionCriterion, options: ScorerOptions) {
    this.#samples = samples;
    this.#numFeatures = samples.values.length / samples.classes.length;
    this.#criterion = criterion;
    this.#options = options;
  }

  /** The accuracy with some columns, 0 … 1. */
  async score(columns: readonly number[]): Promise<number> {
    const { signal } = this.#options;
    throwIfCancelled(signal);
    await this.#letOthersRun();
    const { values, classes, groups } = this.#samples;
    const picked: Samples = { values: this.#pick(values, columns), classes };
    if (this.#criterion === "strokes") {
      return (await crossValidate({ ...picked, groups }, this.#options)).accuracy;
    }
    const numFeatures = columns.length;
    const forest = await trainForest(picked.values, classes, { ...this.#options, numFeatures });
    return outOfBag(forest, picked).accuracy;
  }

  /** The classes of other pixels by a forest of all samples with some columns. */
  async classify(others: Float32Array, columns: readonly number[]): Promise<Uint32Array> {
    throwIfCancelled(this.#options.signal);
    await this.#letOthersRun();
    const { values, classes } = this.#samples;
    const numFeatures = columns.length;
    const forest = await trainForest(this.#pick(values, columns), classes, {
      ...this.#options,
      numFeatures,
    });
    return predictClasses(forest, this.#pick(others, columns));
  }

  #pick(values: Float32Array, columns: readonly number[]): Float32Array {
    const numRows = values.length / this.#numFeatures;
    const picked = new Float32Array(numRows * columns.length);
    for (let row = 0, i = 0; row < numRows; row++) {
      const from = row * this.#numFeatures;
      for (const column of columns) picked[i++] = values[from + column];
    }
    return picked;
  }

  /** Small trainings do not yield by themselves. */
  async #letOthersRun(): Promise<void> {
    if (performance.now() - this.#resumed < SLICE) return;
    await letOthersRun();
    this.#resumed = performance.now();
  }
}

/** How long the search may keep the thread to itself, in milliseconds. */
const SLICE = 50;
