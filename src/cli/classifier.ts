import type { Backend } from "../backend.ts";
import { readClassifierText } from "../classifiers/classifier.ts";
import type { StageListener, TrainOptions } from "../classifiers/model.ts";
import { ObjectSegmenter } from "../classifiers/object_segmenter.ts";
import { PixelClassifier } from "../classifiers/pixel_classifier.ts";
import { ProbabilityMapper } from "../classifiers/probability_mapper.ts";
import { DaubError } from "../errors.ts";
import { parseClassifierFile } from "../forest/classifier_file/mod.ts";
import { countClasses, readAnnotation } from "../image/annotation.ts";
import type { Image } from "../image/image.ts";
import type { ImageSource } from "./image_source.ts";
import type { Kind, Options } from "./options.ts";
import { classNames } from "./result_names.ts";

/** A classifier of one of the kinds that segment images. */
export type Classifier = ObjectSegmenter | PixelClassifier | ProbabilityMapper;

/** The kind of a classifier. */
export function kindOf({ className }: Classifier): Kind {
  return (Object.keys(classNames) as Kind[]).find((kind) => classNames[kind] === className)!;
}

/**
 * Reads a saved classifier.
 *
 * @param kind What it must be for; anything when undefined.
 * @throws {DaubError} `classifier` when the file is damaged or for something else.
 */
export async function loadClassifier(source: string, kind?: Kind): Promise<Classifier> {
  const { text } = await readClassifierText(source);
  const className = kind ? classNames[kind] : parseClassifierFile(text, source).className;
  switch (className) {
    case "ObjectSegmenter":
      return ObjectSegmenter.parse(text, source);
    case "PixelClassifier":
      return PixelClassifier.parse(text, source);
    case "ProbabilityMapper":
      return ProbabilityMapper.parse(text, source);
    default:
      throw new DaubError(
        "classifier",
        `Expected a classifier of pixels (${Object.values(classNames).join(", ")}) but found ` +
          `${className} in ${source}. Choose a file that was trained on strokes over an image.`,
        { expected: Object.values(classNames), found: className, where: source },
      );
  }
}

/** What training takes from the run. */
export interface TrainingRun {
  readonly backend: Backend;
  readonly signal?: AbortSignal;
  readonly onStage?: StageListener;
}

/** A trained classifier and the labelled pixels per class. */
export interface Training {
  readonly classifier: Classifier;
  readonly labelled: ReadonlyMap<number, number>;
}

/**
 * Trains on an image and its strokes: on every frame that has strokes, where both have as many
 * frames, and on the first otherwise.
 *
 * @throws {DaubError} `annotation` when the strokes do not suit the image.
 */
export async function trainClassifier(
  image: ImageSource,
  annotation: ImageSource,
  options: Options,
  run: TrainingRun,
): Promise<Training> {
  if (annotation.frames !== 1 && annotation.frames !== image.frames) {
    throw new DaubError(
      "annotation",
      `Expected ${annotation.name} to have 1 or ${image.frames} time frames, like the image, but ` +
        `found ${annotation.frames}. Choose the strokes that belong to ${image.name}.`,
      { expected: image.frames, found: annotation.frames, where: annotation.name },
    );
  }
  const { signal } = run;
  const labelled = new Map<number, number>();
  let classifier: Classifier | undefined;
  for (let frame = 0; frame < annotation.frames; frame++) {
    const strokes = await annotation.readStrokes(frame, signal);
    const last = frame === annotation.frames - 1;
    // Frames without strokes are passed over, unless that is all there is.
    if (isBlank(strokes) && (classifier || !last)) continue;
    const counts = countClasses(readAnnotation(strokes));
    for (const [value, count] of counts) labelled.set(value, (labelled.get(value) ?? 0) + count);
    const pair = { image: await image.read(frame, signal), annotation: strokes, ...run };
    classifier = classifier
      ? await classifier.continueTraining(pair)
      : await train({ ...pair, ...forestOptions(options) }, options, [...counts.keys()]);
  }
  return { classifier: classifier!, labelled: new Map([...labelled].sort(([a], [b]) => a - b)) };
}

function forestOptions(options: Options) {
  const { features, depth, trees, randomState, votes } = options;
  return { features, maxDepth: depth, numTrees: trees, randomState, votes };
}

async function train(
  training: TrainOptions,
  { kind, positiveClass }: Options,
  painted: number[],
): Promise<Classifier> {
  switch (kind) {
    case "pixel":
      return await PixelClassifier.train(training);
    case "probability": {
      // The results hold all classes; only readers of the classifier file ask for a single one.
      const mapped = positiveClass ?? (painted.includes(2) ? 2 : Math.max(...painted));
      return await ProbabilityMapper.train({ ...training, outputProbabilityOfClass: mapped });
    }
    default:
      return await ObjectSegmenter.train({ ...training, positiveClass });
  }
}

function isBlank({ data }: Image): boolean {
  for (let i = 0; i < data.length; i++) if (Number(data[i]) !== 0) return false;
  return true;
}
