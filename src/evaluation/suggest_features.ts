import type { ForestOptions } from "../classifiers/model.ts";
import { DaubError } from "../errors.ts";
import { prunePlan } from "../features/plan.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { parseFeatures } from "../features/specification.ts";
import { MersenneTwister } from "../forest/mersenne_twister.ts";
import { trainForest } from "../forest/train.ts";
import type { GroupedSamples } from "./cross_validation.ts";
import { forestCost, planCost } from "./feature_cost.ts";
import { chooseCriterion, FeatureScorer, type SuggestionCriterion } from "./score_features.ts";
import {
  type FeatureSearch,
  paretoFront,
  searchFeatures,
  type TriedSet,
} from "./search_features.ts";

/** How {@linkcode suggestFeatures} judges sets of features. */
export interface SuggestFeaturesOptions extends ForestOptions {
  /** How much accuracy may be given up, 0 … 1. Default 0.005, half a per cent. */
  readonly tolerance?: number;
  /** The most features that a suggestion has. Default 8. */
  readonly maxFeatures?: number;
  /**
   * Features of pixels that are not painted, row by row as those of the samples, for example by
   * `sampleUnpainted`. Strokes that are easy to tell apart tell little: where this is given, a set is
   * suggested only if it also gives most of these pixels the class that all features give them.
   */
  readonly unpainted?: Float32Array;
  /** The share of unpainted pixels, 0 … 1, whose class must stay the same. Default 0.9. */
  readonly agreement?: number;
  /** By what samples features are judged. Default `"strokes"` where every class has several. */
  readonly criterion?: SuggestionCriterion;
  /** Gives up between two forests. */
  readonly signal?: AbortSignal;
  /** Told the share of the work that is done, 0 … 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** A set of features, how well it does and what it costs. */
export interface SuggestionPoint {
  /** As a specification to train with. */
  readonly features: string;
  /** How many entries the specification has. */
  readonly numFeatures: number;
  /** The share of samples that are classified right by forests that have not seen them. */
  readonly accuracy: number;
  /**
   * The share of the unpainted pixels that get the class that all features give them; only where
   * unpainted pixels were given.
   */
  readonly agreement?: number;
  /**
   * An estimate of features and forest together, in nanoseconds per pixel on two threads of
   * a processor; good for comparisons.
   */
  readonly cost: number;
}

/** Which features do as well as all of them. */
export interface FeatureSuggestion extends SuggestionPoint {
  /** All features together. */
  readonly all: SuggestionPoint;
  /** How many times faster the suggestion is than all features, by the estimate; 1 for all. */
  readonly speedup: number;
  /** The sets that no other one beats in both cost and accuracy, by ascending cost. */
  readonly curve: readonly SuggestionPoint[];
  /** By what samples the sets were judged. */
  readonly criterion: SuggestionCriterion;
  /** The outcome in words. */
  readonly statement: string;
}

/** Forests of this many trees guide the search; those that are reported have as many as asked. */
const SEARCH_TREES = 24;
/** The search looks at this many samples at most. */
const SEARCH_SAMPLES = 3000;
/** Features tried in a round of the search. */
const SEARCH_CANDIDATES = 20;
/** Points of the curve beside that of all features. */
const CURVE_POINTS = 8;
/** An accuracy from which strokes do not tell good features from better ones. */
const EASY = 0.995;
/** Folds for what is reported, and for the search. */
const [NUM_FOLDS, SEARCH_FOLDS] = [5, 3];

/**
 * Suggests fewer features that classify as well: the cheapest set found whose accuracy is at most
 * `tolerance` below that of all features.
 *
 * Sets are judged by cross-validation over strokes, or by out-of-bag samples, and their cost is
 * estimated from the steps that they share. What is reported was judged again by forests of full
 * size on all samples. Equal samples and options give equal suggestions.
 *
 * @param samples `values` row by row, samples × features of the plan; `classes`; and, to judge by
 * strokes, `groups` as `numberStrokes` gives them.
 * @param plan The plan by which the features were computed, as `planFeatures` makes it. With several
 * channels a feature is taken or left in all of them.
 * @throws {DaubError} `options` when samples and plan do not fit or an option is out of bounds;
 * `annotation` when there are fewer than two classes; `cancelled` when the signal says so.
 *
 * @example Brightness tells all
 * ```ts
 * import { planFeatures, suggestFeatures } from "../../mod.ts";
 * import assert from "node:assert/strict";
 *
 * const plan = planFeatures("original gaussian_blur=5", { dimensions: 2 });
 * const values = Float32Array.from({ length: 80 }, (_, i) => i < 40 ? i % 5 : 50 + i % 5);
 * const classes = Uint8Array.from({ length: 40 }, (_, i) => i < 20 ? 1 : 2);
 * const { features, speedup } = await suggestFeatures({ values, classes }, plan);
 * assert.equal(features, "original");
 * assert.ok(speedup > 1);
 * ```
 */
export async function suggestFeatures(
  samples: GroupedSamples,
  plan: FeaturePlan,
  options: SuggestFeaturesOptions = {},
): Promise<FeatureSuggestion> {
  const { tolerance = 0.005, maxFeatures = 8, unpainted, signal, onProgress } = options;
  const wanted = unpainted ? options.agreement ?? 0.9 : 0;
  checkOptions(samples, plan, tolerance, maxFeatures);
  if (unpainted) checkUnpainted(unpainted, plan, wanted);
  const { maxDepth = 2, numTrees = 100, randomState = 0 } = options;
  const criterion = options.criterion ?? chooseCriterion(samples);
  const entries = parseFeatures(plan.specification).entries.map(({ text }) => text);
  const columnsOf = (features: readonly number[]) =>
    Array.from(
      { length: plan.numChannels },
      (_, channel) => features.map((feature) => channel * entries.length + feature),
    ).flat();
  const cost = (features: readonly number[]) =>
    planCost(prunePlan(plan, columnsOf(features))) + forestCost(numTrees, maxDepth);
  const forestOptions = { maxDepth, randomState, votes: options.votes, signal };

  const fewer = someSamples(samples, SEARCH_SAMPLES, randomState);
  const guide = new FeatureScorer(fewer, criterion, {
    ...forestOptions,
    numTrees: Math.min(numTrees, SEARCH_TREES),
    numFolds: SEARCH_FOLDS,
  });
  const guideAgreement = await agreementOf(guide, unpainted, columnsOf([...entries.keys()]));
  const search: FeatureSearch = {
    numFeatures: entries.length,
    order: await byImportance(fewer, entries.length, forestOptions),
    // What disagrees too much is as bad as what is wrong on as many samples.
    score: async (features) => {
      const accuracy = await guide.score(columnsOf(features));
      const agreement = await guideAgreement?.(columnsOf(features)) ?? 1;
      return accuracy - Math.max(0, wanted - agreement);
    },
    cost,
    tolerance,
    maxFeatures,
    maxCandidates: SEARCH_CANDIDATES,
    onProgress: (fraction) => onProgress?.(0.8 * fraction),
  };
  const tried = await searchFeatures(search);
  const judge = new FeatureScorer(samples, criterion, {
    ...forestOptions,
    numTrees,
    numFolds: NUM_FOLDS,
  });
  const judgeAgreement = await agreementOf(judge, unpainted, columnsOf([...entries.keys()]));
  const points: SuggestionPoint[] = [];
  const chosen = worthJudging(tried);
  for (const { features, cost } of chosen) {
    points.push({
      features: features.map((feature) => entries[feature]).join(" "),
      numFeatures: features.length,
      accuracy: await judge.score(columnsOf(features)),
      ...(judgeAgreement && { agreement: await judgeAgreement(columnsOf(features)) }),
      cost,
    });
    onProgress?.(0.8 + 0.2 * points.length / chosen.length);
  }
  const [all] = points;
  // Of equals, the set of fewer features.
  const ascending = points.toSorted((a, b) => a.cost - b.cost || a.numFeatures - b.numFeatures);
  const best = ascending.find(({ accuracy, agreement = 1 }) =>
    accuracy >= all.accuracy - tolerance && agreement >= wanted
  )!;
  const speedup = all.cost / best.cost;
  const result = { ...best, all, speedup, curve: paretoFront(ascending), criterion };
  return { ...result, statement: describe(result) };
}

/** Tells the share of unpainted pixels whose class by some columns is that by all. */
async function agreementOf(
  scorer: FeatureScorer,
  unpainted: Float32Array | undefined,
  all: readonly number[],
): Promise<((columns: readonly number[]) => Promise<number>) | undefined> {
  if (!unpainted) return undefined;
  const expected = await scorer.classify(unpainted, all);
  return async (columns) => {
    const found = await scorer.classify(unpainted, columns);
    let same = 0;
    found.forEach((value, i) => same += value === expected[i] ? 1 : 0);
    return same / found.length;
  };
}

/** All features, and the last part of the front of what was tried, where accuracy is high. */
function worthJudging(tried: readonly TriedSet[]): TriedSet[] {
  const [full, ...others] = tried;
  return [
    full,
    ...paretoFront(others.sort((a, b) => a.features.length - b.features.length)).slice(
      -CURVE_POINTS,
    ),
  ];
}

/** At most so many samples, drawn evenly; those of a group keep its number. */
function someSamples(samples: GroupedSamples, most: number, seed: number): GroupedSamples {
  const { values, classes, groups } = samples;
  const numSamples = classes.length;
  if (numSamples <= most) return samples;
  const numFeatures = values.length / numSamples;
  const random = new MersenneTwister(seed);
  const rows = Uint32Array.from({ length: most }, (_, i) => {
    const start = Math.floor(i * numSamples / most);
    const end = Math.floor((i + 1) * numSamples / most);
    return start + random.below(end - start);
  });
  const picked = new Float32Array(most * numFeatures);
  rows.forEach((row, i) =>
    picked.set(values.subarray(row * numFeatures, (row + 1) * numFeatures), i * numFeatures)
  );
  return {
    values: picked,
    classes: Uint8Array.from(rows, (row) => classes[row]),
    ...(groups && { groups: Uint32Array.from(rows, (row) => groups[row]) }),
  };
}

/** The features by falling importance, summed over channels, in a forest of all of them. */
async function byImportance(
  { values, classes }: GroupedSamples,
  numEntries: number,
  options: ForestOptions & { signal?: AbortSignal },
): Promise<number[]> {
  const numFeatures = values.length / classes.length;
  const { featureImportances } = await trainForest(values, classes, { ...options, numFeatures });
  const sums = new Float64Array(numEntries);
  featureImportances.forEach((importance, column) => sums[column % numEntries] += importance);
  return Array.from(sums.keys()).sort((a, b) => sums[b] - sums[a] || a - b);
}

function describe(
  { features, numFeatures, accuracy, agreement, all, speedup, criterion }: Omit<
    FeatureSuggestion,
    "statement"
  >,
): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const judged = criterion === "strokes" ? "on strokes not seen" : "out of bag";
  if (numFeatures === all.numFeatures) {
    const kept = agreement === undefined ? "" : " and the classes of pixels without strokes";
    return `No cheaper set was found that keeps the accuracy of all ${numFeatures} features, ` +
      `${percent(all.accuracy)} ${judged}${kept}.`;
  }
  const reach = numFeatures === 1 ? "reaches" : "reach";
  const easy = accuracy < EASY
    ? ""
    : " The strokes are easy to tell apart: paint some near borders and ask again.";
  const same = agreement === undefined
    ? ""
    : ` Of the pixels without strokes, ${
      percent(agreement)
    } get the same class as by all features.`;
  return `${numFeatures} of ${all.numFeatures} features ${reach} ${
    percent(accuracy)
  } ${judged}, all of ` +
    `them ${percent(all.accuracy)}; segmenting is about ${speedup.toFixed(1)} × as fast with ` +
    `${features}.${same}${easy}`;
}

