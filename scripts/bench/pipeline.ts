import type { Labels } from "../../src/backend.ts";
import { openBackend } from "../../src/backends/open_backend.ts";
import { ObjectSegmenter } from "../../src/classifiers/object_segmenter.ts";
import { planFeatures } from "../../src/features/plan.ts";
import { computeStack, type FeatureStack } from "../../src/flow/features.ts";
import { collectSamples } from "../../src/flow/samples.ts";
import { openSource } from "../../src/flow/source.ts";
import { trainForestOn } from "../../src/forest/train.ts";
import { readAnnotation } from "../../src/image/annotation.ts";
import { dimensions } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read.ts";
import type { LabelImage } from "../../src/labeling/labels.ts";
import { type KernelFigures, timeKernels } from "./kernel_figures.ts";
import { medianMs, type Timing } from "./median.ts";
import type { BenchOptions } from "./options.ts";
import { withPeakMemory } from "./peak_memory.ts";
import { repeatImage } from "./repeat_image.ts";

/** What is printed: the facts of a run and the median milliseconds of its stages. */
export interface PipelineResult {
  /** Height and width, in 3D depth, height and width. */
  readonly size: number[];
  /** Painted pixels. */
  readonly samples: number;
  readonly features: string;
  readonly objects: number;
  readonly backend: "gpu" | "cpu";
  readonly device: string;
  /** The most memory that the process held during each stage, in MB, where the system tells. */
  readonly peakMB: Readonly<Record<keyof PipelineResult["ms"], number | undefined>>;
  readonly ms: {
    /** The image in memory → all feature planes in memory. */
    readonly features: number;
    /** The samples → the forest. */
    readonly train: number;
    /** All feature planes in memory → the class of every pixel. */
    readonly predict: number;
    /** The class of every pixel → the label image. */
    readonly label: number;
    /** The image in memory → the label image, fused as it may be. */
    readonly segment: number;
  };
  /** What a GPU's kernels took of one `segment`, by kernel and all together. */
  readonly kernels?: Readonly<Record<string, KernelFigures>>;
}

/** Times every stage of the flow on its own, and the flow as a whole. */
export async function benchPipeline(options: BenchOptions): Promise<PipelineResult> {
  const { features, depth: maxDepth, trees: numTrees, positiveClass, repeat } = options;
  await using backend = await openBackend(options.backend);
  const image = await readImage(options.image);
  const annotation = await readImage(options.annotation);
  const grow = { maxDepth, numTrees, randomState: 0 };
  const segmenter = await ObjectSegmenter.train({
    image,
    annotation,
    features,
    positiveClass,
    backend,
    ...grow,
  });
  const { featureSpecification, forest } = segmenter;
  const shape = { numChannels: image.length, dimensions: dimensions(image[0]) };
  const plan = planFeatures(featureSpecification, shape);
  const strokes = readAnnotation(annotation[0]);
  const samples = await collectSamples(backend, openSource(image), strokes, plan);
  const train = await timed(
    () =>
      trainForestOn(backend.threads, samples.values, samples.classes, {
        numFeatures: plan.features.length,
        ...grow,
      }),
    repeat,
  );

  const big = image.map((channel) => repeatImage(channel, options.tile));
  const { width, height, depth } = big[0];
  const segment = await timed(
    (into?: LabelImage) => segmenter.predict(big, { backend, into }),
    repeat,
  );
  const stack = await timed(
    (into?: FeatureStack) => computeStack(backend, openSource(big), plan, { into }),
    repeat,
  );
  const predict = await timed(
    () => backend.predict(stack.result.planes, forest, { classes: true }),
    repeat,
  );
  const connectivity = depth > 1 ? 6 : 4;
  const label = await timed(
    (last?: Labels) =>
      backend.labelComponents(
        predict.result.classes!,
        big[0],
        positiveClass,
        connectivity,
        last?.labels,
      ),
    repeat,
  );
  const kernels = await timeKernels(backend, () => segmenter.predict(big, { backend }));
  return {
    size: depth > 1 ? [depth, height, width] : [height, width],
    samples: samples.classes.length,
    features: featureSpecification,
    objects: label.result.count,
    backend: backend.kind,
    device: backend.device,
    peakMB: {
      features: stack.peakMB,
      train: train.peakMB,
      predict: predict.peakMB,
      label: label.peakMB,
      segment: segment.peakMB,
    },
    ms: {
      features: stack.ms,
      train: train.ms,
      predict: predict.ms,
      label: label.ms,
      segment: segment.ms,
    },
    ...(kernels && { kernels }),
  };
}

async function timed<T>(
  run: (last?: T) => Promise<T>,
  repeat: number,
): Promise<Timing<T> & { peakMB: number | undefined }> {
  const { result, peakMB } = await withPeakMemory(() => medianMs(run, repeat));
  return { ...result, peakMB };
}
