import { withBackend } from "../backends/open_backend.ts";
import { DaubError, throwIfCancelled } from "../errors.ts";
import { planFeatures } from "../features/plan.ts";
import type { FeaturePlan } from "../features/plan_types.ts";
import { resolveFeatures } from "../features/presets.ts";
import { collectSamples } from "../flow/samples.ts";
import { openSource } from "../flow/source.ts";
import { trainForestOn } from "../forest/train.ts";
import { countClasses, readAnnotation } from "../image/annotation.ts";
import { asChannels, describeSize, dimensions, type Image, sameSize } from "../image/image.ts";
import { onlyChannel } from "./only_channel.ts";
import {
  appendSamples,
  DEFAULT_FEATURES,
  type Model,
  samplesUnknown,
  timed,
  type TrainingPair,
  type TrainingPairs,
  type TrainManyOptions,
  type TrainOptions,
} from "./model.ts";

/** What one training takes over from others. */
export interface Growth {
  /** Whose samples come first, and whose kind of image the further ones must be. */
  readonly previous?: Model;
  /** Refuses the painted classes, before anything is computed where the strokes are in memory. */
  readonly expectClasses?: (painted: readonly number[]) => void;
}

/** Grows a forest on the painted pixels of an image, after those of `previous`. */
export async function trainModel(options: TrainOptions, growth: Growth = {}): Promise<Model> {
  return await trainModelOnMany([options], options, growth);
}

/**
 * Computes the features of the painted pixels of image after image, of which only these are kept,
 * and grows one forest on all of them.
 */
export async function trainModelOnMany(
  pairs: TrainingPairs,
  options: TrainManyOptions,
  { previous, expectClasses }: Growth = {},
): Promise<Model> {
  const { features = DEFAULT_FEATURES, memory, onStage, signal } = options;
  if (previous && !previous.samples) throw samplesUnknown();
  const featureSpecification = resolveFeatures(features);
  if (expectClasses && Array.isArray(pairs)) {
    expectClasses(distinct(pairs.flatMap((pair) => naming(pair, () => paintedClasses(pair)))));
  }
  let plan: FeaturePlan | undefined;
  const parts = previous ? [previous.samples!] : [];
  return await withBackend(options.backend, async (backend) => {
    for await (const pair of pairs) {
      await naming(pair, async () => {
        throwIfCancelled(signal);
        const { channels, classes } = openPair(pair);
        const own = planFeatures(featureSpecification, {
          numChannels: channels.length,
          dimensions: dimensions(channels[0]),
        });
        expectSameShape(previous?.dimensions ?? plan?.dimensions ?? own.dimensions, own);
        expectSameFeatures(previous?.forest.numFeatures ?? plan?.features.length, own);
        plan ??= own;
        parts.push(
          await timed(
            "features",
            onStage,
            () =>
              memory
                ? memory.collect(backend, channels, classes, own, options)
                : collectSamples(backend, openSource(channels), classes, own, options),
          ),
        );
      });
    }
    if (!plan) throw nothingToTrainOn();
    const { dimensions: trained, features: { length: numFeatures } } = plan;
    const samples = appendSamples(...parts);
    expectClasses?.(distinct(samples.classes));
    const forest = await timed(
      "train",
      onStage,
      () =>
        trainForestOn(backend.threads, samples.values, samples.classes, {
          numFeatures,
          maxDepth: options.maxDepth,
          numTrees: options.numTrees,
          randomState: options.randomState,
          votes: options.votes,
          signal,
        }),
    );
    return { featureSpecification, dimensions: trained, forest, samples };
  });
}

/** The channels of an image and the class numbers painted on it. */
function openPair(
  { image, annotation }: TrainingPair,
): { channels: readonly Image[]; classes: Uint8Array } {
  const channels = asChannels(image);
  const labels = onlyChannel(annotation, "annotation");
  if (!sameSize(labels, channels[0])) {
    throw new DaubError(
      "annotation",
      `Expected an annotation of ${describeSize(channels[0])} pixels, like the image, but found ` +
        `one of ${describeSize(labels)}. Paint on this image, or choose the image that the ` +
        `strokes belong to.`,
      { expected: describeSize(channels[0]), found: describeSize(labels) },
    );
  }
  return { channels, classes: readAnnotation(labels) };
}

function paintedClasses({ annotation }: TrainingPair): number[] {
  return [...countClasses(readAnnotation(onlyChannel(annotation, "annotation"))).keys()];
}

function distinct(classes: Iterable<number>): number[] {
  return [...new Set(classes)].sort((a, b) => a - b);
}

/** Runs a step of the work on an image; an error says which, where it has a name. */
export function naming<T>({ name }: { readonly name?: string }, run: () => T): T {
  const rename = (error: unknown): never => {
    if (name === undefined || !(error instanceof DaubError) || error.tag === "cancelled") {
      throw error;
    }
    const { tag, expected, found } = error;
    throw new DaubError(tag, `${name}: ${error.message}`, {
      expected,
      found,
      where: name,
      cause: error,
    });
  };
  try {
    const result = run();
    return result instanceof Promise ? result.catch(rename) as T : result;
  } catch (error) {
    return rename(error);
  }
}

/** The error of a training on no image. */
export function nothingToTrainOn(): DaubError {
  return new DaubError(
    "annotation",
    "Expected at least one image with strokes to train on but found none. Name some.",
    { expected: "images with strokes", found: 0 },
  );
}

/** Refuses to go on training with an image whose features mean something else. */
function expectSameShape(expected: 2 | 3, { dimensions }: FeaturePlan): void {
  if (dimensions === expected) return;
  throw new DaubError(
    "image",
    `Expected a ${expected}D image, like the ones trained on before, but found one of ` +
      `${dimensions} dimensions. Use images of one kind.`,
    { expected, found: dimensions },
  );
}

function expectSameFeatures(expected: number | undefined, { features }: FeaturePlan): void {
  if (expected === undefined || features.length === expected) return;
  throw new DaubError(
    "image",
    `Expected an image with ${expected} features, like the ones trained on before, ` +
      `but found ${features.length}. Use the same channels and features.`,
    { expected, found: features.length },
  );
}