function checkOptions(
  { values, classes }: GroupedSamples,
  { features }: FeaturePlan,
  tolerance: number,
  maxFeatures: number,
): void {
  if (classes.length === 0 || values.length !== classes.length * features.length) {
    const expected = `${classes.length} × ${features.length} sample values`;
    throw new DaubError(
      "options",
      `Expected ${expected}, a row of the plan's features for each sample, but found ` +
        `${values.length}. Collect the samples with the same features.`,
      { expected, found: values.length, where: "samples" },
    );
  }
  if (!(tolerance >= 0 && tolerance <= 1)) {
    throw new DaubError(
      "options",
      `Expected tolerance to be a share of samples from 0 to 1 but found ${tolerance}. Write 0.01 ` +
        `for one per cent.`,
      { expected: "0 to 1", found: tolerance, where: "tolerance" },
    );
  }
  if (!Number.isInteger(maxFeatures) || maxFeatures < 1) {
    throw new DaubError(
      "options",
      `Expected maxFeatures to be an integer of at least 1 but found ${maxFeatures}.`,
      { expected: "an integer of at least 1", found: maxFeatures, where: "maxFeatures" },
    );
  }
}

function checkUnpainted(values: Float32Array, { features }: FeaturePlan, agreement: number): void {
  if (values.length === 0 || values.length % features.length !== 0) {
    throw new DaubError(
      "options",
      `Expected rows of the plan's ${features.length} features for unpainted pixels but found ` +
        `${values.length} values. Collect them with the same features as the samples.`,
      { expected: features.length, found: values.length, where: "unpainted" },
    );
  }
  if (agreement >= 0 && agreement <= 1) return;
  throw new DaubError(
    "options",
    `Expected agreement to be a share of pixels from 0 to 1 but found ${agreement}. Write 0.9 for ` +
      `90 per cent.`,
    { expected: "0 to 1", found: agreement, where: "agreement" },
  );
}
