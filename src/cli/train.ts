import type { Backend } from "../backend.ts";
import type { ObjectTrainingImages } from "../classifiers/object_model.ts";
import type { StageListener, TrainingPair } from "../classifiers/model.ts";
import { DaubError } from "../errors.ts";
import type { ForestClassifier } from "../classifiers/forest_classifier.ts";
import { sampleUnpainted } from "../evaluation/sample_unpainted.ts";
import { numberStrokes } from "../evaluation/strokes.ts";
import { planFeatures } from "../features/plan.ts";
import { countClasses, readAnnotation } from "../image/annotation.ts";
import type { Image } from "../image/image.ts";
import { checkConnectivity } from "../labeling/connectivity.ts";
import { classifierTypes, type Tool } from "./classifier.ts";
import { inImage } from "./failure.ts";
import { ImageSource } from "./image_source.ts";
import type { Input } from "./inputs.ts";
import { isObjectKind, type Kind } from "./kinds.ts";
import type { Options } from "./options.ts";

/** What training takes from the run. */
export interface TrainingRun {
  readonly backend: Backend;
  readonly signal?: AbortSignal;
  readonly onStage?: StageListener;
}

/** A trained classifier, what it was trained on, and the labelled pixels per class. */
export interface Training {
  readonly tool: Tool;
  readonly annotations: readonly string[];
  readonly labelled: ReadonlyMap<number, number>;
  /** Which stroke each sample is of, where that was asked for; none for objects. */
  readonly groups?: Uint32Array;
  /** Features of some pixels without strokes, where statistics were asked for; none for objects. */
  readonly unpainted?: Float32Array;
}

/** The strokes of an image and how many pixels of each class they have. */
interface Strokes {
  readonly input: Input;
  /** The frames that have strokes. */
  readonly frames: readonly number[];
  readonly labelled: ReadonlyMap<number, number>;
}

/**
 * Trains on images and their strokes, which are read one at a time: on every frame that has
 * strokes, where both have as many frames, and on the first otherwise. All strokes are looked
 * through before anything is computed.
 *
 * @throws {DaubError} `annotation` when strokes do not suit their image; `options` when the positive
 * class is painted nowhere, or the connectivity does not suit the dimensions.
 */
export async function trainClassifier(
  inputs: readonly Input[],
  kind: Kind,
  options: Options,
  run: TrainingRun,
): Promise<Training> {
  const strokes: Strokes[] = [];
  for (const input of inputs) {
    try {
      strokes.push(await readStrokes(input, options, run.signal));
    } catch (error) {
      const isOfStrokes = error instanceof DaubError && error.tag === "annotation";
      throw inImage(error, isOfStrokes ? input.annotation! : input.source);
    }
  }
  const labelled = sumOf(strokes.map(({ labelled }) => labelled));
  const { features, depth, trees, randomState, votes } = options;
  const forest = { features, maxDepth: depth, numTrees: trees, randomState, votes, ...run };
  const place: Place = {
    ...(options.statistics && !isObjectKind(kind) && { groups: [] }),
  };
  const images = readImages(strokes, kind, run, place);
  const painted = [...labelled.keys()];
  const tool = await grow(kind, images, forest, options.positiveClass, painted).catch((error) => {
    const input = place.input ?? (inputs.length === 1 ? inputs[0] : undefined);
    if (!input) throw error;
    const isOfStrokes = error instanceof DaubError && error.tag === "annotation";
    throw inImage(error, isOfStrokes ? input.annotation! : input.source);
  });
  return {
    tool,
    annotations: inputs.map(({ annotation }) => annotation!),
    labelled,
    groups: joinGroups(place),
    ...(place.groups && "numChannels" in tool &&
      { unpainted: await sample(strokes[0], tool, run) }),
  };
}

/** Some pixels of the first image that was trained on. */
async function sample(
  { input, frames: [frame] }: Strokes,
  { featureSpecification, numChannels, dimensions }: ForestClassifier,
  { backend, signal }: TrainingRun,
): Promise<Float32Array> {
  const image = await ImageSource.open(input.source, signal, input.channels);
  const annotation = await ImageSource.open(input.annotation!, signal);
  return await sampleUnpainted(
    await image.read(frame, signal),
    await annotation.readOnly("annotation", frame, signal),
    planFeatures(featureSpecification, { numChannels, dimensions }),
    { backend, signal },
  );
}

/** How far the reading of images has come. */
interface Place {
  input?: Input;
  /** The strokes of every frame, numbered from 1. */
  readonly groups?: Uint32Array[];
}

/** Numbers strokes through all frames. */
function joinGroups({ groups }: Place): Uint32Array | undefined {
  if (!groups) return undefined;
  const all = new Uint32Array(groups.reduce((sum, { length }) => sum + length, 0));
  let [at, before] = [0, 0];
  for (const part of groups) {
    let most = 0;
    for (const group of part) {
      all[at++] = before + group;
      most = Math.max(most, group);
    }
    before += most;
  }
  return all;
}

type Pairs = AsyncIterable<TrainingPair & ObjectTrainingImages>;

async function grow(
  kind: Kind,
  images: Pairs,
  forest: Parameters<typeof classifierTypes["object-classifier"]["trainOnMany"]>[1],
  positiveClass: number | undefined,
  painted: readonly number[],
): Promise<Tool> {
  switch (kind) {
    case "object":
    case "object-selector": {
      const chosen = positiveClass ?? 2;
      expectPainted(painted, chosen);
      return await classifierTypes[kind].trainOnMany(images, { ...forest, positiveClass: chosen });
    }
    case "probability": {
      // The results hold all classes; only readers of the classifier file ask for a single one.
      const mapped = positiveClass ?? (painted.includes(2) ? 2 : Math.max(...painted));
      expectPainted(painted, mapped);
      const options = { ...forest, outputProbabilityOfClass: mapped };
      return await classifierTypes[kind].trainOnMany(images, options);
    }
    default:
      return await classifierTypes[kind].trainOnMany(images, forest);
  }
}

function expectPainted(painted: readonly number[], positiveClass: number): void {
  if (painted.includes(positiveClass)) return;
  const shown = painted.length > 10
    ? `${painted.slice(0, 10).join(", ")} and ${painted.length - 10} more`
    : painted.join(", ");
  throw new DaubError(
    "options",
    `Expected --class to be one of the painted classes ${shown} but found ` +
      `${positiveClass}. Paint class ${positiveClass}, or choose another with --class.`,
    { expected: painted, found: positiveClass, where: "--class" },
  );
}

/** Looks through the strokes of an image without keeping them. */
async function readStrokes(
  input: Input,
  options: Options,
  signal: AbortSignal | undefined,
): Promise<Strokes> {
  const image = await ImageSource.open(input.source, signal, input.channels);
  image.expectFormat(options.format);
  if (options.connectivity !== undefined) {
    checkConnectivity(options.connectivity, image.info);
  }
  const annotation = await ImageSource.open(input.annotation!, signal);
  if (annotation.frames !== 1 && annotation.frames !== image.frames) {
    throw new DaubError(
      "annotation",
      `Expected ${annotation.name} to have 1 or ${image.frames} time frames, like the image, but ` +
        `found ${annotation.frames}. Choose the strokes that belong to ${image.name}.`,
      { expected: image.frames, found: annotation.frames, where: annotation.name },
    );
  }
  const frames: number[] = [];
  const counts: ReadonlyMap<number, number>[] = [];
  for (let frame = 0; frame < annotation.frames; frame++) {
    const strokes = await annotation.readOnly("annotation", frame, signal);
    const isLast = frame === annotation.frames - 1;
    // Frames without strokes are passed over, unless that is all there is.
    if (isBlank(strokes) && (frames.length > 0 || !isLast)) continue;
    counts.push(countClasses(readAnnotation(strokes)));
    frames.push(frame);
  }
  return { input, frames, labelled: sumOf(counts) };
}

async function* readImages(
  strokes: readonly Strokes[],
  kind: Kind,
  { signal, onStage }: TrainingRun,
  place: Place,
): Pairs {
  for (const { input, frames } of strokes) {
    place.input = input;
    const open = (name: string) => ImageSource.open(name, signal);
    const image = await ImageSource.open(input.source, signal, input.channels);
    const annotation = await open(input.annotation!);
    const labels = isObjectKind(kind) ? await open(input.labels!) : undefined;
    for (const frame of frames) {
      const start = performance.now();
      const images = {
        image: await image.read(frame, signal),
        annotation: await annotation.readOnly("annotation", frame, signal),
        labels: labels ? await labels.readOnly("labels", frame, signal) : [],
      };
      place.groups?.push(numberStrokes(images.annotation));
      onStage?.("read", performance.now() - start);
      yield images;
    }
  }
  place.input = undefined;
}

function sumOf(counts: readonly ReadonlyMap<number, number>[]): Map<number, number> {
  const sum = new Map<number, number>();
  for (const [value, count] of counts.flatMap((map) => [...map])) {
    sum.set(value, (sum.get(value) ?? 0) + count);
  }
  return new Map([...sum].sort(([a], [b]) => a - b));
}

function isBlank({ data }: Image): boolean {
  for (let i = 0; i < data.length; i++) if (Number(data[i]) !== 0) return false;
  return true;
}
